"""Each mail is stored exactly once, through redelivery, crashes, inboxes that end, a bad mail and outages."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from mayfly.bus import topology
from mayfly.bus.claims import Claims
from mayfly.bus.consumer import Consumption
from mayfly.bus.dead_letters import DeadLetters
from mayfly.bus.publisher import Publisher
from mayfly.events.facts import Recipient
from mayfly.events.handling import Delivered
from mayfly.failures import TransientFailure
from mayfly.mail.message_id import derive_message_id
from mayfly.records.inbox import Extent
from mayfly.records.octets import attachment_part, part_id
from mayfly.service.clock import system_clock
from mayfly.store.deletions import Deletions
from mayfly.store.inboxes import Inboxes
from mayfly.store.messages import Messages
from mayfly.store.octets import Octets
from mayfly.testing.builders import NOON
from message_parser.domain.parse import parse
from message_parser.handlers.announce import Announce
from message_parser.handlers.store_mail import StoreMail

pytestmark = pytest.mark.component
MAIL = b"From: a@acme.example\r\nSubject: Code\r\n\r\nYour verification code is 482193\r\n"


class Crash(Exception):
    """Stands for the end of the process."""


class CrashingAfter:
    """Calls `real`, but the first call of the named method crashes after it was done."""

    def __init__(self, real, call: str) -> None:
        self._real = real
        self._call = call

    def __getattr__(self, name: str):
        function = getattr(self._real, name)
        if name != self._call:
            return function

        async def crash(*arguments):
            self._call = ""
            await function(*arguments)
            raise Crash

        return crash


class InlineParser:
    async def parse(self, mails):
        return [parse(octets) for octets in mails]


class EndingInboxes:
    """Ends an inbox after it was first checked."""

    def __init__(self, real: Inboxes, inbox_id: str) -> None:
        self._real = real
        self._inbox_id = inbox_id

    async def live_among(self, inbox_ids, now):
        live = await self._real.live_among(inbox_ids, now)
        await self._real.delete(self._inbox_id)
        return live


def handler(world, **replaced) -> StoreMail:
    parts = {
        "parser": InlineParser(),
        "inboxes": Inboxes(world.database),
        "messages": Messages(world.database),
        "octets": Octets(world.database),
        "deletions": Deletions(world.database),
        "claims": Claims(world.bus),
        "publisher": Publisher(world.bus),
        "clock": system_clock,
    }
    return StoreMail(**{**parts, **replaced})


async def delivered(world, octets, inboxes) -> Delivered:
    return Delivered(await world.event(octets, inboxes), sequence=1, deliveries=1)


@pytest.mark.parametrize(
    ("part", "real", "call"),
    [
        ("octets", lambda world: Octets(world.database), "insert_missing"),
        ("messages", lambda world: Messages(world.database), "insert_missing"),
        ("publisher", lambda world: Publisher(world.bus), "publish_each"),
    ],
)
async def test_a_crash_after_any_step_leaves_one_message_and_one_event(world, part, real, call):
    inbox = await world.inbox()
    event = await delivered(world, MAIL, [inbox])
    with pytest.raises(Crash):
        await handler(world, **{part: CrashingAfter(real(world), call)}).handle([event])
    assert [None] == await handler(world).handle([event])
    assert (1, 1) == (await world.count("messages"), await world.count("octets"))
    assert 1 == len(await world.events())


async def test_two_parsers_at_once_make_one_message_and_one_event(world):
    inbox = await world.inbox()
    events = [await delivered(world, MAIL, [inbox]) for _ in range(20)]
    await asyncio.gather(handler(world).handle(events), handler(world).handle(events))
    assert (20, 20) == (await world.count("messages"), await world.count("octets"))
    assert 20 == len(await world.events())


async def test_the_forward_paths_of_one_inbox_make_one_message_that_names_them_all(world):
    inbox = await world.inbox()
    event = await delivered(world, MAIL, [inbox])
    local, _, domain = inbox.address.partition("@")
    paths = [f"{local}+bob@{domain}", f"{local}+alice@{domain}", f"{local}+bob@{domain}"]
    recipients = tuple(Recipient(path, inbox.id, path.partition("+")[2].partition("@")[0]) for path in paths)
    envelope = replace(event.fact.envelope, recipients=recipients)
    await handler(world).handle([replace(event, fact=replace(event.fact, envelope=envelope))])
    (message,) = await Messages(world.database).newest(Extent(inbox.id), 2)
    assert paths[:2] == message.recipients
    assert (paths[0], "bob") == (message.envelope.forward_path, message.tag)


async def test_an_inbox_that_ends_while_its_mail_is_stored_keeps_nothing(world):
    ended, living = await world.inbox(), await world.inbox()
    event = await delivered(world, MAIL, [ended, living])
    assert [None] == await handler(world, inboxes=EndingInboxes(Inboxes(world.database), ended.id)).handle([event])
    assert [living.id] == [document["inbox_id"] async for document in world.database["messages"].find()]
    assert [living.id] == [document["inbox_id"] async for document in world.database["octets"].find()]
    assert [living.id] == [event.inbox_id for event in await world.events()]


async def test_what_an_earlier_delivery_stored_in_an_inbox_that_ended_is_deleted(world):
    inbox = await world.inbox()
    event = await delivered(world, MAIL, [inbox])
    crashing = CrashingAfter(Messages(world.database), "insert_missing")
    with pytest.raises(Crash):
        await handler(world, messages=crashing).handle([event])
    await world.inboxes.delete(inbox.id)
    await handler(world).handle([event])
    assert (0, 0) == (await world.count("messages"), await world.count("octets"))


class RefusingMessages:
    """A store that always refuses the message with this subject."""

    def __init__(self, real: Messages, subject: str) -> None:
        self._real = real
        self._subject = subject

    def __getattr__(self, name: str):
        return getattr(self._real, name)

    async def insert_missing(self, messages):
        if any(message.subject == self._subject for message in messages):
            raise TransientFailure("the store refused (code 2)")
        await self._real.insert_missing(messages)


async def test_one_mail_that_the_store_refuses_does_not_hold_up_its_batch(world):
    inbox = await world.inbox()
    for subject in (b"Code", b"Poison", b"Code"):
        await world.receive(MAIL.replace(b"Code", subject), [inbox])
    storing = handler(world, messages=RefusingMessages(Messages(world.database), "Poison"))
    stop = asyncio.Event()
    task = asyncio.create_task(
        Consumption(world.bus, topology.PARSER, storing.handle, fetch_seconds=0.1, sweep_seconds=0.1).run(stop)
    )
    assert 2 == len(await world.messages_of(inbox, 2))
    stop.set()
    await task
    assert 0 == await DeadLetters(world.bus).count()


async def test_a_claim_deleted_before_a_lost_ack_is_no_dead_letter(world):
    inbox = await world.inbox()
    event = await delivered(world, MAIL + b"x" * 600_000, [inbox])
    assert [None] == await handler(world).handle([event])
    await handler(world).settled([event])
    assert [None] == await handler(world).handle([event])
    assert 1 == await world.count("messages")


async def test_an_older_code_of_the_same_sender_names_the_newer_one(world):
    inbox = await world.inbox()
    for octets in (MAIL, MAIL.replace(b"482193", b"119203"), MAIL.replace(b"a@acme", b"b@acme")):
        await handler(world).handle([await delivered(world, octets, [inbox])])
    newer, older = (await world.messages.newest(Extent(inbox.id), 3))[1:]
    found = await world.messages.with_superseding([older.id, newer.id])
    assert {older.id: newer.id, newer.id: None} == {message.id: later for message, later in found.values()}


async def delete(world, *message_ids) -> None:
    """Delete messages as api-gateway does."""
    await Deletions(world.database).mark(message_ids, system_clock())
    await Messages(world.database).delete(message_ids)
    await Octets(world.database).delete_of_messages(message_ids)


async def test_a_deleted_message_is_not_stored_again_and_not_announced_again_by_its_mail(world):
    one, other = await world.inbox(), await world.inbox()
    event = await delivered(world, MAIL, [one, other])
    await handler(world).handle([event])
    await delete(world, (await world.message(one)).id)
    before = len(await world.events())
    assert [None] == await handler(world).handle([event])
    assert [other.id] == [document["inbox_id"] async for document in world.database["messages"].find()]
    assert [other.id] == [document["inbox_id"] async for document in world.database["octets"].find()]
    assert before == len(await world.events())


class DeletingMessages:
    """An owner who deletes each message the moment it is stored."""

    def __init__(self, world) -> None:
        self._world = world
        self._real = Messages(world.database)

    def __getattr__(self, name: str):
        return getattr(self._real, name)

    async def insert_missing(self, messages):
        await Deletions(self._world.database).mark([message.id for message in messages], system_clock())
        await self._real.insert_missing(messages)


async def test_a_deletion_during_a_redelivery_wins_also_when_it_finds_no_message_yet(world):
    event = await delivered(world, MAIL, [await world.inbox()])
    assert [None] == await handler(world, messages=DeletingMessages(world)).handle([event])
    assert (0, 0) == (await world.count("messages"), await world.count("octets"))
    assert [] == await world.events()


async def test_a_deleted_message_whose_claimed_octets_are_gone_is_no_dead_letter(world):
    event = await delivered(world, MAIL + b"x" * 600_000, [inbox := await world.inbox()])
    await handler(world).handle([event])
    await handler(world).settled([event])
    await delete(world, (await world.message(inbox)).id)
    assert [None] == await handler(world).handle([event])
    assert 0 == await world.count("messages")


WITH_FILE = (
    b"From: a@acme.example\r\nSubject: File\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\n\r\nHello\r\n--b\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nsecret\r\n--b--\r\n"
)


async def test_the_octets_of_a_removed_attachment_do_not_come_back(world):
    inbox = await world.inbox()
    event = await delivered(world, WITH_FILE, [inbox])
    await handler(world).handle([event])
    message = await world.message(inbox)
    (file,) = message.attachments
    name = attachment_part(file.index)
    await Deletions(world.database).mark([part_id(message.id, name)], system_clock())
    await Octets(world.database).delete_part(message.id, name)
    await handler(world).handle([event])
    assert ["raw"] == [
        document["_id"].split("/")[1] async for document in world.database["octets"].find({"message_id": message.id})
    ]


async def test_each_time_the_mail_of_a_deleted_message_comes_its_mark_is_kept_for_as_long_again(world):
    event = await delivered(world, MAIL, [inbox := await world.inbox()])
    message_id = derive_message_id(event.fact.event_id, inbox.id)
    await Deletions(world.database).mark([message_id], NOON)
    await handler(world, clock=lambda: NOON + timedelta(days=20)).handle([event])
    (mark,) = [found async for found in world.database["deletions"].find()]
    assert (message_id, NOON + timedelta(days=50)) == (mark["_id"], mark["forget_at"])


async def fill(world) -> None:
    """Leave no room in EVENTS."""
    config = (await world.bus.jetstream.stream_info("EVENTS")).config
    await world.bus.jetstream.update_stream(config, max_bytes=1)


async def make_room(world) -> None:
    config = (await world.bus.jetstream.stream_info("EVENTS")).config
    await world.bus.jetstream.update_stream(config, max_bytes=-1)


async def test_mail_is_let_go_of_while_events_is_full_and_announced_once_there_is_room(world):
    inbox = await world.inbox()
    batch = [await delivered(world, MAIL, [inbox]) for _ in range(3)]
    await fill(world)
    announce = Announce(world.messages, world.publisher)
    assert [None] * 3 == await handler(world).handle(batch)
    assert (0, 3, []) == (await announce(), await world.messages.count_unannounced(), await world.events())
    await make_room(world)
    assert (3, 0, 0) == (await announce(), await announce(), await world.messages.count_unannounced())
    announced = [event.message_id for event in await world.events()]
    assert sorted(derive_message_id(event.fact.event_id, inbox.id) for event in batch) == announced


async def test_an_announcement_whose_note_was_lost_is_not_seen_twice(world):
    inbox = await world.inbox()
    event = await delivered(world, MAIL, [inbox])
    await handler(world).handle([event])
    await world.messages.mark_unannounced([derive_message_id(event.fact.event_id, inbox.id)])
    await asyncio.gather(*(Announce(world.messages, world.publisher)() for _ in range(2)))
    assert (1, 0) == (len(await world.events()), await world.messages.count_unannounced())


async def test_only_what_found_no_room_waits_to_be_announced(world):
    inbox = await world.inbox()
    await handler(world).handle([await delivered(world, MAIL, [inbox])])
    assert 0 == await world.messages.count_unannounced()


async def test_a_message_that_is_deleted_while_it_waits_is_not_announced(world):
    inbox = await world.inbox()
    await fill(world)
    event = await delivered(world, MAIL, [inbox])
    await handler(world).handle([event])
    await world.messages.delete([derive_message_id(event.fact.event_id, inbox.id)])
    await make_room(world)
    assert 0 == await Announce(world.messages, world.publisher)()
    assert [] == await world.events()


async def test_mail_that_can_be_neither_announced_nor_noted_comes_again(world):
    class Unnoted(RefusingMessages):
        async def mark_unannounced(self, message_ids):
            raise TransientFailure("the store is away")

    inbox = await world.inbox()
    event = await delivered(world, MAIL, [inbox])
    await fill(world)
    with pytest.raises(TransientFailure):
        await handler(world, messages=Unnoted(world.messages, "none")).handle([event])
