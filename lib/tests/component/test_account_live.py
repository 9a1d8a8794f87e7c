"""Following all inboxes of an account: from any cursor, in one order, without gap or duplicate."""

import asyncio
import random

import pytest

from mayfly.bus import topology
from mayfly.bus.account_live import AccountReader
from mayfly.bus.connection import connect
from mayfly.bus.live import LiveEvents
from mayfly.bus.publisher import Publisher
from mayfly.events.subjects import LIVE
from mayfly.testing.builders import make_stored

MINE, THEIRS = "account-mine", "account-theirs"


@pytest.fixture
async def bus(clean_nats):
    async with connect(clean_nats, "test") as connected:
        await topology.ensure(connected)
        yield connected


@pytest.fixture
async def live(bus):
    events = LiveEvents(bus)
    await events.start()
    return events


async def announce(bus, inbox_id, account_id=MINE):
    return await Publisher(bus).publish(make_stored(inbox_id, account_id=account_id))


def reader_of(live, inbox_ids, after=None):
    async def ids():
        return inbox_ids

    return AccountReader(live, MINE, ids, after)


async def read(reader, count):
    async with asyncio.timeout(20):
        return [(await reader.next(20)).sequence for _ in range(count)]


async def test_stored_and_live_events_of_all_inboxes_come_in_one_order(bus, live):
    first = await announce(bus, "a")
    stored = [await announce(bus, inbox_id) for inbox_id in ("b", "a", "b", "c")]
    await announce(bus, "d", THEIRS)
    with reader_of(live, ["a", "b", "c"], first) as reader:
        assert stored == await read(reader, 4)
        coming = [await announce(bus, inbox_id) for inbox_id in ("c", "made-later", "a")]
        await announce(bus, "d", THEIRS)
        assert coming == await read(reader, 3)
        assert await reader.next(0.1) is None


async def test_without_a_cursor_it_begins_with_the_next_event(bus, live):
    await announce(bus, "a")
    await asyncio.sleep(0.1)
    with reader_of(live, ["a"]) as reader:
        assert await reader.next(0.1) is None
        coming = await announce(bus, "b")
        assert [coming] == await read(reader, 1)


async def test_a_reader_that_is_slower_than_its_account_gets_everything_once(bus, live):
    inbox_ids = [f"box{number}" for number in range(5)]
    with reader_of(live, inbox_ids, 0) as reader:
        expected = [await announce(bus, random.choice(inbox_ids)) for _ in range(300)]
        found = await read(reader, 150)
        expected += [await announce(bus, random.choice(inbox_ids)) for _ in range(300)]
        found += await read(reader, 450)
    assert expected == found


async def test_a_live_event_that_was_lost_is_noticed_before_a_later_one_of_another_inbox_is_told(bus, live):
    with reader_of(live, ["a", "b"], 0) as reader:
        first = await announce(bus, "a")
        assert [first] == await read(reader, 1)
        # This process hears nothing for a moment, as when the client's buffer overflows.
        subscription = next(each for each in live._bus.client._subs.values() if each.subject == LIVE)
        heard, subscription._cb = subscription._cb, _deaf
        lost = await announce(bus, "a")
        await asyncio.sleep(0.1)
        subscription._cb = heard
        later = await announce(bus, "b")
        assert [lost, later] == await read(reader, 2)


async def _deaf(_):
    pass


async def test_readers_that_come_and_go_while_mail_arrives_miss_nothing(bus, live):
    inbox_ids = [f"box{number}" for number in range(8)]
    dice = random.Random(20261130)
    announced = []

    async def follow(found):
        cursor = 0
        while len(found) < len(announced) or not sending.done():
            with reader_of(live, inbox_ids, cursor) as reader:
                for _ in range(dice.randint(1, 40)):
                    event = await reader.next(0.05)
                    if event is None:
                        break
                    found.append(event.sequence)
                    cursor = event.sequence
                else:
                    continue
                cursor = max(cursor, reader.cursor)

    async def send():
        for _ in range(400):
            if dice.random() < 0.3:
                await announce(bus, "theirs", THEIRS)
            else:
                announced.append(await announce(bus, dice.choice(inbox_ids)))

    sending = asyncio.gather(*(send() for _ in range(3)))
    found = [[], []]
    async with asyncio.timeout(60):
        await asyncio.gather(sending, *(follow(each) for each in found))
    assert [sorted(announced)] * 2 == found
