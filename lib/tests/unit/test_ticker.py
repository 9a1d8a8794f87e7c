"""Work at intervals, and pauses that end with the process."""

import asyncio

from mayfly.failures import TransientFailure
from mayfly.pausing import pause
from mayfly.service.ticker import Ticker


async def test_timed_work_survives_a_failure():
    stop, done = asyncio.Event(), []

    async def work() -> None:
        done.append(1)
        if len(done) == 2:
            stop.set()
        raise TransientFailure("away")

    await Ticker(work, 0.001).run(stop)
    assert 2 == len(done)


async def test_a_pause_ends_when_the_process_stops():
    stop = asyncio.Event()
    asyncio.get_running_loop().call_soon(stop.set)
    async with asyncio.timeout(5):
        await pause(stop, 600)
    assert stop.is_set()


async def test_a_pause_ends_after_its_time():
    stop = asyncio.Event()
    await pause(stop, 0.001)
    assert not stop.is_set()
