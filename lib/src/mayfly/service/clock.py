"""The clock that handlers take as a parameter, so that tests can set the time."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the current time: timezone-aware UTC in whole milliseconds, the precision of the store."""


def system_clock() -> datetime:
    """The machine's clock."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
