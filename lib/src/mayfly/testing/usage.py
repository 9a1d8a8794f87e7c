"""The usage of limits in memory, for tests of what takes tokens; its suite compares it with the store."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from mayfly.records.usage import RESERVE, SHARE, UNITS_PER_TOKEN, Rate, Taken, Wanted


@dataclass(slots=True)
class _Bucket:
    units: int
    at: int
    leases: list[tuple[str, int, int]] = field(default_factory=list)


@dataclass(slots=True)
class _Subject:
    day: str = ""
    calls: int = 0
    buckets: dict[str, _Bucket] = field(default_factory=dict)


class UsageInMemory:
    """Takes and gives back like mayfly.store.usage.Usage. Times are kept in whole milliseconds, as there."""

    def __init__(self) -> None:
        self._subjects: dict[str, _Subject] = {}

    async def take(self, wanted: Wanted) -> Taken:
        """As Usage.take."""
        ahead, unused = wanted.ahead, wanted.unused
        full, moment = wanted.rate.burst * UNITS_PER_TOKEN, _milliseconds(wanted.now)
        kept = self._subjects.setdefault(wanted.subject, _Subject())
        held = kept.buckets.setdefault(wanted.bucket, _Bucket(full, moment))
        returned = 0
        if unused:
            kept.calls -= unused.tokens if kept.day == unused.day else 0
            if any(lease == unused.lease and until > moment for lease, _, until in held.leases):
                returned = unused.tokens * UNITS_PER_TOKEN
        today = wanted.now.astimezone(UTC).strftime("%Y-%m-%d")
        if kept.day != today:
            kept.day, kept.calls = today, 0
        _refill(held, wanted.rate.per_minute, full, moment)
        held.units += returned
        held.leases = [lease for lease in held.leases if unused is None or lease[0] != unused.lease]
        room = max(0, held.units // UNITS_PER_TOKEN)
        if wanted.calls_per_day is not None:
            room = max(0, min(room, wanted.calls_per_day - kept.calls))
        granted = min(wanted.count, room)
        extra = min(ahead.tokens, max(0, room - granted - RESERVE) // SHARE) if ahead else 0
        if ahead and extra:
            held.leases.append((ahead.lease, extra, _milliseconds(ahead.until)))
        kept.calls += granted + extra
        held.units -= (granted + extra) * UNITS_PER_TOKEN
        return Taken(granted=granted, units=held.units, calls=kept.calls, ahead=extra)

    def leases(self, subject: str, bucket: str) -> Sequence[str]:
        """Ids of the leases that nobody has given back."""
        return [lease for lease, _, _ in self._subjects[subject].buckets[bucket].leases]


class StrictBucket:
    """The most that a limit may admit, whatever takes its tokens: in any time, its capacity and what flows in.

    A bucket that is filled continuously admits exactly that; `admit` fails for a call that it would refuse.
    """

    def __init__(self, rate: Rate) -> None:
        self._per_minute = rate.per_minute
        self._full = rate.burst * UNITS_PER_TOKEN
        self._units = self._full
        self._at = 0

    def admit(self, now: datetime) -> None:
        """Count a call at `now`, not before the last one."""
        moment = _milliseconds(now)
        if self._at:
            self._units = min(self._full, self._units + (moment - self._at) * self._per_minute)
        self._at = moment
        self._units -= UNITS_PER_TOKEN
        assert self._units >= 0, "admitted more than the limit allows"


def _refill(held: _Bucket, per_minute: int, full: int, moment: int) -> None:
    held.leases = [lease for lease in held.leases if lease[2] > moment]
    leased = sum(tokens for _, tokens, _ in held.leases) * UNITS_PER_TOKEN
    held.units = min(max(0, full - leased), held.units + max(0, moment - held.at) * per_minute)
    held.at = max(held.at, moment)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
