"""The test clock: the machine's clock plus an offset that the operator can increase.

Used only with `MAYFLY_TEST_CLOCK` (docs/webhooks.md, "Test clock"). The offset is kept in the store and survives
restarts; a control message makes every process read it again.
"""

from datetime import datetime, timedelta

from mayfly.bus.connection import Bus
from mayfly.events.subjects import CONTROL_CLOCK
from mayfly.service.clock import Clock, system_clock
from mayfly.store.client import Database
from mayfly.store.switches import Switches


class AdvancedClock:
    """A Clock with an offset. The offset never decreases, so what has expired stays expired."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self._offset = timedelta()

    def __call__(self) -> datetime:
        return system_clock() + self._offset

    async def refresh(self) -> None:
        """Read the offset from the store. Raises TransientFailure."""
        self._offset = timedelta(seconds=await self._switches.clock_offset())


async def start_clock(database: Database, bus: Bus, *, advanced: bool) -> Clock:
    """The clock of a process: the machine's clock, or the test clock if `advanced`.

    Raises TransientFailure.
    """
    if not advanced:
        return system_clock
    clock = AdvancedClock(Switches(database))

    async def refresh(_subject: str, _payload: bytes) -> None:
        await clock.refresh()

    await bus.listen(CONTROL_CLOCK, refresh)
    await clock.refresh()
    return clock
