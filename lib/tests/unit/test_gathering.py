"""How facts are gathered into batches, decided by counts alone: a publisher that answers when the test says so."""

import asyncio

import pytest

from mayfly.bus.gathering import BATCH_OCTETS, LEAST, SINGLES, Gathering
from mayfly.failures import StorageFull, TransientFailure


class Slow:
    """Notes what it is asked to publish, and waits for `answer`."""

    def __init__(self):
        self.asked = []

    async def publish(self, fact):
        await self._wait([fact], single=True)
        return 1

    async def publish_each(self, batch):
        return await self._wait(list(batch), single=False)

    async def _wait(self, facts, *, single):
        future = asyncio.get_running_loop().create_future()
        self.asked.append((facts, future))
        outcome = await future
        if single and isinstance(outcome, Exception):
            raise outcome
        return outcome or [None] * len(facts)

    async def answer(self, place, outcome=None):
        self.asked[place][1].set_result(outcome)
        for _ in range(5):
            await asyncio.sleep(0)

    @property
    def sizes(self):
        return [len(facts) for facts, _ in self.asked]


@pytest.fixture
def slow():
    return Slow()


async def send(gathering, count, start=0):
    tasks = [asyncio.create_task(gathering.publish(number)) for number in range(start, start + count)]
    await asyncio.sleep(0)
    return tasks


async def test_few_facts_at_once_are_published_singly_and_at_once(slow):
    gathering = Gathering(slow, octets=lambda _: 1)
    tasks = await send(gathering, SINGLES)
    assert slow.sizes == [1] * SINGLES
    for place in range(SINGLES):
        await slow.answer(place)
    await asyncio.gather(*tasks)


async def test_a_few_more_take_their_turn(slow):
    gathering = Gathering(slow, octets=lambda _: 1)
    tasks = await send(gathering, SINGLES + LEAST - 1)
    await slow.answer(0)
    assert slow.sizes == [1] * (SINGLES + 1)
    for place in range(1, len(tasks)):
        await slow.answer(place)
    await asyncio.gather(*tasks)


async def test_a_burst_shares_batches_in_the_order_of_arrival(slow):
    gathering = Gathering(slow, octets=lambda _: 1)
    first = await send(gathering, SINGLES + 20)
    await slow.answer(0)
    assert slow.asked[SINGLES][0] == list(range(SINGLES, SINGLES + 20))
    later = await send(gathering, 30, start=100)
    for place in range(1, SINGLES):
        await slow.answer(place)
    assert slow.sizes == [1] * SINGLES + [20]
    await slow.answer(SINGLES)
    assert slow.asked[-1][0] == list(range(100, 130))
    await slow.answer(-1)
    await asyncio.gather(*first, *later)


async def test_each_caller_hears_what_became_of_its_own_fact(slow):
    gathering = Gathering(slow, octets=lambda _: 1)
    tasks = await send(gathering, SINGLES + LEAST)
    await slow.answer(0, TransientFailure("single"))
    await slow.answer(SINGLES, [StorageFull("no room"), *[None] * (LEAST - 1)])
    for place in range(1, SINGLES):
        await slow.answer(place)
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [str(outcomes[0]), str(outcomes[SINGLES])] == ["single", "no room"]
    assert [each for place, each in enumerate(outcomes) if place not in {0, SINGLES}] == [None] * (len(tasks) - 2)


async def test_what_a_batch_raises_reaches_every_caller_and_the_next_batch_goes_out(slow):
    gathering = Gathering(slow, octets=lambda _: 1)
    tasks = await send(gathering, SINGLES + LEAST)
    await slow.answer(0)
    more = await send(gathering, LEAST, start=100)
    slow.asked[SINGLES][1].set_exception(RuntimeError("boom"))
    for _ in range(5):
        await asyncio.sleep(0)
    outcomes = await asyncio.gather(*tasks[SINGLES:], return_exceptions=True)
    assert {str(each) for each in outcomes} == {"boom"}
    assert slow.asked[-1][0] == list(range(100, 100 + LEAST))
    await slow.answer(-1)
    await asyncio.gather(*more)


async def test_a_batch_is_bounded_in_octets(slow):
    gathering = Gathering(slow, octets=lambda _: BATCH_OCTETS // 4)
    tasks = await send(gathering, SINGLES + 9)
    for place in range(SINGLES):
        await slow.answer(place)
    assert slow.sizes == [1] * SINGLES + [4]
    await slow.answer(SINGLES)  # five are left: too few for a batch
    assert slow.sizes == [1] * SINGLES + [4] + [1] * SINGLES
    for place in range(SINGLES + 1, SINGLES + 6):
        await slow.answer(place)
    await asyncio.gather(*tasks)


async def test_who_is_gone_is_left_out_and_blocks_nobody(slow):
    gathering = Gathering(slow, octets=lambda _: 1)
    tasks = await send(gathering, SINGLES + LEAST)
    tasks[SINGLES].cancel()
    tasks[0].cancel()
    for _ in range(5):
        await asyncio.sleep(0)
    # One place is free, and too few wait for a batch.
    assert slow.sizes == [1] * (SINGLES + 1)
    assert slow.asked[-1][0] == [SINGLES + 1]
    # Its turn comes and it is gone at the same moment: the turn goes on to the next.
    slow.asked[1][1].set_result(None)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    tasks[SINGLES + 2].cancel()
    for _ in range(5):
        await asyncio.sleep(0)
    assert len(slow.asked) >= SINGLES + 2
    place = 2
    while place < len(slow.asked):
        if not slow.asked[place][1].done():
            await slow.answer(place)
        place += 1
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert sum(isinstance(each, asyncio.CancelledError) for each in done) == 3
    assert sum(each is None for each in done) == SINGLES + LEAST - 3
