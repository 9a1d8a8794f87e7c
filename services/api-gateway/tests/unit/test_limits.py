"""Leases of tokens by themselves: many replicas over one usage in memory, with a clock that the test sets."""

import asyncio
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from api_gateway.edge.caller import Caller
from api_gateway.edge.limits import Limits
from api_gateway.edge.plans import Plans
from api_gateway.refusals import LimitExceeded
from mayfly.failures import TransientFailure
from mayfly.records.plan import Plan
from mayfly.records.usage import Rate, Wanted
from mayfly.testing.clock import SettableClock
from mayfly.testing.usage import StrictBucket, UsageInMemory

REPLICAS = 4
LATE = datetime(2026, 1, 1, 23, 59, 50, tzinfo=UTC)


def plans_of(*, per_minute=60, burst=1_000, calls_per_day=None):
    plan = Plan(
        tier=0,
        requests_per_minute=per_minute,
        burst=burst,
        calls_per_day=calls_per_day,
        longest_ttl=3600,
    )
    return Plans({"anonymous": plan, "free": plan})


def caller(number=0):
    return Caller("192.0.2.1", f"account:{number}", account_id=str(number), plan="free")


class Counting(UsageInMemory):
    """Counts the operations, and fails as long as `is_down`."""

    def __init__(self):
        super().__init__()
        self.operations, self.is_down = 0, False

    async def take(self, wanted):
        self.operations += 1
        if self.is_down:
            raise TransientFailure("down")
        return await super().take(wanted)


async def admitted(limits, count=1, who=None):
    """How many of so many calls at once are admitted."""
    calls = [limits.take(who or caller()) for _ in range(count)]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    wrong = [a for a in answers if isinstance(a, Exception) and not isinstance(a, LimitExceeded)]
    assert not wrong
    return sum(not isinstance(answer, Exception) for answer in answers)


async def counted(usage, clock, **plan):
    rate = Rate(per_minute=plan.get("per_minute", 60), burst=plan.get("burst", 1_000))
    wanted = Wanted(
        subject="account:0", bucket="native", count=0, rate=rate, now=clock(), calls_per_day=plan.get("calls_per_day")
    )
    return await usage.take(wanted)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("call"), st.integers(0, REPLICAS - 1), st.sampled_from([1, 2, 12, 40, 400])),
        st.tuples(st.just("wait"), st.sampled_from([1, 40, 300, 900, 1100, 5100]), st.just(0)),
        st.tuples(st.just("sweep"), st.integers(0, REPLICAS - 1), st.just(0)),
        st.tuples(st.just("crash"), st.integers(0, REPLICAS - 1), st.just(0)),
    ),
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(
    steps=STEPS,
    per_minute=st.sampled_from([1, 60, 1200, 60_000]),
    burst=st.one_of(st.integers(1, 80), st.integers(80, 400)),
    calls_per_day=st.one_of(st.none(), st.integers(1, 400)),
)
def test_replicas_never_admit_more_than_one_strict_bucket_and_the_quota(steps, per_minute, burst, calls_per_day):
    plan = {"per_minute": per_minute, "burst": burst, "calls_per_day": calls_per_day}

    async def scenario():
        clock, usage = SettableClock(LATE), UsageInMemory()
        strict, days = StrictBucket(Rate(per_minute=per_minute, burst=burst)), {}

        def replica():
            return Limits(usage=usage, plans=plans_of(**plan), clock=clock)

        replicas = [replica() for _ in range(REPLICAS)]
        crashed = False
        for kind, number, count in steps:
            if kind == "wait":
                clock.advance(number / 1000)
            elif kind == "sweep":
                await replicas[number].sweep()
            elif kind == "crash":
                replicas[number], crashed = replica(), True
            else:
                for _ in range(await admitted(replicas[number], count)):
                    strict.admit(clock())
                    days[clock().date()] = days.get(clock().date(), 0) + 1
        assert calls_per_day is None or all(count <= calls_per_day for count in days.values())
        for limits in replicas:
            await limits.settle()
        today = days.get(clock().date(), 0)
        calls = (await counted(usage, clock, **plan)).calls
        assert calls >= today if crashed else calls == today

    asyncio.run(scenario())


async def test_a_bucket_does_not_fill_up_in_place_of_what_a_replica_holds():
    clock, usage = SettableClock(), UsageInMemory()
    plans, strict = plans_of(per_minute=60_000, burst=200), StrictBucket(Rate(per_minute=60_000, burst=200))
    first, second = (Limits(usage=usage, plans=plans, clock=clock) for _ in range(2))
    for limits, count, pause in ((first, 20, 0.02), (first, 1, 0.5), (second, 300, 0), (first, 300, 0)):
        for _ in range(await admitted(limits, count)):
            strict.admit(clock())
        clock.advance(pause)


