"""Events are handed over the moment they are there, never held back to fill a batch."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from mayfly.bus import topology
from mayfly.bus.connection import Bus, connect
from mayfly.bus.publisher import Publisher
from mayfly.bus.pull import Pull
from mayfly.failures import TransientFailure
from mayfly.testing.builders import make_mail


@pytest.fixture
async def bus(clean_nats: str) -> AsyncIterator[Bus]:
    async with connect(clean_nats, "test") as connected:
        await topology.ensure(connected)
        yield connected


@pytest.fixture
async def pull(bus: Bus) -> AsyncIterator[Pull]:
    opened = await Pull.open(bus, topology.PARSER)
    yield opened
    await opened.close()


async def receive(bus: Bus) -> int:
    return await Publisher(bus).publish(make_mail())


def sequences(messages) -> list[int]:
    return [message.metadata.sequence.stream for message in messages]


async def test_all_that_is_there_comes_at_once_up_to_the_batch(bus, pull):
    received = [await receive(bus) for _ in range(5)]
    async with asyncio.timeout(10):
        assert received[:3] == sequences(await pull.fetch(3, 60))
        assert received[3:] == sequences(await pull.fetch(100, 60))


async def test_a_lone_event_is_not_held_back_until_the_batch_is_full(bus, pull):
    async with asyncio.timeout(10):
        for _ in range(3):
            fetching = asyncio.create_task(pull.fetch(100, 60))
            await asyncio.sleep(0.05)
            assert [await receive(bus)] == sequences(await fetching)


async def test_nothing_comes_when_there_is_nothing(pull):
    assert [] == await pull.fetch(100, 0.05)


async def test_what_comes_after_its_request_is_over_is_not_lost(bus, pull):
    for _ in range(20):
        fetching = asyncio.create_task(pull.fetch(1, 0.002))
        received = await receive(bus)
        found = await fetching or await pull.fetch(1, 5)
        assert [received] == sequences(found)
        await found[0].ack()


async def test_a_consumer_that_is_gone_is_a_failure_not_silence(bus, pull):
    await bus.jetstream.delete_consumer("MAIL", "parser")
    with pytest.raises(TransientFailure):
        await pull.fetch(100, 5)
    with pytest.raises(TransientFailure):
        await Pull.open(bus, topology.PARSER)


async def test_a_batch_is_bounded_in_octets_and_the_rest_comes_next(bus, pull):
    received = [await Publisher(bus).publish(make_mail(octets=b"x" * 100_000)) for _ in range(7)]
    batches = []
    async with asyncio.timeout(10):
        while sum(map(len, batches)) < 7:
            batches.append(sequences(await pull.fetch(100, 60, octets=350_000)))
    assert [received[:3], received[3:6], received[6:]] == batches


async def test_an_event_larger_than_the_bound_comes_alone(bus, pull):
    sizes = [1_000, 500_000, 1_000]
    received = [await Publisher(bus).publish(make_mail(octets=b"x" * size)) for size in sizes]
    async with asyncio.timeout(10):
        batches = [sequences(await pull.fetch(100, 60, octets=100_000)) for _ in sizes]
    assert [[sequence] for sequence in received] == batches
