"""Reads inboxes: one with its counters, or the list of the caller's inboxes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from api_gateway.edge.caller import Caller
from api_gateway.edge.paging import Page, page
from api_gateway.inboxes.reach import Reach
from api_gateway.inboxes.read_marks import ReadMarks
from api_gateway.inboxes.webhook import InboxWebhook
from mayfly.records.inbox import Inbox
from mayfly.records.message import InboxStats
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.inboxes import Inboxes
    from mayfly.store.messages import Messages


@dataclass(frozen=True, slots=True)
class ReadInboxes:
    inboxes: "Inboxes"
    messages: "Messages"
    webhook: InboxWebhook
    reach: Reach
    marks: ReadMarks
    clock: Clock

    async def mine(
        self,
        caller: Caller,
        *,
        limit: int,
        status: Literal["active", "archived"] = "active",
        label: str | None = None,
        cursor: str | None = None,
    ) -> Page[Inbox]:
        """The caller's live or archived inboxes, newest first."""
        found = await self.inboxes.owned_by(
            caller.account, self.clock(), limit=limit + 1, status=status, label=label, before=cursor
        )
        return page(found, limit, lambda inbox: inbox.id)

    async def counted(self, caller: Caller, limit: int) -> list[tuple[Inbox, int]]:
        """The caller's live inboxes, newest first, each with its number of messages."""
        inboxes = (await self.mine(caller, limit=limit)).entries
        counts = await self.messages.counts_of_inboxes([inbox.id for inbox in inboxes])
        return [(inbox, counts.get(inbox.id, 0)) for inbox in inboxes]

    async def get(self, caller: Caller, name: str, *, consistent: bool = False) -> tuple[Inbox, InboxStats, str | None]:
        """The inbox, its counters and its `webhook_url`. Raises NotFound."""
        inbox = await self.reach.inbox(caller, name, consistent=consistent)
        return inbox, await self._stats(inbox), await self.webhook.url_of(inbox)

    async def stats(self, caller: Caller, name: str, *, consistent: bool = False) -> InboxStats:
        """The counters of the inbox. Raises NotFound."""
        return await self._stats(await self.reach.inbox(caller, name, consistent=consistent))

    async def _stats(self, inbox: Inbox) -> InboxStats:
        await self.marks.settled(inbox.id)
        return await self.messages.stats(await self.reach.extent(inbox))
