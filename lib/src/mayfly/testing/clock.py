"""A clock that only moves when a test advances it."""

from datetime import UTC, datetime, timedelta


class SettableClock:
    """A mayfly.service.clock.Clock; `advance` moves it forward."""

    def __init__(self, start: datetime = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)) -> None:
        self._now = start

    def __call__(self) -> datetime:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
