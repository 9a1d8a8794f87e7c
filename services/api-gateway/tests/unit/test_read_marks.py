"""Marks as read are written after the answer, and not lost."""

import asyncio
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest
from msgspec import structs

from api_gateway.inboxes import ReadMarks
from api_gateway.messages.read import ReadMessages
from mayfly.failures import TransientFailure
from mayfly.records.inbox import Extent
from mayfly.records.message import MessageFilter, MessageSummary
from mayfly.testing.builders import NOON, make_inbox, make_message


class Store:
    """Takes marks while it is `up`, after `go`."""

    def __init__(self):
        self.read, self.writes, self.up = set(), 0, True
        self.go = asyncio.Event()
        self.go.set()

    async def mark_many_read(self, message_ids):
        await self.go.wait()
        if not self.up:
            raise TransientFailure("down")
        self.writes += 1
        self.read |= set(message_ids)


@pytest.fixture
def store():
    return Store()


@asynccontextmanager
async def running(marks):
    stop = asyncio.Event()
    task = asyncio.create_task(marks.run(stop))
    try:
        yield
    finally:
        stop.set()
        marks._messages.go.set()
        await task


async def test_a_mark_does_not_wait_and_whoever_reads_marks_does(store):
    marks = ReadMarks(store)
    store.go.clear()
    async with running(marks):
        await marks.add("inbox", "m1")
        assert marks.is_marked("m1")
        reader = asyncio.create_task(marks.settled("inbox"))
        await marks.settled("another inbox")
        await asyncio.sleep(0)
        assert not reader.done()
        store.go.set()
        await reader
        assert {"m1"} == store.read
        assert not marks.is_marked("m1")


async def test_marks_that_come_during_a_write_are_written_together(store):
    marks = ReadMarks(store)
    store.go.clear()
    async with running(marks):
        await marks.add("inbox", "m0")
        await asyncio.sleep(0.01)
        for number in range(1, 50):
            await marks.add("inbox", f"m{number}")
        store.go.set()
        await marks.settled("inbox")
    assert (2, 50) == (store.writes, len(store.read))


async def test_a_mark_is_kept_until_the_store_takes_it_and_readers_are_told(store):
    marks = ReadMarks(store, again_seconds=0.001)
    store.up = False
    async with running(marks):
        await marks.add("inbox", "m1")
        with pytest.raises(TransientFailure):
            await marks.settled("inbox")
        assert marks.is_marked("m1")
        store.up = True
        while marks.is_marked("m1"):
            await asyncio.sleep(0.001)
    assert {"m1"} == store.read


async def test_what_is_left_at_the_end_is_written(store):
    marks = ReadMarks(store)
    async with running(marks):
        pass
    for number in range(2500):
        await marks.add("inbox", str(number))
    await marks.finish()
    assert 2500 == len(store.read)


async def test_many_marks_wait_for_room(store):
    marks = ReadMarks(store, most=2)
    for name in ("m1", "m2"):
        await marks.add("inbox", name)
    third = asyncio.create_task(marks.add("inbox", "m3"))
    await asyncio.sleep(0)
    assert not third.done()
    async with running(marks):
        await third
        await marks.settled("inbox")
    assert {"m1", "m2", "m3"} == store.read


async def test_the_same_message_marked_twice_stays_marked_until_both_are_written(store):
    marks = ReadMarks(store)
    await marks.add("inbox", "m1")
    await marks.add("inbox", "m1")
    await marks.finish()
    assert not marks.is_marked("m1")
    await marks.settled("inbox")


class Mailbox(Store):
    """One inbox with one message; also the look-up of both for every caller."""

    def __init__(self):
        super().__init__()
        self.home = make_inbox()
        self.mail = make_message(self.home)

    async def inbox(self, _caller, _name, **_):
        return self.home

    async def extent(self, inbox):
        return Extent(inbox.id)

    async def message(self, _caller, message_id, **_):
        return structs.replace(self.mail, is_read=message_id in self.read)

    async def newest_summaries(self, wishes):
        shown = MessageSummary(
            id=self.mail.id,
            inbox_id=self.home.id,
            received_at=NOON,
            raw_size=3,
            is_read=self.mail.id in self.read,
        )
        return {wish: [shown] for wish in wishes}


async def test_who_reads_a_message_sees_it_read_although_the_mark_is_not_written_yet():
    mailbox = Mailbox()
    marks = ReadMarks(mailbox)
    live = SimpleNamespace(seen=0)
    reading = ReadMessages(messages=mailbox, octets=None, live=live, reach=mailbox, marks=marks)
    mailbox.go.clear()
    async with running(marks):
        assert not (await reading.one(None, mailbox.mail.id)).is_read
        assert (await reading.one(None, mailbox.mail.id, peek=True)).is_read
        assert (await reading.in_inbox(None, "", mailbox.mail.id)).is_read
        listing = asyncio.create_task(reading.listing(None, "", MessageFilter(), limit=10))
        await asyncio.sleep(0.01)
        assert not listing.done()
        mailbox.go.set()
        assert [True] == [summary.is_read for summary in (await listing).page.entries]
