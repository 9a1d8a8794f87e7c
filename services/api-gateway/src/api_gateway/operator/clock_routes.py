"""/api/v1/admin/clock: reads and advances the clock of a test installation (MAYFLY_TEST_CLOCK)."""

from datetime import datetime
from typing import Annotated, Any

from litestar import get, put
from litestar.params import JSONBody
from msgspec import Meta, Struct

from api_gateway.edge.parameters import Given
from api_gateway.operator.clock import Time
from api_gateway.operator.handlers import OperatorHandlers

_DECADE_SECONDS = 10 * 365 * 86_400


class AdvanceClock(Struct, frozen=True, kw_only=True):
    advance_seconds: Annotated[float, Meta(ge=0, le=_DECADE_SECONDS, examples=[3600])]


class ClockView(Struct, frozen=True, kw_only=True):
    """`ahead_seconds`: how far this clock is ahead of the machine's."""

    now: datetime
    ahead_seconds: float


@get("/clock")
async def get_clock(operator: Given[OperatorHandlers]) -> ClockView:
    """Get the time of a test installation; 404 on other installations."""
    return _view(await operator.clock.read())


@put("/clock")
async def advance_clock(data: JSONBody[AdvanceClock], operator: Given[OperatorHandlers]) -> ClockView:
    """Advance the clock of a test installation; it cannot be set back. 404 on other installations."""
    return _view(await operator.clock.advance(data.advance_seconds))


def _view(time: Time) -> ClockView:
    return ClockView(now=time.now, ahead_seconds=time.ahead_seconds)


ROUTES: list[Any] = [get_clock, advance_clock]
