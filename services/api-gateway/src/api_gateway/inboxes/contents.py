"""Bulk operations on the messages of an inbox: marks all as read, deletes all."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.inboxes.reach import Reach

if TYPE_CHECKING:
    from mayfly.store.messages import Messages
    from mayfly.store.octets import Octets


@dataclass(frozen=True, slots=True)
class InboxContents:
    messages: "Messages"
    octets: "Octets"
    reach: Reach

    async def clear(self, caller: Caller, name: str) -> None:
        """Delete every message that is in the inbox now, but not the inbox. Raises NotFound.

        Deletes by message id, so that a mail that is being stored at the same time keeps its octets.
        """
        inbox = await self.reach.inbox(caller, name)
        message_ids = await self.messages.ids_of_inbox(inbox.id)
        await self.messages.delete(message_ids)
        await self.octets.delete_of_messages(message_ids)

    async def mark_all_read(self, caller: Caller, name: str) -> None:
        """Mark every message read. Raises NotFound."""
        inbox = await self.reach.inbox(caller, name)
        await self.messages.mark_all_read(inbox.id)
