"""Horizons of spaces: which messages exist, found in an index alone."""

from datetime import UTC, datetime, timedelta

import pytest

from mayfly.events.facts import new_event_id
from mayfly.mail.message_id import first_id_at
from mayfly.records.inbox import DEFAULT_SPACE_ID, Retention
from mayfly.store import indexes
from mayfly.store.client import connect
from mayfly.store.horizons import Ends, Horizons
from mayfly.store.messages import Messages
from mayfly.testing.builders import make_inbox, make_message

NOW = datetime(2026, 5, 8, 11, 30, tzinfo=UTC)
SPACE = make_inbox("*@qa71kcs0.a.test", id="qa71kcs0")


@pytest.fixture
async def database(mongo_uri, mongo_database):
    async with connect(mongo_uri, mongo_database, "test") as database:
        await indexes.ensure(database)
        yield database


async def store(database, ages, inbox=SPACE):
    """Store messages that came so many seconds before NOW; their ids, in the order of `ages`."""
    ids = [first_id_at(NOW - timedelta(seconds=age)) for age in ages]
    await Messages(database).insert_missing([make_message(inbox, id=message_id) for message_id in ids])
    return ids


async def test_a_space_keeps_its_newest_messages(database):
    ids = await store(database, [50, 40, 30, 20, 10])
    horizons = Horizons(database)
    for kept in range(1, 6):
        assert ids[-kept] == await horizons.of(SPACE.id, Retention(max_messages=kept), NOW)
    oldest = first_id_at(NOW - timedelta(seconds=86_400))
    assert oldest == await horizons.of(SPACE.id, Retention(max_messages=6), NOW)
    assert oldest == await horizons.of("another0", Retention(), NOW)


async def test_a_space_keeps_no_message_longer_than_its_age(database):
    ids = await store(database, [61, 60, 59])
    horizon = await Horizons(database).of(SPACE.id, Retention(max_age_seconds=60), NOW)
    assert [False, True, True] == [message_id >= horizon for message_id in ids]
    later = await Horizons(database).of(SPACE.id, Retention(max_age_seconds=60), NOW + timedelta(milliseconds=1))
    assert [False, False, True] == [message_id >= later for message_id in ids]


async def test_what_is_below_a_horizon_is_listed_oldest_first(database):
    ids = await store(database, [10, 40, 30, 20])
    await store(database, [100], make_inbox("other", id="other000"))
    assert [ids[1], ids[2]] == await Horizons(database).below(SPACE.id, ids[3], 10)
    assert [ids[1]] == await Horizons(database).below(SPACE.id, ids[3], 1)


async def test_the_ends_are_those_of_spaces_only(database):
    ids = await store(database, [30, 20, 10])
    default = await store(database, [7, 5], make_inbox("*@00000000.a.test", id=DEFAULT_SPACE_ID))
    await store(database, [1], make_inbox("inbox", id=new_event_id()))
    await store(database, [2], make_inbox("operator", id="00000000-0000-7000-8000-000000000000"))
    expected = {Ends(SPACE.id, ids[0], ids[-1]), Ends(DEFAULT_SPACE_ID, default[0], default[-1])}
    assert expected == set(await Horizons(database).ends())


async def test_every_question_is_answered_by_an_index_alone(database):
    ids = await store(database, range(300))
    for number in range(20):
        await store(database, [1000 + number], make_inbox("o", id=f"other{number:03}"))
    await database.command("profile", 2)
    try:
        horizons = Horizons(database)
        await horizons.of(SPACE.id, Retention(max_messages=200), NOW)
        await horizons.below(SPACE.id, ids[100], 10)
        await horizons.ends()
    finally:
        await database.command("profile", 0)
    looked = await database["system.profile"].find({"ns": f"{database.name}.messages"}).sort("ts", 1).to_list()
    await database["system.profile"].drop()
    assert [0] * 6 == [entry["docsExamined"] for entry in looked]
    # Of 320 messages: those that are kept, those asked for, and of each space one step in each direction.
    keys = [entry["keysExamined"] for entry in looked]
    assert ([200, 10], [21, 21]) == (keys[:2], keys[4:])
    assert max(keys[2:4]) <= 1  # there is no default space
