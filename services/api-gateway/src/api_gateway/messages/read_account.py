"""Reads the messages of all live inboxes and spaces of an account as one list."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.edge.paging import Page, page
from api_gateway.edge.turns import Turns
from api_gateway.inboxes import Reach, ReadMarks
from mayfly.records.inbox import Extent, is_space_id
from mayfly.records.message import MessageFilter, MessageSummary
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.bus.live import LiveEvents
    from mayfly.store.account_messages import AccountMessages
    from mayfly.store.inboxes import Inboxes


@dataclass(frozen=True, slots=True)
class AccountListing:
    """A page of messages, and the address of each live inbox by id. `complete_up_to`: as in `Listing`."""

    page: Page[MessageSummary]
    addresses: Mapping[str, str]
    complete_up_to: int


@dataclass(frozen=True, slots=True)
class ReadAccountMessages:
    """Searches look at every message, so they take `turns`, as those of one inbox do."""

    messages: "AccountMessages"
    inboxes: "Inboxes"
    live: "LiveEvents"
    reach: Reach
    marks: ReadMarks
    turns: Turns
    clock: Clock

    async def listing(
        self,
        caller: Caller,
        wanted: MessageFilter,
        *,
        limit: int,
        cursor: str | None = None,
        consistent: bool = False,
    ) -> AccountListing:
        """A page of the messages of the caller's account, newest first.

        `consistent`: with all mail that was acknowledged before. Raises TransientFailure.
        """
        if consistent:
            await self.reach.settled(await self.inboxes.addresses_of(caller.account, self.clock()))
        complete_up_to = self.live.seen  # before the inboxes are read: what they got up to here is in the list
        addresses = await self.inboxes.addresses_of(caller.account, self.clock())
        for inbox_id in addresses:
            await self.marks.settled(inbox_id)
        if wanted.search is None:
            found = await self._newest(addresses, wanted, limit + 1, cursor)
        else:
            async with self.turns.turn(caller.account):
                found = await self._newest(addresses, wanted, limit + 1, cursor)
        return AccountListing(page(found, limit, lambda summary: summary.id), addresses, complete_up_to)

    async def _newest(
        self, addresses: Mapping[str, str], wanted: MessageFilter, count: int, before: str | None
    ) -> list[MessageSummary]:
        extents = await self._extents(addresses)

        def is_kept(summary: MessageSummary) -> bool:
            # A space without an extent has ended since the addresses were read.
            extent = extents.get(summary.inbox_id)
            return extent.holds(summary.id) if extent else not is_space_id(summary.inbox_id)

        newest: list[MessageSummary] = []
        while len(newest) < count:
            found = await self.messages.summaries(addresses, wanted, limit=count, before=before)
            newest += filter(is_kept, found)
            if len(found) < count:
                break
            before = found[-1].id
        return newest[:count]

    async def _extents(self, addresses: Mapping[str, str]) -> dict[str, Extent]:
        """The messages of each space that exist for readers, by the id of the space."""
        ids = [inbox_id for inbox_id in addresses if is_space_id(inbox_id)]
        spaces = await self.inboxes.live_among(ids, self.clock()) if ids else {}
        extents = await asyncio.gather(*map(self.reach.extent, spaces.values()))
        return dict(zip(spaces, extents, strict=True))
