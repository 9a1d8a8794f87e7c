"""Takes tokens of rate limits and daily quotas for calls: from a lease at hand, or from the store. Used by
edge.admission.

A caller that has called lately gets some tokens ahead with each operation of the store: at most as many as it used in
the second before, and an eighth of what is left beyond 64. Its next calls cost no operation. Near the edge of a limit
there is nothing ahead, and the store counts every call. A lease lasts a second; what is left of it then goes back, as
well as when the process stops and before it reports usage (ADR 0017).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from math import ceil
from secrets import token_hex
from typing import Protocol

import structlog

from api_gateway import metrics
from api_gateway.edge.caller import Caller, space_subject
from api_gateway.edge.plans import Plan, Plans
from api_gateway.refusals import LimitExceeded, QuotaExceeded
from mayfly.failures import Failure
from mayfly.pausing import pause
from mayfly.records.plan import DialectRate
from mayfly.records.usage import UNITS_PER_TOKEN, Ahead, Rate, Taken, Unused, Wanted
from mayfly.service.clock import Clock
from mayfly.service.coalescer import Coalescer

_log = structlog.get_logger()
NATIVE = "native"
_SPACE = "space"
_LEASE = timedelta(seconds=1)
# The store takes a lease for lost only later: clocks of replicas may differ by so much, and a giving back may be late.
_LATE = timedelta(seconds=5)
_SWEEP_SECONDS = 0.5
_NEVER = datetime.min.replace(tzinfo=UTC)
_AT_ONCE = 16
_Key = tuple[str, str, str]
"""Subject, bucket and name of the plan."""


class UsageStore(Protocol):
    """mayfly.store.usage.Usage, or the one in memory (mayfly.testing.usage)."""

    async def take(self, wanted: Wanted) -> Taken: ...


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a limit after this call. `resets_at`: when `remaining` equals `limit` again, in epoch seconds."""

    limit: int
    remaining: int
    resets_at: int

    def headers(self) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(self.resets_at),
        }


@dataclass(slots=True)
class _Lease:
    """What this process holds for one caller, and how many calls it has admitted lately.

    `held`: tokens left, for calls from `since` until before `ends`; `units`, `calls`: as the store had them then.
    """

    window: datetime
    calls_before: int = 0
    calls_now: int = 0
    held: int = 0
    name: str = ""
    since: datetime = _NEVER
    ends: datetime = _NEVER
    units: int = 0
    calls: int = 0

    def lasts(self, now: datetime) -> bool:
        return self.since <= now < self.ends

    def count(self, admitted: int, now: datetime) -> None:
        """Count calls in the current second, which begins with the first one of them."""
        if not self.window <= now < self.window + _LEASE:
            is_next = self.window <= now < self.window + 2 * _LEASE
            self.calls_before, self.calls_now, self.window = self.calls_now if is_next else 0, 0, now
        self.calls_now += admitted

    def wanted(self) -> int:
        """How many tokens to take ahead: as many as a second took lately."""
        return max(self.calls_before, self.calls_now)

    def is_idle(self, now: datetime) -> bool:
        return not self.window <= now < self.window + 2 * _LEASE

    def give_up(self) -> Unused | None:
        """What is left of it, which this process may not use from now on."""
        left, self.held = self.held, 0
        return Unused(lease=self.name, tokens=left, day=_day(self.since)) if left else None


@dataclass(frozen=True, slots=True)
class _Limit:
    """What a plan allows in one bucket."""

    plan: str
    rate: Rate
    calls_per_day: int | None


