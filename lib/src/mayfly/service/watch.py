"""Exports the state of broker and store as metrics: backlog, age of the oldest mail, disk space.

Runs as a task of expiry-reaper. Its replicas export the same values, so dashboards and alerts take the maximum.
"""

import asyncio

import structlog

from mayfly.bus import depths
from mayfly.bus.connection import Bus
from mayfly.failures import Failure
from mayfly.pausing import pause
from mayfly.service.clock import Clock
from mayfly.service.metrics import WATCHED_AT
from mayfly.store import disk
from mayfly.store.client import Database

_log = structlog.get_logger()


class Watch:
    def __init__(self, bus: Bus, database: Database, clock: Clock, *, seconds: float = 5.0) -> None:
        self._bus = bus
        self._database = database
        self._clock = clock
        self._seconds = seconds

    async def run(self, stop: asyncio.Event) -> None:
        """Update the gauges every `seconds` until `stop` is set. A failure is logged and leaves them unchanged."""
        while not stop.is_set():
            try:
                await self.look()
            except Failure as failure:
                _log.warning("watch_failed", reason=failure.reason)
            await pause(stop, self._seconds)

    async def look(self) -> None:
        """Set every gauge once. Raises TransientFailure."""
        now = self._clock()
        await depths.read(self._bus, now)
        await disk.read(self._database)
        WATCHED_AT.set(now.timestamp())
