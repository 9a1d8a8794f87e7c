"""Following an inbox: from any cursor, in order, without gap or duplicate, over a reconnect and over losses too."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from mayfly.bus import topology
from mayfly.bus.connection import Bus, connect
from mayfly.bus.live import LiveEvents
from mayfly.bus.publisher import Publisher
from mayfly.events import facts
from mayfly.failures import TransientFailure
from mayfly.testing.builders import make_stored

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


async def announce(bus: Bus, inbox_id: str, message_id: str, stored_at: datetime = MOMENT) -> int:
    stored = make_stored(inbox_id, message_id=message_id, received_at=MOMENT, stored_at=stored_at)
    return await Publisher(bus).publish(stored)


async def told(reader, count: int) -> list[str]:
    found = []
    async with asyncio.timeout(10):
        for _ in range(count):
            event = await reader.next(10)
            assert isinstance(event.fact, facts.MessageStored)
            found.append(event.fact.message_id)
    return found


async def test_a_reader_with_a_cursor_gets_what_came_after_it_of_its_inbox_alone(bus, live):
    first = await announce(bus, "mine", "m1")
    await announce(bus, "other", "o1")
    await announce(bus, "mine", "m2")
    with live.reader("mine", first) as reader:
        reading = asyncio.create_task(told(reader, 2))
        await asyncio.sleep(0)
        last = await announce(bus, "mine", "m3")
        assert ["m2", "m3"] == await reading
        assert last == reader.cursor


async def test_a_reader_without_a_cursor_gets_what_comes_from_now_on(bus, live):
    await announce(bus, "mine", "old")
    await bus.client.flush()
    with live.reader("mine") as reader:
        await announce(bus, "mine", "new")
        event = await reader.next(10)
    assert ("new", 2) == (event.fact.message_id, event.sequence)


async def test_nothing_comes_for_as_long_as_one_waits(live):
    with live.reader("mine", 0) as reader:
        assert await reader.next(0) is None
        assert await reader.next(0.01) is None


async def test_what_is_stored_is_told_even_to_one_who_does_not_wait(bus, live):
    await announce(bus, "mine", "m1")
    with live.reader("mine", 0) as reader:
        assert "m1" == (await reader.next(0)).fact.message_id
        assert await reader.next(0) is None


async def test_a_reader_that_was_cancelled_loses_nothing(bus, live):
    with live.reader("mine", 0) as reader:
        waiting = asyncio.create_task(reader.next(10))
        await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.wait({waiting})
        await announce(bus, "mine", "m1")
        assert ["m1"] == await told(reader, 1)


async def test_a_reader_ends_when_it_is_cancelled_at_whatever_moment(bus, live):
    for tenths in range(60):
        with live.reader("mine", 0) as reader:
            waiting = asyncio.create_task(reader.next(10))
            await asyncio.sleep(tenths / 10_000)
            waiting.cancel()
            done, _ = await asyncio.wait({waiting}, timeout=5)
            assert {waiting} == done
            assert waiting.cancelled()


async def test_a_reader_that_falls_behind_reads_back_and_misses_nothing(bus, live):
    with live.reader("mine") as reader:
        await asyncio.gather(*(announce(bus, "mine", f"m{number}") for number in range(400)))
        await bus.client.flush()
        found = [(await reader.next(10)).sequence for _ in range(400)]
    assert list(range(1, 401)) == found


async def test_what_happened_while_the_connection_was_gone_is_read_back(bus, live, clean_nats):
    with live.reader("mine") as reader:
        await announce(bus, "mine", "m1")
        assert ["m1"] == await told(reader, 1)
        waiting = asyncio.create_task(told(reader, 1))
        await asyncio.sleep(0)
        async with connect(clean_nats, "elsewhere") as other:
            bus.client._transport.close()
            await announce(other, "mine", "m2")
        assert ["m2"] == await waiting


async def test_a_live_event_that_got_lost_is_noticed_at_the_next_one_and_read_back(bus, live):
    with live.reader("mine") as reader:
        await lose(bus, live, "mine", "m1")
        await announce(bus, "mine", "m2")
        assert ["m1", "m2"] == await told(reader, 2)


async def test_a_live_event_that_got_lost_is_noticed_without_a_next_one(bus, live):
    with live.reader("mine") as reader:
        await lose(bus, live, "mine", "m1")
        announced = await live._compare(0)
        assert await reader.next(0) is None
        await live._compare(announced)
        assert ["m1"] == await told(reader, 1)


async def test_readers_go_on_when_the_stream_begins_anew(bus, live):
    with live.reader("mine") as reader:
        await announce(bus, "mine", "m1")
        assert ["m1"] == await told(reader, 1)
        await bus.jetstream.delete_stream("EVENTS")
        await topology.ensure(bus)
        await live._compare(0)
        await announce(bus, "mine", "m2")
        assert ["m2"] == await told(reader, 1)


async def test_the_end_of_the_process_ends_every_reader(live):
    stop = asyncio.Event()
    running = asyncio.create_task(live.run(stop))
    with live.reader("mine") as reader:
        waiting = asyncio.create_task(reader.next(60))
        await asyncio.sleep(0)
        stop.set()
        with pytest.raises(TransientFailure, match="stopping"):
            await waiting
        with pytest.raises(TransientFailure):
            await reader.next(0)
    await running


async def test_the_sequence_of_a_message_is_found_by_the_time_it_was_stored(bus, live):
    await announce(bus, "mine", "m1")
    sequence = await announce(bus, "mine", "m2")
    await announce(bus, "mine", "m3")
    live, now = LiveEvents(bus), datetime.now(UTC)  # one that has not seen these events
    assert sequence == await live.sequence_of("mine", "m2", now)
    assert await live.sequence_of("mine", "unknown", now) is None
    assert await live.sequence_of("other", "m2", now) is None
    assert await live.sequence_of("mine", "m2", now + timedelta(hours=1)) is None


async def test_the_sequence_of_a_message_that_was_just_announced_is_known_without_a_look(bus, live):
    sequence = await announce(bus, "mine", "m1")
    async with asyncio.timeout(5):
        while live.seen < sequence:
            await asyncio.sleep(0.001)
    # A look at the stream from this time on would not find it.
    assert sequence == await live.sequence_of("mine", "m1", datetime.now(UTC) + timedelta(hours=1))


async def test_bounds_say_what_the_stream_holds(bus, live):
    assert (0, 0) == ((await live.bounds()).messages, (await live.bounds()).last)
    before = datetime.now(UTC)
    for number in range(3):
        await announce(bus, "mine", f"m{number}")
    await bus.jetstream.purge_stream("EVENTS", seq=2)
    bounds = await live.bounds()
    assert (2, 2, 3) == (bounds.messages, bounds.first, bounds.last)
    assert abs(bounds.first_at - before) < timedelta(minutes=1)


async def test_a_leader_that_knows_less_than_was_announced_is_asked_again_until_it_has_caught_up(bus, live):
    await announce(bus, "mine", "m1")
    # As if this process had seen one event more, which a new leader of the stream has not applied yet.
    live.seen = 2
    asking = asyncio.create_task(live.bounds())
    await asyncio.sleep(0.3)
    assert not asking.done()
    await announce(bus, "mine", "m2")
    assert 2 == (await asking).last


async def lose(bus: Bus, live: LiveEvents, inbox_id: str, message_id: str) -> None:
    """Store an event whose live copy never comes."""
    subscription = next(found for found in bus.client._subs.values() if found.subject == "live.>")
    callback, subscription._cb = subscription._cb, _swallow
    await announce(bus, inbox_id, message_id)
    await bus.client.flush()
    await asyncio.sleep(0.05)
    subscription._cb = callback


async def _swallow(_: object) -> None:
    return
