"""Rate limits (token buckets) and daily quotas, exact over all replicas, with at most one store operation per request.

The coalescer counts simultaneous calls of one subject in one store operation; every call is counted before it is
admitted. Called by edge.admission.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

from api_gateway import metrics
from api_gateway.edge.caller import Caller
from api_gateway.edge.plans import Plan, Plans
from api_gateway.refusals import LimitExceeded, QuotaExceeded
from mayfly.records.usage import UNITS_PER_TOKEN, Rate, Taken
from mayfly.service.clock import Clock
from mayfly.service.coalescer import Coalescer

if TYPE_CHECKING:
    from mayfly.store.usage import Usage

NATIVE = "native"


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


class Limits:
    def __init__(self, *, usage: "Usage", plans: Plans, clock: Clock) -> None:
        self._usage = usage
        self._plans = plans
        self._clock = clock
        self._coalescer: Coalescer[tuple[str, str, str], None, Allowance] = Coalescer(self._take)

    async def take(self, caller: Caller, dialect: str = NATIVE) -> Allowance:
        """Count this call. Raises LimitExceeded, QuotaExceeded (both carry the rate headers), TransientFailure."""
        plan = self._plans[caller.plan]
        bucket = dialect if dialect in plan.dialects else NATIVE
        return await self._coalescer.get((caller.subject, bucket, plan.name), None)

    async def _take(self, key: tuple[str, str, str], calls: Sequence[None]) -> Sequence[Allowance | Exception]:
        """Count simultaneous calls in one operation; the first ones are granted, in the order of `calls`."""
        subject, bucket, plan_name = key
        plan = self._plans[plan_name]
        rate = _rate(plan, bucket)
        now = self._clock()
        taken = await self._usage.take(subject, bucket, len(calls), rate, calls_per_day=plan.calls_per_day, now=now)
        return [
            _allowance(plan, rate, taken, taken.granted - 1 - place, now)
            if place < taken.granted
            else _refusal(plan, rate, taken, now)
            for place in range(len(calls))
        ]


def _rate(plan: Plan, bucket: str) -> Rate:
    chosen = plan.dialects.get(bucket, plan)
    return Rate(per_minute=chosen.requests_per_minute, burst=chosen.burst)


def _allowance(plan: Plan, rate: Rate, taken: Taken, behind: int, now: datetime) -> Allowance:
    """`behind`: number of calls of the same batch that were granted after this one."""
    if plan.calls_per_day is not None:
        remaining = plan.calls_per_day - taken.calls + behind
        return Allowance(plan.calls_per_day, remaining, int(_midnight_after(now).timestamp()))
    missing = rate.burst * UNITS_PER_TOKEN - taken.units
    full_at = now + timedelta(milliseconds=missing / rate.per_minute)
    return Allowance(rate.burst, taken.units // UNITS_PER_TOKEN + behind, ceil(full_at.timestamp()))


def _refusal(plan: Plan, rate: Rate, taken: Taken, now: datetime) -> LimitExceeded:
    if plan.calls_per_day is not None and taken.calls >= plan.calls_per_day:
        metrics.REJECTIONS.labels("quota").inc()
        midnight = _midnight_after(now)
        allowance = Allowance(plan.calls_per_day, 0, int(midnight.timestamp()))
        reason = f"plan {plan.name} allows {plan.calls_per_day} calls per day"
        return QuotaExceeded(reason, retry_after=(midnight - now).total_seconds(), standing=allowance.headers())
    metrics.REJECTIONS.labels("rate").inc()
    wait = max(UNITS_PER_TOKEN - taken.units, 0) / rate.per_minute / 1000
    allowance = Allowance(plan.calls_per_day or rate.burst, 0, ceil(now.timestamp() + wait))
    reason = f"plan {plan.name} allows {rate.per_minute} requests per minute"
    return LimitExceeded(reason, retry_after=wait, standing=allowance.headers())


def _midnight_after(now: datetime) -> datetime:
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(days=1)
