"""Work in batches: until stopped, at once while there is more, after a pause when there is not."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

import structlog

from mayfly.failures import TransientFailure
from mayfly.service.rounds import pause

_log = structlog.get_logger()
_SMALLEST, _LARGEST = 50, 2_000
_QUICK_SECONDS, _SLOW_SECONDS = 0.5, 2.0


class PacedRounds:
    """Batches whose size follows the store: doubled while it is quick, halved when it is slow or out of reach.

    `lanes` batches are under way at a time, so that one's waiting is the other's work.
    """

    def __init__(self, work: Callable[[int], Awaitable[int]], pause_seconds: float, *, lanes: int = 2) -> None:
        self._work = work
        self._pause = pause_seconds
        self._lanes = lanes
        self.limit = 200

    async def run(self, stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as lanes:
            for _ in range(self._lanes):
                lanes.create_task(self._lane(stop))

    async def _lane(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            if not await self._round():
                await pause(stop, self._pause)

    async def _round(self) -> bool:
        """Whether there may be more at once."""
        started, limit = monotonic(), self.limit
        try:
            done = await self._work(limit)
        except TransientFailure as failure:
            _log.warning("round_failed", reason=failure.reason)
            self.limit = max(_SMALLEST, limit // 2)
            return False
        seconds = monotonic() - started
        if seconds > _SLOW_SECONDS:
            self.limit = max(_SMALLEST, limit // 2)
        elif done == limit and seconds < _QUICK_SECONDS:
            self.limit = min(_LARGEST, limit * 2)
        return done == limit
