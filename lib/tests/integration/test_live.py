"""Following an inbox: from any cursor, in order, without gap or duplicate, over a reconnect too."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from mayfly.bus import topology
from mayfly.bus.connection import Bus, connect
from mayfly.bus.live import LiveEvents, Reader
from mayfly.bus.publisher import Publisher
from mayfly.events import facts
from mayfly.failures import TransientFailure

pytestmark = pytest.mark.integration
MOMENT = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
async def bus(clean_nats: str) -> AsyncIterator[Bus]:
    async with connect(clean_nats, "test") as connected:
        await topology.ensure(connected)
        yield connected


@pytest.fixture
async def live(bus: Bus) -> LiveEvents:
    events = LiveEvents(bus)
    await events.start()
    return events


async def announce(bus: Bus, inbox_id: str, message_id: str) -> int:
    return await Publisher(bus).publish(
        facts.MessageStored("e", message_id, inbox_id, "", "a@b.c", "", "", MOMENT, MOMENT, "", 0, 0, 0)
    )


async def collect(reader: Reader, count: int) -> list[str]:
    found: list[str] = []
    while len(found) < count:
        event = await reader.next(5)
        assert event is not None
        assert isinstance(event.fact, facts.MessageStored)
        found.append(event.fact.message_id)
    return found


async def test_a_reader_with_a_cursor_gets_what_came_after_it_of_its_inbox_alone(bus, live):
    first = await announce(bus, "mine", "m1")
    await announce(bus, "other", "o1")
    await announce(bus, "mine", "m2")
    with live.reader("mine", after=first) as reader:
        assert ["m2"] == await collect(reader, 1)
        await announce(bus, "mine", "m3")
        assert ["m3"] == await collect(reader, 1)
        assert None is await reader.next(0)


async def test_a_reader_without_a_cursor_gets_what_comes_from_now_on(bus, live):
    old = await announce(bus, "mine", "old")
    while live.seen < old:
        await asyncio.sleep(0.01)
    with live.reader("mine") as reader:
        assert None is await reader.next(0)
        await announce(bus, "mine", "new")
        assert ["new"] == await collect(reader, 1)
        assert 2 == reader.cursor


async def test_a_reader_that_falls_behind_reads_back_and_misses_nothing(bus, live):
    with live.reader("mine", after=0) as reader:
        for number in range(400):
            await announce(bus, "mine", f"m{number}")
        assert [f"m{number}" for number in range(400)] == await collect(reader, 400)
        assert None is await reader.next(0)


async def test_what_happened_while_the_connection_was_gone_is_read_back(bus, live, clean_nats):
    with live.reader("mine", after=0) as reader:
        await announce(bus, "mine", "m1")
        assert ["m1"] == await collect(reader, 1)
        async with connect(clean_nats, "elsewhere") as other:
            bus.client._transport.close()
            await announce(other, "mine", "m2")
        assert ["m2"] == await collect(reader, 1)


async def test_a_stopping_process_ends_its_readers(bus, live):
    with live.reader("mine") as reader:
        waiting = asyncio.create_task(reader.next(30))
        await asyncio.sleep(0)
        live.close()
        with pytest.raises(TransientFailure, match="stopping"):
            await waiting
