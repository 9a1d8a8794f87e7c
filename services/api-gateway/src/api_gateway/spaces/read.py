"""Reads spaces: one with its counters, or the list of the caller's spaces."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.edge.paging import Page, TimeCursor, page
from api_gateway.inboxes import Reach, ReadInboxes
from api_gateway.refusals import NotFound, refusing
from api_gateway.spaces.domains import SpaceDomains
from mayfly.records.inbox import Inbox
from mayfly.records.message import InboxStats
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.spaces import Spaces


_NO_SUCH_SPACE = "no such space"


@dataclass(frozen=True, slots=True)
class ShownSpace:
    """A space, all domains that it takes mail for now, its counters and its `webhook_url`."""

    space: Inbox
    domains: list[str]
    stats: InboxStats
    webhook_url: str | None


@dataclass(frozen=True, slots=True)
class ReadSpaces:
    spaces: "Spaces"
    inboxes: ReadInboxes
    domains: SpaceDomains
    reach: Reach
    clock: Clock

    async def own(self, caller: Caller, name: str) -> Inbox:
        """The live space with this id or address that the caller may use. Raises NotFound, also for other inboxes."""
        with refusing(NotFound, NotFound(_NO_SUCH_SPACE)):
            space = await self.reach.inbox(caller, name)
        if space.kind != "space":
            raise NotFound(_NO_SUCH_SPACE)
        return space

    async def get(self, caller: Caller, name: str) -> ShownSpace:
        """The space as it is now. Raises NotFound."""
        await self.own(caller, name)
        space, stats, webhook_url = await self.inboxes.get(caller, name)
        return ShownSpace(space, (await self.domains.shown([space]))[0], stats, webhook_url)

    async def mine(self, caller: Caller, *, limit: int, cursor: TimeCursor | None) -> Page[tuple[Inbox, list[str]]]:
        """The caller's live spaces, newest first, each with all domains that it takes mail for now."""
        found = await self.spaces.owned_by(
            caller.account, self.clock(), limit=limit + 1, before=(cursor.moment, cursor.id) if cursor else None
        )
        shown = list(zip(found, await self.domains.shown(found), strict=True))
        return page(shown, limit, lambda entry: str(TimeCursor(entry[0].created_at, entry[0].id)))
