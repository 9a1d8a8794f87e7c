"""When verdicts are computed, and what becomes of mails that cannot be judged."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from mayfly.failures import PermanentFailure, TransientFailure
from mayfly.records.message import Authentication
from mayfly.testing.builders import make_inbox, make_mail, make_message
from message_parser import metrics
from message_parser.handlers import authenticate as module
from message_parser.handlers.authenticate import Authenticate
from message_parser.handlers.verdict_queue import MOST_MAILS

pytestmark = pytest.mark.unit
PASS = Authentication(spf="pass")
SIGNED = b"DKIM-Signature: v=1\r\nFrom: a@acme.example\r\n\r\nHello"


class Process:
    """Says `pass` of up to `most` mails of a batch; raises the failures that it was given first."""

    def __init__(self, most: int = 100) -> None:
        self.most = most
        self.failures: list[Exception] = []
        self.batches: list[list[str]] = []
        self.octets: list[bytes] = []

    async def authenticate(self, requests):
        if self.failures:
            raise self.failures.pop(0)
        self.batches.append([request.helo for request in requests])
        self.octets += [request.octets for request in requests]
        return [PASS] * min(self.most, len(requests))


class Store:
    def __init__(self) -> None:
        self.writes: list[list[str]] = []
        self.reasons: list[tuple[list[str], str]] = []
        self.failures: list[Exception] = []

    async def set_authentications(self, verdicts):
        if self.failures:
            raise self.failures.pop(0)
        self.writes.append([id_ for ids, _ in verdicts for id_ in ids])

    async def set_authentication_reason(self, message_ids, reason):
        self.reasons.append((message_ids, reason))


class Rig:
    def __init__(self) -> None:
        self.process, self.store = Process(), Store()
        self.seconds = 0.0
        self.inbox = make_inbox("busy")
        self.handler = Authenticate(
            authenticator=self.process,
            messages=self.store,
            workers=1,
            now=lambda: self.seconds,
            sleep=lambda _: asyncio.sleep(0),
        )

    def offer(self, name: str, octets: bytes = b"From: a@acme.example\r\n\r\nHello", inboxes: int = 1) -> None:
        places = [make_inbox(f"{name}{number}") for number in range(inboxes)]
        messages = [make_message(inbox, id=f"{name}-{number}") for number, inbox in enumerate(places)]
        self.handler.offer(make_mail(*places, octets=octets, helo=name), octets, messages)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        stop = asyncio.Event()
        task = asyncio.create_task(self.handler.run(stop))
        try:
            async with asyncio.timeout(5):
                yield
        finally:
            stop.set()
            await task

    async def written(self, count: int) -> list[str]:
        while len(found := [id_ for write in self.store.writes for id_ in write]) < count:
            await asyncio.sleep(0)
        return found


@pytest.fixture
def rig() -> Rig:
    return Rig()


async def test_a_batch_is_judged_in_one_frame_and_written_by_one_command(rig):
    for number in range(30):
        rig.offer(f"m{number}", inboxes=2)
    async with rig.running():
        await rig.written(60)
    assert (1, 1) == (len(rig.process.batches), len(rig.store.writes))


async def test_only_signed_mails_travel_with_their_octets(rig):
    rig.offer("plain")
    rig.offer("signed", SIGNED)
    async with rig.running():
        await rig.written(2)
    assert [b"", SIGNED] == rig.process.octets


async def test_mails_that_a_batch_had_no_time_for_come_first_in_the_next(rig):
    rig.process.most = 2
    for number in range(5):
        rig.offer(f"m{number}")
    async with rig.running():
        assert [f"m{number}-0" for number in range(5)] == await rig.written(5)
    assert ["m2", "m3", "m4"] == rig.process.batches[1]


async def test_verdicts_wait_while_mail_waits_but_not_for_ever(rig):
    many, stored = asyncio.Event(), asyncio.Event()

    async def handle(batch):
        many.set()
        await stored.wait()
        return [None] * len(batch)

    storing = asyncio.create_task(rig.handler.after(handle)([None] * 200))
    await many.wait()
    rig.offer("first")
    async with rig.running():
        for _ in range(20):
            await asyncio.sleep(0)
        assert [] == rig.process.batches
        rig.seconds = module.PATIENCE_SECONDS
        await rig.written(1)
        rig.offer("second")
        for _ in range(20):
            await asyncio.sleep(0)
        assert 1 == len(rig.process.batches)
        stored.set()
        assert [None] * 200 == await storing
        await rig.written(2)


@pytest.mark.parametrize("where", ["process", "store"])
async def test_a_failure_that_passes_delays_verdicts_and_loses_none(rig, where):
    getattr(rig, where).failures = [TransientFailure("away")] * 3
    rig.offer("a")
    rig.offer("b")
    async with rig.running():
        assert ["a-0", "b-0"] == await rig.written(2)


async def test_a_write_that_the_store_refuses_loses_its_batch_and_no_other(rig):
    lost = metrics.VERDICTS.labels("lost")._value
    before = lost.get()
    rig.store.failures = [PermanentFailure("no")]
    rig.offer("a")
    async with rig.running():
        while lost.get() == before:
            await asyncio.sleep(0)
        rig.offer("b")
        assert ["b-0"] == await rig.written(1)
    assert before + 1 == lost.get()


async def test_a_mail_that_is_dropped_says_so_and_is_counted(rig):
    no_room = metrics.VERDICTS.labels("no_room")._value
    before = no_room.get()
    for number in range(MOST_MAILS + 2):
        rig.handler.offer(make_mail(rig.inbox, octets=b""), b"", [make_message(rig.inbox, id=str(number))])
    async with rig.running():
        while not rig.store.reasons:
            await asyncio.sleep(0)
    assert [(["0", "1"], "dropped")] == rig.store.reasons
    assert before + 2 == no_room.get()


async def test_what_waits_is_shown(rig):
    rig.offer("a")
    rig.seconds = 7
    rig.offer("b")
    shown = {metric.name: metric.samples[0].value for gauge in (metrics.VERDICTS_WAITING, metrics.VERDICTS_OLDEST_SECONDS) for metric in gauge.collect()}  # fmt: skip
    assert {"mayfly_parser_verdicts_waiting": 2, "mayfly_parser_verdicts_oldest_seconds": 7} == shown
