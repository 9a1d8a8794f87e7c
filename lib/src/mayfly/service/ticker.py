"""Work that is repeated at fixed intervals until the process stops."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from mayfly.failures import Failure
from mayfly.pausing import pause

_log = structlog.get_logger()


class Ticker:
    """Calls `work` at once, then again `seconds` after each call has ended."""

    def __init__(self, work: Callable[[], Awaitable[object]], seconds: float) -> None:
        self._work = work
        self._seconds = seconds

    async def run(self, stop: asyncio.Event) -> None:
        """Repeat until `stop` is set. A Failure is logged and the next call is made as usual."""
        while not stop.is_set():
            try:
                await self._work()
            except Failure as failure:
                _log.warning("round_failed", reason=failure.reason)
            await pause(stop, self._seconds)
