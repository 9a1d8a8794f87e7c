"""Octets and HTML in the real store: packed where that saves room, given back as they were."""

import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from mayfly.records.inbox import Extent
from mayfly.records.message import Message
from mayfly.records.octets import RAW, StoredPart
from mayfly.store import octets
from mayfly.store.client import Database, connect
from mayfly.store.messages import Messages
from mayfly.store.octets import Octets
from mayfly.testing.builders import make_inbox, make_message

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NOISE = random.Random(1).randbytes(100_000)


@pytest.fixture
async def database(mongo_uri: str, mongo_database: str) -> AsyncIterator[Database]:
    async with connect(mongo_uri, mongo_database, "test") as database:
        yield database


def message(message_id: str, html: str) -> Message:
    return make_message(make_inbox(id="inbox"), id=message_id, html=html)


@pytest.mark.parametrize("content", [b"", b"x", b"short \r\n mail", b"<td>cell</td>" * 9_000, NOISE])
async def test_octets_come_back_as_they_were(database, content):
    await Octets(database).insert_missing([StoredPart("m1", "inbox", RAW, content)])
    assert content == await Octets(database).get("m1", RAW)


async def test_what_packs_well_takes_a_fraction_of_the_room_and_noise_no_more_than_itself(database):
    markup = b"<td>cell</td>" * 9_000
    await Octets(database).insert_missing(
        [StoredPart("m1", "inbox", RAW, markup), StoredPart("m2", "inbox", RAW, NOISE)]
    )
    packed, plain = await database["octets"].find().sort("_id", 1).to_list()
    assert len(packed["zstd"]) < len(markup) / 10
    assert NOISE == plain["octets"]


@pytest.mark.parametrize("content", [NOISE, b"".join(b"line %d\r\n" % number for number in range(20_000))])
async def test_a_part_of_many_pieces_comes_back_whole(database, content, monkeypatch):
    monkeypatch.setattr(octets, "_PIECE_OCTETS", 1_000)
    await Octets(database).insert_missing([StoredPart("m1", "inbox", RAW, content)])
    assert 1 < await database["octets"].count_documents({})
    assert content == await Octets(database).get("m1", RAW)


async def test_octets_that_were_stored_before_there_was_packing_are_read(database):
    await database["octets"].insert_one({"_id": "m1/raw/0000", "message_id": "m1", "inbox_id": "i", "octets": b"old"})
    assert b"old" == await Octets(database).get("m1", RAW)


@pytest.mark.parametrize("html", ["", "<p>short</p>", "<p>grüße €</p>" * 1_000])
async def test_html_comes_back_as_it_was(database, html):
    await Messages(database).insert_missing([message("m1", html)])
    found = await Messages(database).get("m1")
    assert found is not None
    assert html == found.html
    assert [html] == [one.html for one in await Messages(database).newest(Extent("inbox"), 1)]


async def test_long_html_is_packed(database):
    await Messages(database).insert_missing([message("m1", "<p>words</p>" * 1_000)])
    (document,) = await database["messages"].find().to_list()
    assert len(document["html"]) < 1_000


async def test_the_recipients_of_a_large_mail_share_its_octets_in_memory(database: Database) -> None:
    content = random.Random(1).randbytes(20_000_000)
    parts = [StoredPart(f"message-{number}", "inbox", RAW, content) for number in range(3)]
    documents = octets._documents(parts)
    assert 3 * 3 == len(documents)
    assert 3 == len({id(document["octets"]) for document in documents})
    await Octets(database).insert_missing(parts)
    assert [content] * 3 == [await Octets(database).get(part.message_id, RAW) for part in parts]


def test_what_is_written_at_once_is_bounded() -> None:
    parts = [StoredPart(f"message-{n}", "inbox", RAW, random.Random(n).randbytes(3_000_000)) for n in range(7)]
    writes = list(octets._writes(octets._documents(parts)))
    assert [2, 2, 2, 1] == [len(write) for write in writes]
