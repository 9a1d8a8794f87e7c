"""Usage of rate limits and daily quotas by one subject: an account, a team or an IP address."""

from msgspec import Struct

UNITS_PER_TOKEN = 60_000
"""A bucket counts 1/60000 tokens, so that requests per minute times milliseconds are whole units."""


class Rate(Struct, frozen=True, kw_only=True):
    """A token bucket: `per_minute` tokens flow in, `burst` is its capacity."""

    per_minute: int
    burst: int


class Taken(Struct, frozen=True, kw_only=True):
    """Result of taking tokens. `units`: left in the bucket; `calls`: calls granted today, including these."""

    granted: int
    units: int
    calls: int


class DayOfUsage(Struct, frozen=True, kw_only=True):
    """Calls of one UTC day (`day`: YYYY-MM-DD); `rejected`: refused by a limit."""

    day: str
    calls: int = 0
    rejected: int = 0


class UsageOfSubject(Struct, frozen=True, kw_only=True):
    """Usage of one subject on its latest day, and in `history` on earlier days with calls, newest first."""

    subject: str
    day: str = ""
    calls: int = 0
    rejected: int = 0
    history: list[DayOfUsage] = []

    def days(self) -> list[DayOfUsage]:
        """Every day with calls, newest first."""
        return [DayOfUsage(day=self.day, calls=self.calls, rejected=self.rejected), *self.history]
