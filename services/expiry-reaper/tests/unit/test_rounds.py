"""How often, and how much at a time."""

import asyncio
from datetime import UTC, datetime, timedelta

from expiry_reaper.entrypoints.rounds import PacedRounds
from expiry_reaper.handlers.retention import Retention, Term
from mayfly.failures import TransientFailure
from mayfly.service.rounds import TimedRounds


async def test_full_batches_follow_one_another_without_a_pause_and_grow():
    stop, limits = asyncio.Event(), []

    async def work(limit: int) -> int:
        limits.append(limit)
        if len(limits) == 3:
            stop.set()
        return limit

    await PacedRounds(work, pause_seconds=60, lanes=1).run(stop)
    assert [200, 400, 800] == limits


async def test_a_failing_store_halves_the_batch_and_ends_nothing():
    stop, limits = asyncio.Event(), []

    async def work(limit: int) -> int:
        limits.append(limit)
        if len(limits) == 4:
            stop.set()
            return 0
        raise TransientFailure("away")

    await PacedRounds(work, pause_seconds=0.001, lanes=1).run(stop)
    assert [200, 100, 50, 50] == limits


async def test_stop_ends_a_long_pause_at_once():
    stop = asyncio.Event()

    async def nothing_due(_: int) -> int:
        asyncio.get_running_loop().call_soon(stop.set)
        return 0

    async with asyncio.timeout(5):
        await PacedRounds(nothing_due, pause_seconds=600).run(stop)


async def test_timed_work_survives_a_failure():
    stop, done = asyncio.Event(), []

    async def work() -> None:
        done.append(1)
        if len(done) == 2:
            stop.set()
        raise TransientFailure("away")

    await TimedRounds(work, 0.001).run(stop)
    assert 2 == len(done)


async def test_each_record_is_kept_for_its_own_time():
    now, asked = datetime(2026, 11, 21, tzinfo=UTC), {}

    def deleting(name: str):
        async def delete_before(moment: datetime) -> int:
            asked[name] = moment
            return 3

        return delete_before

    terms = {"a": Term(timedelta(days=7), deleting("a")), "b": Term(timedelta(), deleting("b"))}
    await Retention(terms, lambda: now)()
    assert {"a": now - timedelta(days=7), "b": now} == asked