class Limits:
    """`most_leases`: callers that can have a lease at once; for all others the store counts every call."""

    def __init__(self, *, usage: UsageStore, plans: Plans, clock: Clock, most_leases: int = 10_000) -> None:
        self._usage = usage
        self._plans = plans
        self._clock = clock
        self._most_leases = most_leases
        self._leases: dict[_Key, _Lease] = {}
        self._process = token_hex(8)
        self._numbers = count(1)
        self._coalescer: Coalescer[_Key, None, Allowance] = Coalescer(self._take)

    async def take(self, caller: Caller, dialect: str = NATIVE) -> Allowance:
        """Count this call. Raises LimitExceeded, QuotaExceeded (both carry the rate headers), TransientFailure."""
        plan = self._plans[caller.plan]
        bucket = dialect if dialect in plan.dialects else NATIVE
        return await self._take_one((caller.subject, bucket, plan.name))

    async def take_of_space(self, caller: Caller, space_id: str) -> Allowance:
        """Count this call against the space that it reads or changes, which the caller may use. Raises as `take`.

        All callers of a space share its bucket, whose rate is that of the caller's plan; no daily quota counts it.
        """
        return await self._take_one((space_subject(space_id), _SPACE, self._plans[caller.plan].name))

    async def _take_one(self, key: _Key) -> Allowance:
        lease = self._leases.get(key)
        if lease is not None and lease.held and lease.lasts(now := self._clock()):
            lease.held -= 1
            lease.count(1, now)
            return _allowance_of(lease, self._limit(key), now)
        return await self._coalescer.get(key, None)

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`, give back what is left of leases that have ended."""
        while not stop.is_set():
            await self.sweep()
            await pause(stop, _SWEEP_SECONDS)

    async def settle(self, subject: str | None = None) -> None:
        """Give back all that this process holds of a subject (None: of all), so that its usage is exact."""
        chosen = [key for key in self._leases if subject in {None, key[0]}]
        for begin in range(0, len(chosen), _AT_ONCE):
            await asyncio.gather(*map(self._give_back, chosen[begin : begin + _AT_ONCE]))

    async def sweep(self) -> None:
        """Give back what is left of ended leases, and forget callers that have not called for two seconds."""
        now = self._clock()
        ended = [key for key, lease in self._leases.items() if lease.held and not lease.lasts(now)]
        for begin in range(0, len(ended), _AT_ONCE):
            await asyncio.gather(*map(self._give_back, ended[begin : begin + _AT_ONCE]))
        for key in [key for key, lease in self._leases.items() if not lease.held and lease.is_idle(now)]:
            del self._leases[key]

    async def _give_back(self, key: _Key) -> None:
        lease = self._leases.get(key)
        unused = lease.give_up() if lease else None
        if unused is None:
            return
        try:
            await self._usage.take(self._wanted(key, 0, self._clock(), unused=unused))
        except Failure as failure:
            # These calls stay counted, though they were not made.
            _log.warning("tokens_not_given_back", reason=failure.reason)

    async def _take(self, key: _Key, calls: Sequence[None]) -> Sequence[Allowance | Exception]:
        """Count simultaneous calls in one operation; the first ones are granted, in the order of `calls`."""
        limit = self._limit(key)
        now = self._clock()
        lease = self._lease(key, now)
        unused, wish = (lease.give_up(), self._wish(lease, now)) if lease else (None, None)
        wanted = self._wanted(key, len(calls), now, ahead=wish, unused=unused)
        taken = await self._usage.take(wanted)
        if lease:
            lease.count(taken.granted, now)
        if lease and wish:
            self._leases[key] = lease  # it may have been swept during a long operation
            lease.held, lease.name = taken.ahead, wish.lease
            lease.since, lease.ends = now, min(now + _LEASE, _midnight_after(now))
            lease.units, lease.calls = taken.units, taken.calls
        return [
            _allowance(limit, taken, taken.granted - 1 - place, now)
            if place < taken.granted
            else _refusal(limit, taken, now)
            for place in range(len(calls))
        ]

    def _limit(self, key: _Key) -> _Limit:
        _, bucket, plan_name = key
        plan = self._plans[plan_name]
        if bucket == _SPACE:
            return _Limit(plan.name, _rate(plan.space_calls), None)
        return _Limit(plan.name, _rate(plan.dialects.get(bucket, plan)), plan.calls_per_day)

    def _wanted(
        self, key: _Key, count: int, now: datetime, *, ahead: Ahead | None = None, unused: Unused | None = None
    ) -> Wanted:
        subject, bucket, _ = key
        limit = self._limit(key)
        return Wanted(
            subject=subject,
            bucket=bucket,
            count=count,
            rate=limit.rate,
            now=now,
            calls_per_day=limit.calls_per_day,
            ahead=ahead,
            unused=unused,
        )

    def _lease(self, key: _Key, now: datetime) -> _Lease | None:
        lease = self._leases.get(key)
        if lease is None and len(self._leases) < self._most_leases:
            lease = self._leases[key] = _Lease(now)
        return lease

    def _wish(self, lease: _Lease, now: datetime) -> Ahead | None:
        lease.count(0, now)
        wanted = lease.wanted()
        name = f"{self._process}.{next(self._numbers)}"
        return Ahead(lease=name, tokens=wanted, until=now + _LEASE + _LATE) if wanted else None


def _rate(chosen: Plan | DialectRate) -> Rate:
    return Rate(per_minute=chosen.requests_per_minute, burst=chosen.burst)


def _allowance_of(lease: _Lease, limit: _Limit, now: datetime) -> Allowance:
    """Where the caller stands after a call that the lease has admitted: what it holds is left, as in the store."""
    flow = int((now - lease.since) / timedelta(milliseconds=1)) * limit.rate.per_minute
    units = min(lease.units + flow, limit.rate.burst * UNITS_PER_TOKEN - lease.held * UNITS_PER_TOKEN)
    return _standing(limit, lease.calls - lease.held, units + lease.held * UNITS_PER_TOKEN, now)


def _allowance(limit: _Limit, taken: Taken, behind: int, now: datetime) -> Allowance:
    """`behind`: number of calls of the same batch that were granted after this one."""
    left = behind + taken.ahead
    return _standing(limit, taken.calls - left, taken.units + left * UNITS_PER_TOKEN, now)


def _standing(limit: _Limit, calls: int, units: int, now: datetime) -> Allowance:
    """`calls` granted today so far, `units` left in the bucket."""
    if limit.calls_per_day is not None:
        return Allowance(limit.calls_per_day, limit.calls_per_day - calls, int(_midnight_after(now).timestamp()))
    missing = limit.rate.burst * UNITS_PER_TOKEN - units
    full_at = now + timedelta(milliseconds=missing / limit.rate.per_minute)
    return Allowance(limit.rate.burst, units // UNITS_PER_TOKEN, ceil(full_at.timestamp()))


def _refusal(limit: _Limit, taken: Taken, now: datetime) -> LimitExceeded:
    if limit.calls_per_day is not None and taken.calls >= limit.calls_per_day:
        metrics.REJECTIONS.labels("quota").inc()
        midnight = _midnight_after(now)
        allowance = Allowance(limit.calls_per_day, 0, int(midnight.timestamp()))
        reason = f"plan {limit.plan} allows {limit.calls_per_day} calls per day"
        return QuotaExceeded(reason, retry_after=(midnight - now).total_seconds(), standing=allowance.headers())
    metrics.REJECTIONS.labels("rate").inc()
    wait = max(UNITS_PER_TOKEN - taken.units, 0) / limit.rate.per_minute / 1000
    allowance = Allowance(limit.calls_per_day or limit.rate.burst, 0, ceil(now.timestamp() + wait))
    reason = f"plan {limit.plan} allows {limit.rate.per_minute} requests per minute"
    return LimitExceeded(reason, retry_after=wait, standing=allowance.headers())


def _day(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d")


def _midnight_after(now: datetime) -> datetime:
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(days=1)
