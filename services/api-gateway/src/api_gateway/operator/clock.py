"""Reads and advances the clock of a test installation; on other installations both raise NotFound."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.operator.views import ClockView
from api_gateway.refusals import NotFound
from mayfly.events.subjects import CONTROL_CLOCK

if TYPE_CHECKING:
    from mayfly.bus.connection import Bus
    from mayfly.service.advanced_clock import AdvancedClock
    from mayfly.store.switches import Switches


@dataclass(frozen=True, slots=True)
class TestClock:
    """`clock` None: this is no test installation."""

    clock: "AdvancedClock | None"
    switches: "Switches"
    broadcaster: "Bus"

    async def read(self) -> ClockView:
        """The current time. Raises NotFound if this is not a test installation."""
        clock = self._require()
        return ClockView(now=clock(), ahead_seconds=await self.switches.clock_offset())

    async def advance(self, seconds: float) -> ClockView:
        """Advance the clock: here at once, in every other process within a second. Raises NotFound."""
        clock = self._require()
        ahead = await self.switches.advance_clock(seconds)
        await clock.refresh()
        await self.broadcaster.broadcast(CONTROL_CLOCK, b"")
        return ClockView(now=clock(), ahead_seconds=ahead)

    def _require(self) -> "AdvancedClock":
        if self.clock is None:
            raise NotFound("this is not a test installation: MAYFLY_TEST_CLOCK is off")
        return self.clock
