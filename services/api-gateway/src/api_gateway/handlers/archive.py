"""Archived inboxes: addresses kept for their account, empty, until they are made anew (handlers.inboxes) or let go."""

from collections.abc import Sequence
from dataclasses import dataclass

from api_gateway.domain.caller import Caller
from api_gateway.errors import NotFound
from api_gateway.ports import ArchiveStore, InboxStore
from mayfly.records.inbox import Inbox
from mayfly.service.clock import Clock


@dataclass(frozen=True, slots=True)
class ArchiveCalls:
    inboxes: InboxStore
    archive: ArchiveStore
    clock: Clock

    async def get(self, caller: Caller, name: str) -> Inbox:
        """The caller's archived inbox with this id or address. Raises NotFound."""
        inbox = await self.inboxes.find_archived(caller.account, name.lower(), self.clock())
        if inbox is None:
            raise NotFound("no such archived inbox")
        return inbox

    async def let_go(self, caller: Caller, names: Sequence[str]) -> None:
        """Give up these inboxes and their addresses. Raises NotFound, and gives up none, if one is missing."""
        found = [await self.get(caller, name) for name in names]
        for inbox in found:
            await self.archive.let_go(inbox.id, self.clock())
