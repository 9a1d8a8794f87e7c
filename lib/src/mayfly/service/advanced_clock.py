"""The clock of a test installation: the machine's, and as far ahead of it as the operator has put it.

Off unless `MAYFLY_TEST_CLOCK` is on (docs/webhooks.md, "Test clock"). The offset is kept in the store, so that it
outlives a restart; a control message tells every process when it changes.
"""

from datetime import datetime, timedelta

from mayfly.bus.connection import Bus
from mayfly.events.subjects import CONTROL_CLOCK
from mayfly.service.clock import Clock, system_clock
from mayfly.store.client import Database
from mayfly.store.switches import Switches


class AdvancedClock:
    """A Clock. Only ever put forward, so what has expired stays so."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self._offset = timedelta()

    def __call__(self) -> datetime:
        return system_clock() + self._offset

    async def refresh(self) -> None:
        """Read how far ahead it is. Raises TransientFailure."""
        self._offset = timedelta(seconds=await self._switches.clock_offset())


async def start_clock(database: Database, bus: Bus, *, advanced: bool) -> Clock:
    """The clock of a process: the machine's, or in a test installation one that follows the operator.

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