async def test_a_busy_caller_costs_few_operations_of_the_store():
    clock, usage = SettableClock(), Counting()
    limits = Limits(usage=usage, plans=plans_of(), clock=clock)
    for _ in range(300):
        assert 1 == await admitted(limits)
        clock.advance(0.01)
    assert usage.operations <= 20


async def test_all_that_is_left_of_a_lease_comes_back_when_it_ends():
    clock, usage = SettableClock(), Counting()
    limits = Limits(usage=usage, plans=plans_of(), clock=clock)
    await admitted(limits, 40)
    await admitted(limits, 3)
    assert (await counted(usage, clock)).calls > 43
    clock.advance(1)
    await limits.sweep()
    assert 43 == (await counted(usage, clock)).calls
    assert [] == usage.leases("account:0", "native")


async def test_tokens_that_come_back_are_there_at_once():
    clock, usage = SettableClock(), UsageInMemory()
    limits = Limits(usage=usage, plans=plans_of(burst=500), clock=clock)
    await admitted(limits, 40)
    await admitted(limits)
    await limits.settle("account:0")
    assert 459 * 60_000 == (await counted(usage, clock, burst=500)).units


async def test_a_lease_is_not_used_after_its_second_or_after_midnight():
    clock, usage = SettableClock(LATE), Counting()
    limits = Limits(usage=usage, plans=plans_of(), clock=clock)
    for seconds in (0, 1, 8.5, 0.5):  # the last one begins the next day
        clock.advance(seconds)
        await admitted(limits, 40)
        await admitted(limits)
        before = usage.operations
        await admitted(limits)
        assert before == usage.operations, "the lease admits"
    assert 42 == (await counted(usage, clock)).calls - sum(lease.held for lease in limits._leases.values())


async def test_of_the_last_calls_the_store_counts_every_one():
    clock, usage = SettableClock(), Counting()
    limits = Limits(usage=usage, plans=plans_of(burst=71), clock=clock)
    for number in range(1, 72):
        assert 1 == await admitted(limits)
        assert number == usage.operations
    assert 0 == await admitted(limits)


async def test_a_second_replica_gets_all_that_the_first_one_does_not_hold():
    clock, usage = SettableClock(), UsageInMemory()
    first, second = (Limits(usage=usage, plans=plans_of(burst=200), clock=clock) for _ in range(2))
    await admitted(first, 30)
    assert 1 == await admitted(first)
    held = 200 - 31 - (await counted(usage, clock, burst=200)).units // 60_000
    assert 0 < held <= (169 - 64) // 8
    assert 169 - held == await admitted(second, 200)
    assert held == await admitted(first, 200)


async def test_the_headers_count_down_one_by_one_also_from_a_lease():
    clock, usage = SettableClock(), Counting()
    limits = Limits(usage=usage, plans=plans_of(calls_per_day=500), clock=clock)
    assert list(range(499, 459, -1)) == [(await limits.take(caller())).remaining for _ in range(40)]
    assert usage.operations < 20
    bucket = Limits(usage=usage, plans=plans_of(burst=500), clock=clock)
    standing = [await bucket.take(caller(1)) for _ in range(40)]
    assert list(range(499, 459, -1)) == [allowance.remaining for allowance in standing]
    assert [int(clock().timestamp()) + used for used in range(1, 41)] == [a.resets_at for a in standing]


async def test_tokens_of_an_operation_that_failed_are_not_used():
    clock, usage = SettableClock(), Counting()
    limits = Limits(usage=usage, plans=plans_of(), clock=clock)
    await admitted(limits, 20)
    await admitted(limits)
    clock.advance(1)
    usage.is_down = True
    await limits.sweep()
    usage.is_down = False
    before = usage.operations
    await admitted(limits)
    assert before + 1 == usage.operations


async def test_many_callers_hold_no_leases_and_no_memory():
    clock, usage = SettableClock(), UsageInMemory()
    limits = Limits(usage=usage, plans=plans_of(), clock=clock, most_leases=100)
    for number in range(1000):
        assert 1 == await admitted(limits, who=caller(number))
    assert 100 == len(limits._leases)
    assert 0 == sum(lease.held for lease in limits._leases.values())
    clock.advance(2)
    await limits.sweep()
    assert {} == limits._leases
