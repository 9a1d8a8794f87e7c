"""Reads the events of all inboxes of an account in one order, as mayfly.bus.live reads those of one inbox.

Live events are given out by the account that they name, so inboxes that are made later need nothing. What is missing
is read from the stream, inbox by inbox, and merged by sequence up to the end that the stream had when that began.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from mayfly.bus.live import Reader
from mayfly.records.live import LiveEvent

if TYPE_CHECKING:
    from mayfly.bus.live import LiveEvents

InboxIds = Callable[[], Awaitable[Collection[str]]]
"""The ids of the account's inboxes as they are now, with those that have ended and still have events."""


class AccountReader(Reader):
    """Reads all inboxes of an account. Every live event comes in order, so only a hole in the sequences is a gap."""

    is_of_account = True
    __slots__ = ("_end", "_heap", "_inbox_ids", "_merged")

    def __init__(self, source: "LiveEvents", account_id: str, inbox_ids: InboxIds, after: int | None) -> None:
        super().__init__(source, account_id, after)
        self._inbox_ids = inbox_ids
        self._heap: list[tuple[int, str, LiveEvent]] = []
        self._end = 0
        self._merged = 0

    async def stored(self) -> LiveEvent | None:
        """The next event that the stream had when the gap was noticed; None when all of them were returned."""
        gaps = self._gaps
        if self._merged != gaps:
            await self._begin(gaps)
        if not self._heap:
            self.cursor = max(self.cursor, self._end)
            self._filled = self._merged
            return None
        sequence, inbox_id, event = self._heap[0]
        following = await self._source.stored_after(inbox_id, sequence)
        heappop(self._heap)
        self._push(inbox_id, following)
        self.cursor = sequence
        return event

    async def _begin(self, gaps: int) -> None:
        # In this order: what comes after `end` is announced to this reader, and what is before is in the stream.
        end = (await self._source.bounds()).last
        inbox_ids = list(await self._inbox_ids())
        firsts = await asyncio.gather(*(self._source.stored_after(inbox_id, self.cursor) for inbox_id in inbox_ids))
        self._end, self._merged = end, gaps
        self._heap = []
        for inbox_id, event in zip(inbox_ids, firsts, strict=True):
            self._push(inbox_id, event)
        heapify(self._heap)

    def _push(self, inbox_id: str, event: LiveEvent | None) -> None:
        if event is not None and event.sequence <= self._end:
            heappush(self._heap, (event.sequence, inbox_id, event))

    def _queued(self) -> LiveEvent | None:
        while self._queue:
            event = self._queue.pop(0)
            if event.sequence > self.cursor:
                self.cursor = event.sequence
                return event
        return None
