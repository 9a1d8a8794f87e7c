"""Following an inbox: from any cursor, in order, without gap or duplicate, over a reconnect too."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime

import pytest

from mayfly.bus import topology
from mayfly.bus.connection import Bus, connect
from mayfly.bus.live import LiveEvents
from mayfly.bus.publisher import Publisher
from mayfly.events import facts

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


async def collect(live: LiveEvents, inbox_id: str, after: int | None, count: int) -> list[str]:
    found: list[str] = []
    async with asyncio.timeout(5), aclosing(live.follow(inbox_id, after)) as events:
        async for event in events:
            assert isinstance(event.fact, facts.MessageStored)
            found.append(event.fact.message_id)
            if len(found) == count:
                break
    return found


async def test_a_reader_with_a_cursor_gets_what_came_after_it_of_its_inbox_alone(bus, live):
    first = await announce(bus, "mine", "m1")
    await announce(bus, "other", "o1")
    await announce(bus, "mine", "m2")
    reader = asyncio.create_task(collect(live, "mine", first, 2))
    await asyncio.sleep(0)
    await announce(bus, "mine", "m3")
    assert ["m2", "m3"] == await reader


async def test_a_reader_without_a_cursor_gets_what_comes_from_now_on(bus, live):
    await announce(bus, "mine", "old")
    async with asyncio.timeout(5), aclosing(live.follow("mine")) as events:
        waiting = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0.1)
        await announce(bus, "mine", "new")
        event = await waiting
    assert isinstance(event.fact, facts.MessageStored)
    assert ("new", 2) == (event.fact.message_id, event.sequence)


async def test_a_reader_that_falls_behind_reads_back_and_misses_nothing(bus, live):
    async with asyncio.timeout(20), aclosing(live.follow("mine", 0)) as events:
        await announce(bus, "mine", "m0")
        await anext(events)
        for number in range(1, 400):
            await announce(bus, "mine", f"m{number}")
        found = [(await anext(events)).sequence for _ in range(399)]
    assert list(range(2, 401)) == found


async def test_what_happened_while_the_connection_was_gone_is_read_back(bus, live, clean_nats):
    async with asyncio.timeout(10), aclosing(live.follow("mine", 0)) as events:
        await announce(bus, "mine", "m1")
        assert 1 == (await anext(events)).sequence
        waiting = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0)
        async with connect(clean_nats, "elsewhere") as other:
            bus.client._transport.close()
            await announce(other, "mine", "m2")
        assert 2 == (await waiting).sequence
