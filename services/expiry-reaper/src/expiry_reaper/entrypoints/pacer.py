"""Repeats work in batches: full batches follow each other at once, a batch that was not full is followed by a pause."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

import structlog

from mayfly.failures import Failure
from mayfly.pausing import pause

_log = structlog.get_logger()
_SMALLEST, _LARGEST = 50, 2_000
_QUICK_SECONDS, _SLOW_SECONDS = 0.5, 2.0


class Pacer:
    """Calls `work(limit)`, which handles up to `limit` items and returns how many there were.

    `limit` doubles while full batches take less than 0.5 s, and halves after one that takes over 2 s or fails.
    `parallel` batches run at a time, so that one works while another waits for the store.
    """

    def __init__(self, work: Callable[[int], Awaitable[int]], pause_seconds: float, *, parallel: int = 2) -> None:
        self._work = work
        self._pause = pause_seconds
        self._parallel = parallel
        self.limit = 200

    async def run(self, stop: asyncio.Event) -> None:
        """Repeat until `stop` is set. A Failure is logged and followed by a pause."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._parallel):
                group.create_task(self._repeat(stop))

    async def _repeat(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            if not await self._batch():
                await pause(stop, self._pause)

    async def _batch(self) -> bool:
        """Run one batch and adapt `limit`; whether the batch was full."""
        started, limit = monotonic(), self.limit
        try:
            done = await self._work(limit)
        except Failure as failure:
            _log.warning("round_failed", reason=failure.reason)
            self.limit = max(_SMALLEST, limit // 2)
            return False
        seconds = monotonic() - started
        if seconds > _SLOW_SECONDS:
            self.limit = max(_SMALLEST, limit // 2)
        elif done == limit and seconds < _QUICK_SECONDS:
            self.limit = min(_LARGEST, limit * 2)
        return done == limit
