"""Two gateways' limits over one real store: leases never admit more than one bucket, and nothing unused is lost."""

import asyncio
from secrets import token_hex

from hypothesis import given, settings
from hypothesis import strategies as st

from api_gateway.edge.caller import Caller
from api_gateway.edge.limits import Limits
from api_gateway.edge.plans import Plans
from api_gateway.refusals import LimitExceeded
from mayfly.records.plan import Plan
from mayfly.records.usage import Rate
from mayfly.store.client import connect
from mayfly.store.usage import Usage
from mayfly.testing.clock import SettableClock
from mayfly.testing.usage import StrictBucket

# Which gateway, how many calls at once, milliseconds after it.
ROUNDS = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from([1, 4, 20, 400]), st.sampled_from([0, 0, 50, 400, 1100])),
    min_size=4,
    max_size=16,
)


def test_two_gateways_admit_what_one_bucket_allows_and_give_back_the_rest(mongo_uri, mongo_database):
    with asyncio.Runner() as runner:
        connection = connect(mongo_uri, mongo_database, "tests")
        usage = Usage(runner.run(connection.__aenter__()))

        @settings(max_examples=20, deadline=None)
        @given(rounds=ROUNDS, burst=st.integers(20, 400), calls_per_day=st.one_of(st.none(), st.integers(1, 400)))
        def hold(rounds, burst, calls_per_day):
            runner.run(run(usage, rounds, burst, calls_per_day))

        try:
            hold()
        finally:
            runner.run(connection.__aexit__(None, None, None))


async def run(usage, rounds, burst, calls_per_day):
    plan = Plan(tier=0, requests_per_minute=6000, burst=burst, calls_per_day=calls_per_day, longest_ttl=3600)
    plans, rate, clock = Plans({"anonymous": plan, "free": plan}), Rate(per_minute=6000, burst=burst), SettableClock()
    gateways = [Limits(usage=usage, plans=plans, clock=clock) for _ in range(2)]
    subject = f"account:{token_hex(8)}"
    caller = Caller("192.0.2.1", subject, account_id="one", plan="free")
    strict, admitted = StrictBucket(rate), 0
    for number, calls, pause in rounds:
        # The other gateway has a call at the same moment.
        takers = [*[gateways[number]] * calls, gateways[1 - number]]
        answers = await asyncio.gather(*(limits.take(caller) for limits in takers), return_exceptions=True)
        for answer in answers:
            if not isinstance(answer, Exception):
                strict.admit(clock())
                admitted += 1
            elif not isinstance(answer, LimitExceeded):
                raise answer
        clock.advance(pause / 1000)
    assert calls_per_day is None or admitted <= calls_per_day
    for limits in gateways:
        await limits.settle()
    used = await usage.of(subject)
    assert used is not None
    assert admitted == used.calls
    assert sum(calls + 1 for _, calls, _ in rounds) == used.calls + used.rejected
