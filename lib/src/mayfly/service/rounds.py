"""Work that comes around: the same at every interval, until the process stops."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from mayfly.failures import TransientFailure

_log = structlog.get_logger()


class TimedRounds:
    """The same work every `pause_seconds`, the first time at once."""

    def __init__(self, work: Callable[[], Awaitable[object]], pause_seconds: float) -> None:
        self._work = work
        self._pause = pause_seconds

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self._work()
            except TransientFailure as failure:
                _log.warning("round_failed", reason=failure.reason)
            await pause(stop, self._pause)


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Wait, but not past `stop`."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
