"""Usage of rate limits and daily quotas by one subject: an account, a team or an IP address."""

from datetime import datetime

from msgspec import Struct

UNITS_PER_TOKEN = 60_000
"""A bucket counts 1/60000 tokens, so that requests per minute times milliseconds are whole units."""

RESERVE, SHARE = 64, 8
"""A replica takes at most an eighth ahead of what is left beyond 64: near the edge of a limit nothing."""


class Rate(Struct, frozen=True, kw_only=True):
    """A token bucket: `per_minute` tokens flow in, `burst` is its capacity."""

    per_minute: int
    burst: int


class Ahead(Struct, frozen=True, kw_only=True):
    """A wish to take up to `tokens` for calls to come, as the lease `lease`, which ends at `until`."""

    lease: str
    tokens: int
    until: datetime


class Unused(Struct, frozen=True, kw_only=True):
    """What is left of a lease, to be given back; `day`: the day (YYYY-MM-DD) that its calls were counted on."""

    lease: str
    tokens: int
    day: str


class Wanted(Struct, frozen=True, kw_only=True):
    """What is to be taken of one subject's limit at `now`: up to `count` tokens of a bucket, and as many calls.

    `bucket` names one of the subject's buckets (letters only); the count of `calls_per_day` (None: no quota) is shared
    by all of them. `unused` is given back first, `ahead` leased last.
    """

    subject: str
    bucket: str
    count: int
    rate: Rate
    now: datetime
    calls_per_day: int | None = None
    ahead: Ahead | None = None
    unused: Unused | None = None


class Taken(Struct, frozen=True, kw_only=True):
    """Result of taking tokens. `units`: left in the bucket; `calls`: calls granted today, including these.

    `ahead`: tokens taken beyond those granted, for calls to come; `calls` includes them.
    """

    granted: int
    units: int
    calls: int
    ahead: int = 0


class DayOfUsage(Struct, frozen=True, kw_only=True):
    """Calls of one UTC day (`day`: YYYY-MM-DD); `rejected`: refused by a limit."""

    day: str
    calls: int = 0
    rejected: int = 0


class UsageOfSubject(Struct, frozen=True, kw_only=True):
    """Usage of one subject on its latest day, and in `history` on earlier days with calls, newest first.

    `last_call_at`: when calls were counted last; a replica that has counted some ahead tells so up to seconds later.
    """

    subject: str
    day: str = ""
    calls: int = 0
    rejected: int = 0
    history: list[DayOfUsage] = []
    last_call_at: datetime | None = None

    def days(self) -> list[DayOfUsage]:
        """Every day with calls, newest first."""
        return [DayOfUsage(day=self.day, calls=self.calls, rejected=self.rejected), *self.history]


class HeldByAccount(Struct, frozen=True, kw_only=True):
    """What the live inboxes of an account hold, its spaces among them. `octets`: of raw mail and added attachments."""

    inboxes: int = 0
    messages: int = 0
    octets: int = 0


class Totals(Struct, frozen=True, kw_only=True):
    """Numbers of the whole installation. `inboxes`: live ones, with spaces."""

    accounts: int
    inboxes: int
    messages: int
