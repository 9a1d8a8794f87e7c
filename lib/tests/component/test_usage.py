"""The usage of limits in the store takes, leases and gives back exactly as the one in memory, which tests use."""

import asyncio
from datetime import UTC, datetime
from secrets import token_hex

from hypothesis import given, settings
from hypothesis import strategies as st

from mayfly.records.usage import UNITS_PER_TOKEN, Ahead, Rate, Unused, Wanted
from mayfly.store.client import connect
from mayfly.store.usage import Usage
from mayfly.testing.clock import SettableClock
from mayfly.testing.usage import UsageInMemory

LATE = datetime(2026, 1, 1, 23, 59, 55, tzinfo=UTC)
STEPS = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 1, 250, 3000, 9000]),  # milliseconds before it
        st.integers(0, 30),  # calls
        st.integers(0, 20),  # wished ahead
        st.sampled_from([1000, 6000]),  # milliseconds that the lease lasts
        st.one_of(st.none(), st.tuples(st.integers(0, 9), st.integers(0, 20))),  # gives back: which lease, how much
    ),
    min_size=1,
    max_size=12,
)
RATES = st.tuples(st.sampled_from([1, 60, 6000]), st.integers(1, 300), st.one_of(st.none(), st.integers(1, 300)))


def test_store_and_memory_agree_on_every_operation(mongo_uri, mongo_database):
    with asyncio.Runner() as runner:
        connection = connect(mongo_uri, mongo_database, "tests")
        usage = Usage(runner.run(connection.__aenter__()))

        @settings(max_examples=25, deadline=None)
        @given(steps=STEPS, rates=st.lists(RATES, min_size=1, max_size=2))
        def agree(steps, rates):
            runner.run(compare(usage, steps, rates))

        try:
            agree()
        finally:
            runner.run(connection.__aexit__(None, None, None))


async def compare(usage, steps, rates):
    memory, clock, leases, subject = UsageInMemory(), SettableClock(LATE), [], token_hex(8)
    for number, (pause, count, wished, lasts, back) in enumerate(steps):
        clock.advance(pause / 1000)
        per_minute, burst, calls_per_day = rates[number % len(rates)]
        unused = None
        if back and leases:
            lease, tokens, day = leases.pop(back[0] % len(leases))
            unused = Unused(lease=lease, tokens=min(back[1], tokens), day=day)
        until = datetime.fromtimestamp(clock().timestamp() + lasts / 1000, UTC)
        ahead = Ahead(lease=str(number), tokens=wished, until=until) if wished else None
        wanted = Wanted(
            subject=subject,
            bucket="native",
            count=count,
            rate=Rate(per_minute=per_minute, burst=burst),
            now=clock(),
            calls_per_day=calls_per_day,
            ahead=ahead,
            unused=unused,
        )
        taken = await usage.take(wanted)
        assert await memory.take(wanted) == taken
        if taken.ahead:
            leases.append((str(number), taken.ahead, clock().strftime("%Y-%m-%d")))


async def test_a_bucket_fills_up_beside_a_lease_and_in_full_when_that_has_ended(mongo_database, mongo_uri):
    rate, clock = Rate(per_minute=60, burst=200), SettableClock()
    async with connect(mongo_uri, mongo_database, "tests") as database:
        usage, subject = Usage(database), token_hex(8)

        async def units(count=0, ahead=None):
            wanted = Wanted(subject=subject, bucket="native", count=count, rate=rate, now=clock(), ahead=ahead)
            taken = await usage.take(wanted)
            return taken.units // UNITS_PER_TOKEN

        until = datetime.fromtimestamp(clock().timestamp() + 6, UTC)
        assert 190 == await units(ahead=Ahead(lease="lost", tokens=10, until=until))
        seen = []
        for seconds in (5, 6, 10):
            clock.advance(seconds)
            seen.append(await units())
        assert [190, 196, 200] == seen
