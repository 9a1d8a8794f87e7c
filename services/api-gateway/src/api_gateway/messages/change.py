"""Marks messages as read or unread, and deletes them: one, several or all of an inbox.

Each deletion is marked first, so that a message stays deleted when its mail comes again (mayfly.store.deletions).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.inboxes import Reach, ReadMarks
from api_gateway.refusals import NotFound
from mayfly.records.message import Message
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.deletions import Deletions
    from mayfly.store.messages import Messages
    from mayfly.store.octets import Octets


@dataclass(frozen=True, slots=True)
class ChangeMessages:
    messages: "Messages"
    octets: "Octets"
    deletions: "Deletions"
    reach: Reach
    marks: ReadMarks
    clock: Clock

    async def mark(self, caller: Caller, message_id: str, *, is_read: bool) -> Message:
        """Set the read flag; returns the message as it was before. Raises NotFound."""
        message = await self.reach.message(caller, message_id)
        await self.marks.settled(message.inbox_id)
        await self.messages.mark_read(message_id, is_read=is_read)
        return message

    async def mark_all_read(self, caller: Caller, inbox_name: str) -> None:
        """Mark every message of the inbox as read. Raises NotFound."""
        inbox = await self.reach.inbox(caller, inbox_name)
        await self.messages.mark_all_read(inbox.id)

    async def delete(self, caller: Caller, message_id: str) -> None:
        """Delete the message with its raw mail and attachments. Raises NotFound."""
        await self.reach.message(caller, message_id, bodies=False)
        await self._delete([message_id])

    async def delete_many(self, caller: Caller, inbox_name: str, message_ids: Sequence[str]) -> None:
        """Delete these messages of one inbox. Raises NotFound, and deletes none, if one is missing."""
        inbox = await self.reach.inbox(caller, inbox_name)
        if await self.messages.existing(message_ids, inbox_id=inbox.id) != set(message_ids):
            raise NotFound("no such message")
        await self._delete(message_ids)

    async def delete_all(self, caller: Caller, inbox_name: str) -> None:
        """Delete every message that is in the inbox now, but not the inbox. Raises NotFound.

        Deletes by message id, so that a mail that is being stored at the same time keeps its octets.
        """
        inbox = await self.reach.inbox(caller, inbox_name)
        await self._delete(await self.messages.ids_of_inbox(inbox.id))

    async def _delete(self, message_ids: Sequence[str]) -> None:
        await self.deletions.mark(message_ids, self.clock())
        await self.messages.delete(message_ids)
        await self.octets.delete_of_messages(message_ids)
