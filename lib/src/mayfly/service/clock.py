"""Where the time comes from. Handlers take a Clock, so that tests decide what time it is."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the present moment: timezone-aware UTC, whole milliseconds (what the store keeps)."""


def system_clock() -> datetime:
    """The machine's clock."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
