"""Finds, marks and deletes the messages of an inbox by search, for dialects that count what they find.

Native lists read page by page instead (`read`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.edge.turns import Turns
from api_gateway.inboxes import Reach, ReadMarks
from api_gateway.messages.change import ChangeMessages
from mayfly.records.inbox import Inbox
from mayfly.records.message import FoundMessage, MessageOverview
from mayfly.records.search import Search

if TYPE_CHECKING:
    from mayfly.store.message_search import MessageSearch


@dataclass(frozen=True, slots=True)
class SearchMessages:
    """Searches look at every message of an inbox, so they take `turns`."""

    found: "MessageSearch"
    reach: Reach
    marks: ReadMarks
    change: ChangeMessages
    turns: Turns

    async def matching(self, caller: Caller, inbox_name: str, search: Search) -> tuple[Inbox, list[FoundMessage]]:
        """The inbox, and every message in it that the search finds, newest first. Raises NotFound."""
        inbox = await self.reach.inbox(caller, inbox_name)
        await self.marks.settled(inbox.id)
        async with self.turns.turn(inbox.id):
            return inbox, await self.found.matching(await self.reach.extent(inbox), search)

    async def overviews(self, found: Sequence[FoundMessage]) -> list[MessageOverview]:
        """The overviews of those of these messages that still exist, newest first; from `matching`."""
        return await self.found.overviews([message.id for message in found])

    async def mark(self, caller: Caller, inbox_name: str, search: Search, *, is_read: bool) -> list[str]:
        """Set the read flag of the messages found; returns the ids of those whose flag changed. Raises NotFound."""
        inbox, found = await self.matching(caller, inbox_name, search)
        ids = [message.id for message in found if message.is_read != is_read]
        await self.change.mark_among(inbox, ids, is_read=is_read)
        return ids

    async def delete(self, caller: Caller, inbox_name: str, search: Search) -> list[str]:
        """Delete the messages found; returns their ids. Raises NotFound."""
        inbox, found = await self.matching(caller, inbox_name, search)
        ids = [message.id for message in found]
        await self.change.delete_among(inbox, ids)
        return ids
