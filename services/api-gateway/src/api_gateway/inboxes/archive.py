"""Archived inboxes: empty ones whose address stays reserved for their account until reactivated or released."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.refusals import NotFound
from mayfly.records.inbox import Inbox
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.archive import Archive
    from mayfly.store.inboxes import Inboxes


@dataclass(frozen=True, slots=True)
class ArchivedInboxes:
    inboxes: "Inboxes"
    archive: "Archive"
    clock: Clock

    async def get(self, caller: Caller, name: str) -> Inbox:
        """The caller's archived inbox with this id or address. Raises NotFound."""
        inbox = await self.inboxes.find_archived(caller.account, name.lower(), self.clock())
        if inbox is None:
            raise NotFound("no such archived inbox")
        return inbox

    async def let_go(self, caller: Caller, names: Sequence[str]) -> None:
        """Delete archived inboxes, releasing their addresses. Raises NotFound, and deletes none, if one is missing."""
        found = [await self.get(caller, name) for name in names]
        for inbox in found:
            await self.archive.let_go(inbox.id, self.clock())
