"""How often the reaper works, and how much at a time."""

import asyncio

from expiry_reaper.entrypoints.pacer import Pacer
from mayfly.failures import TransientFailure


async def test_full_batches_follow_one_another_without_a_pause_and_grow():
    stop, limits = asyncio.Event(), []

    async def work(limit: int) -> int:
        limits.append(limit)
        if len(limits) == 3:
            stop.set()
        return limit

    await Pacer(work, pause_seconds=60, parallel=1).run(stop)
    assert [200, 400, 800] == limits


async def test_a_failing_store_halves_the_batch_and_ends_nothing():
    stop, limits = asyncio.Event(), []

    async def work(limit: int) -> int:
        limits.append(limit)
        if len(limits) == 4:
            stop.set()
            return 0
        raise TransientFailure("away")

    await Pacer(work, pause_seconds=0.001, parallel=1).run(stop)
    assert [200, 100, 50, 50] == limits


async def test_stop_ends_a_long_pause_at_once():
    stop = asyncio.Event()

    async def nothing_due(_: int) -> int:
        asyncio.get_running_loop().call_soon(stop.set)
        return 0

    async with asyncio.timeout(5):
        await Pacer(nothing_due, pause_seconds=600).run(stop)
