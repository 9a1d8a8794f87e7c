"""Reaping on a real store and a real broker."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from expiry_reaper.app import assemble_orphans, build, fsck
from expiry_reaper.handlers.leftovers import Leftovers
from expiry_reaper.handlers.operator_mail import KEPT_MESSAGES, KEPT_OCTETS, OperatorMail
from expiry_reaper.settings import Settings
from mayfly.bus import leftovers
from mayfly.bus.claims import Claims
from mayfly.bus.publisher import Publisher
from mayfly.bus.topology import EVENTS
from mayfly.events import codec, facts, subjects
from mayfly.events.facts import new_event_id
from mayfly.failures import Conflict
from mayfly.records.delivery import Attempt, Delivery
from mayfly.records.inbox import OPERATOR, OPERATOR_INBOX_ID, Inbox
from mayfly.records.octets import StoredPart
from mayfly.store.deliveries import Deliveries
from mayfly.store.documents import to_document
from mayfly.store.endpoints import Endpoints
from mayfly.store.identities import Identities
from mayfly.store.inboxes import Inboxes
from mayfly.store.messages import Messages
from mayfly.store.octets import Octets
from mayfly.store.receipts import Receipts
from mayfly.store.smtp_logins import SmtpLogins
from mayfly.testing.builders import (
    NOON,
    make_delivery,
    make_endpoint,
    make_identity,
    make_mail,
    make_message,
    make_smtp_login,
    make_stored,
)

from .things import World, make_due_inbox, world


@pytest.fixture
async def scene(mongo_uri: str, mongo_database: str, clean_nats: str) -> AsyncIterator[World]:
    async with world(mongo_uri, mongo_database, clean_nats) as made:
        yield made


async def told(scene: World, inbox_id: str) -> list[facts.Fact]:
    """What the stream holds of an inbox, in order."""
    found, sequence = [], 0
    while True:
        try:
            message = await scene.bus.jetstream.get_msg(
                EVENTS.name, seq=sequence + 1, subject=subjects.inbox_events(inbox_id), next=True, direct=True
            )
        except Exception:  # noqa: BLE001 - the client's word for "no more"
            return found
        sequence = message.seq
        found.append(codec.decode(message.headers[subjects.TYPE_HEADER], message.data))


def stored(inbox, message) -> facts.MessageStored:
    return make_stored(inbox.id, message_id=message.id, address=inbox.address)


def delivery(inbox, endpoint_id: str, **fields) -> Delivery:
    return make_delivery(endpoint_id, inbox_id=inbox.id, **fields)


async def test_an_expired_inbox_goes_with_all_it_held_and_its_neighbour_stays(scene):
    expired, living = await scene.inbox(), await scene.inbox(expires_at=NOON + timedelta(seconds=1))
    for inbox in (expired, expired, living):
        await scene.message(inbox)
    assert 1 == await scene.reap(10)
    assert [1, 1, 1] == await scene.counts("inboxes", "messages", "octets")
    (event,) = await told(scene, expired.id)
    assert (expired.address, NOON, 2, False) == (event.address, event.expired_at, event.message_count, event.archived)
    assert 0 == await scene.reap(10)


async def test_a_spaces_logins_go_with_it(scene):
    for inbox in (await scene.inbox(), await scene.inbox(expires_at=None)):
        await SmtpLogins(scene.database).create(make_smtp_login(inbox.id))
    assert 1 == await scene.reap(10)
    assert [1, 1] == await scene.counts("inboxes", "smtp_logins")


async def test_a_batch_is_bounded_and_every_inbox_is_announced_once(scene):
    inboxes = [await scene.inbox() for _ in range(5)]
    assert [2, 2, 1, 0] == [await scene.reap(2) for _ in range(4)]
    assert [1] * 5 == [len(await told(scene, inbox.id)) for inbox in inboxes]


async def test_what_was_announced_of_its_messages_is_taken_off_the_stream(scene):
    inbox = await scene.inbox()
    await Publisher(scene.bus).publish(stored(inbox, await scene.message(inbox)))
    await scene.reap(10)
    (event,) = await told(scene, inbox.id)
    assert isinstance(event, facts.InboxExpired)


async def test_a_deleted_inbox_is_not_announced_twice(scene):
    inbox = await scene.inbox(expires_at=None)
    await Inboxes(scene.database).delete(inbox.id)
    await Publisher(scene.bus).publish(facts.InboxDeleted(new_event_id(), inbox.id, "", inbox.address, NOON))
    other = await scene.inbox()
    assert 2 == await scene.reap(10)
    (event,) = await told(scene, inbox.id)
    assert isinstance(event, facts.InboxDeleted)
    assert 1 == len(await told(scene, other.id))


async def test_pending_deliveries_go_and_finished_ones_keep_their_log_without_content(scene):
    inbox = await scene.inbox(account_id="account")
    attempt = Attempt(number=1, at=NOON, duration=0.1, status=200, answer="thanks for the code")
    kept = delivery(inbox, "e", status="delivered", attempts=[attempt])
    pending, telling = delivery(inbox, "e"), delivery(inbox, "e", event_type="inbox.expired")
    await Deliveries(scene.database).insert_missing([kept, pending, telling])
    await Publisher(scene.bus).publish(facts.AttemptScheduled(new_event_id(), pending.id, inbox.id, 1, NOON))
    await Publisher(scene.bus).schedule(
        facts.AttemptScheduled(new_event_id(), pending.id, inbox.id, 2, NOON + timedelta(days=999))
    )
    await scene.reap(10)
    left = await Deliveries(scene.database).among([kept.id, pending.id, telling.id])
    assert {kept.id, telling.id} == set(left)
    assert (b"", "", 200) == (left[kept.id].payload, left[kept.id].attempts[0].answer, left[kept.id].attempts[0].status)
    assert b"{}" == left[telling.id].payload
    assert 0 == (await scene.bus.jetstream.stream_info("DELIVERIES")).state.messages


async def test_an_inboxs_endpoint_outlives_it_only_to_tell_that_it_expired(scene):
    inbox = await scene.inbox(account_id="account")
    endpoints = Endpoints(scene.database)
    await endpoints.create(make_endpoint(id="standard", inbox_id=inbox.id))
    await endpoints.create(make_endpoint(id="vaultmail", inbox_id=inbox.id, format="vaultmail"))
    await endpoints.create(make_endpoint(id="wide"))
    await scene.reap(10)
    assert {"standard", "wide"} == set(await endpoints.among(["standard", "vaultmail", "wide"]))
    assert ["wide"] == [endpoint.id for endpoint in await endpoints.of_account("account")]
    assert 0 == await endpoints.delete_ended(NOON + timedelta(hours=31))
    assert 1 == await endpoints.delete_ended(NOON + timedelta(hours=37))


async def test_identities_end_with_their_inbox_also_with_one_that_is_archived(scene):
    gone, kept = await scene.inbox(), await scene.inbox(recoverable=True, account_id="account", tag="x")
    living = await scene.inbox(expires_at=None)
    identities = Identities(scene.database)
    for inbox in (gone, kept, living):
        await identities.create(make_identity(inbox, account_id="account"))
    await scene.reap(10)
    assert [living.id] == [identity.inbox_id for identity in await identities.of_account("account")]


async def test_a_recoverable_inbox_is_emptied_and_keeps_its_address(scene):
    inbox = await scene.inbox("kept", account_id="account", recoverable=True)
    await scene.message(inbox)
    assert 1 == await scene.reap(10)
    assert 0 == await scene.reap(10)
    assert [1, 0, 0] == await scene.counts("inboxes", "messages", "octets")
    document = await scene.database["inboxes"].find_one()
    assert ("archived", False) == (document["status"], document["to_empty"])
    (event,) = await told(scene, inbox.id)
    assert event.archived
    with pytest.raises(Conflict):
        await scene.inbox("kept")
    assert await Inboxes(scene.database).get(inbox.id, scene.clock()) is None


async def test_an_archived_inbox_that_is_deleted_is_removed(scene):
    inbox = await scene.inbox(account_id="account", recoverable=True)
    await scene.reap(10)
    await Inboxes(scene.database).delete(inbox.id)
    assert 1 == await scene.reap(10)
    assert [0] == await scene.counts("inboxes")


async def test_the_owner_gets_a_receipt_without_content_and_nobody_else_leaves_one(scene):
    inbox, anonymous = await scene.inbox(account_id="account"), await scene.inbox()
    for owner in (inbox, inbox, anonymous):
        await scene.message(owner, octets=b"x" * 700)
    await scene.reap(10)
    (receipt,) = await Receipts(scene.database).of_account("account", limit=10)
    assert (inbox.id, "expired", 2, 1400) == (receipt.id, receipt.ending, receipt.message_count, receipt.octets)
    assert [1] == await scene.counts("receipts")
    assert 0 == await Receipts(scene.database).delete_before(NOON)
    assert 1 == await Receipts(scene.database).delete_before(NOON + timedelta(seconds=1))


class Interrupted(Exception):
    pass


@pytest.mark.parametrize("step", ["publish_all", "remove", "delete_of_inboxes", "messages_of"])
async def test_a_reaper_that_dies_at_any_step_leaves_the_batch_for_the_next_lease(scene, step):
    inbox = await scene.inbox(account_id="account")
    await scene.message(inbox)
    dying = scene.another_reap()
    part = {
        "publish_all": dying._publisher,
        "remove": dying._inboxes,
        "delete_of_inboxes": dying._holdings.octets,
        "messages_of": dying._holdings.streams,
    }[step]

    async def die(*_: object) -> None:
        raise Interrupted

    setattr(part, step, die)
    with pytest.raises(Interrupted):
        await dying(10)
    assert 0 == await scene.reap(10), "the lease holds"
    scene.clock.advance(seconds=61)
    assert 1 == await scene.reap(10)
    assert [0, 0, 0] == await scene.counts("inboxes", "messages", "octets")
    (receipt,) = await Receipts(scene.database).of_account("account", limit=10)
    (event,) = await told(scene, inbox.id)
    assert (1, 1) == (receipt.message_count, event.message_count)


async def test_several_reapers_share_the_work_without_doing_any_twice(scene):
    for _ in range(120):
        await scene.inbox()
    reapers = [scene.reap, scene.another_reap(), scene.another_reap()]

    async def work(reap) -> int:
        done, idle = 0, 0
        while idle < 3:
            count = await reap(10)
            done, idle = done + count, 0 if count else idle + 1
        return done

    assert 120 == sum(await asyncio.gather(*(work(reap) for reap in reapers)))
    assert 120 == (await scene.bus.jetstream.stream_info(EVENTS.name)).state.messages


async def test_mail_that_arrives_while_its_inbox_is_emptied_is_deleted_by_the_second_look(scene):
    inbox = await scene.inbox()
    await scene.reap(10)
    await scene.message(inbox)
    assert 0 == await scene.late()
    scene.clock.advance(seconds=91)
    assert 1 == await scene.late()
    assert [0, 0] == await scene.counts("messages", "octets")
    assert 0 == await scene.late()


async def test_no_orphan_is_left_after_ten_thousand_inboxes_expire_with_mail_in_flight(scene):
    """The parser's part is played by writers that ask whether inboxes are live, dawdle or not, and write."""
    inboxes = [make_due_inbox(expires_at=NOON + timedelta(seconds=1)) for _ in range(10_000)]
    await scene.database["inboxes"].insert_many([to_document(inbox) for inbox in inboxes])
    store, messages, octets = Inboxes(scene.database), Messages(scene.database), Octets(scene.database)
    asked, reaped, written = asyncio.Event(), asyncio.Event(), 0

    async def write(number: int, batch: list[Inbox]) -> None:
        nonlocal written
        live = await store.live_among([inbox.id for inbox in batch], scene.clock())
        if number == 0:
            asked.set()
        if number % 3 == 0:
            await reaped.wait()
        mail = [make_message(inbox, stored_at=scene.clock()) for inbox in batch if inbox.id in live]
        await octets.insert_missing([StoredPart(one.id, one.inbox_id, "raw", b"raw") for one in mail])
        await messages.insert_missing(mail)
        written += len(mail)

    async def reap() -> None:
        await asked.wait()
        scene.clock.advance(seconds=2)
        while await scene.reap(1000):
            pass
        reaped.set()

    writers = [
        asyncio.create_task(write(number, inboxes[start : start + 200]))
        for number, start in enumerate(range(0, len(inboxes), 200))
    ]
    await asyncio.gather(reap(), *writers)
    late = (await scene.counts("messages"))[0]
    scene.clock.advance(seconds=91)
    assert late == await scene.late()
    assert [0, 0, 0] == await scene.counts("inboxes", "messages", "octets")
    assert 0 < late <= written


async def test_the_full_look_finds_orphans_of_every_kind_and_leaves_the_rest(scene):
    living, gone = await scene.inbox(expires_at=None), await scene.inbox()
    mine = await scene.message(living)
    await scene.message(gone)
    await Deliveries(scene.database).insert_missing(
        [delivery(gone, "e"), delivery(living, "e"), delivery(gone, "e", payload=b"", status="failed")]
    )
    await Endpoints(scene.database).create(make_endpoint(id="lost", inbox_id=gone.id))
    await Endpoints(scene.database).create(make_endpoint(id="found", inbox_id=living.id))
    for inbox in (gone, living):
        await SmtpLogins(scene.database).create(make_smtp_login(inbox.id))
        await Identities(scene.database).create(make_identity(inbox))
    await Octets(scene.database).insert_missing(
        [
            StoredPart("00000000-0000-7000-8000-000000000000", living.id, "raw", b"message gone"),
            StoredPart(new_event_id(), living.id, "raw", b"young"),
        ]
    )
    await Inboxes(scene.database).delete(gone.id)
    await Inboxes(scene.database).remove([gone.id])
    look = assemble_orphans(scene.database, scene.clock, pause_seconds=0)
    assert 0 == (await look(remove=False))["messages without inboxes"]
    scene.clock.advance(seconds=660)
    expected = {
        "messages without inboxes": 1,
        "identities without inboxes": 1,
        "octets without inboxes": 1,
        "octets without messages": 1,
        "deliveries without inboxes": 1,
        "webhook_endpoints without inboxes": 1,
        "smtp_logins without inboxes": 1,
    }
    assert expected == await look(remove=False)
    assert expected == await look()
    assert dict.fromkeys(expected, 0) == await look()
    assert [mine.id] == [document["_id"] async for document in scene.database["messages"].find()]
    collections = ("octets", "deliveries", "webhook_endpoints", "smtp_logins", "identities")
    assert [2, 2, 1, 1, 1] == await scene.counts(*collections)


async def test_fsck_reports_without_removing(scene, mongo_uri, mongo_database, clean_nats):
    await Octets(scene.database).insert_missing([StoredPart(new_event_id(), "nowhere", "raw", b"lost")])
    settings = Settings(mongo_uri=mongo_uri, mongo_database=mongo_database, nats_url=clean_nats)
    assert 1 == (await fsck(settings, remove=False))["octets without inboxes"]
    assert 1 == (await fsck(settings, remove=True))["octets without inboxes"]
    assert 0 == sum((await fsck(settings, remove=False)).values())


async def test_octets_without_mail_are_counted_by_fsck_and_removed_by_the_reaper(scene):
    claims = Claims(scene.bus)
    wanted = await claims.put("wanted", b"x" * 600_000)
    await claims.put("unwanted", b"x" * 10)
    await Publisher(scene.bus).publish(make_mail(event_id="wanted", octets=wanted))
    look = Leftovers(leftovers.Leftovers(scene.bus, min_age=timedelta(days=-1)))
    assert [1, 1, 0] == [await look(remove=False), await look(), await look()]
    assert b"x" * 600_000 == await claims.get(wanted)


async def test_the_built_service_reaps_by_itself_and_drains_on_stop(scene, mongo_uri, mongo_database, clean_nats):
    await scene.inbox(expires_at=NOON - timedelta(days=365))
    settings = Settings(mongo_uri=mongo_uri, mongo_database=mongo_database, nats_url=clean_nats)
    async with build(settings) as component:
        stop = asyncio.Event()
        tasks = [asyncio.create_task(task(stop)) for task in component.tasks.values()]
        async with asyncio.timeout(5):
            while await scene.counts("inboxes") != [0]:
                await asyncio.sleep(0.01)
        for check in component.checks.values():
            await check()
        stop.set()
        await asyncio.gather(*tasks)


async def test_the_operators_inbox_keeps_its_newest_mail_within_bounds(scene: World) -> None:
    box = await scene.inbox("postmaster", id=OPERATOR_INBOX_ID, account_id=OPERATOR, expires_at=None)
    other = await scene.message(await scene.inbox("other"))
    tidy = OperatorMail(Messages(scene.database), Octets(scene.database), scene.clock)
    stored = [await scene.message(box) for _ in range(KEPT_MESSAGES + 3)]
    assert 3 == await tidy()
    assert {message.id for message in [*stored[3:], other]} == await Messages(scene.database).existing(
        [message.id for message in [*stored, other]]
    )
    large = await scene.message(box, b"x" * KEPT_OCTETS)
    assert KEPT_MESSAGES == await tidy()
    assert [large.id] == await Messages(scene.database).ids_of_inbox(box.id)
    scene.clock.advance(31 * 86_400)
    assert 1 == await tidy()
    assert None is await Octets(scene.database).get(large.id, "raw")


async def test_large_mail_to_the_operator_drives_out_no_small_mail(scene: World) -> None:
    box = await scene.inbox("postmaster", id=OPERATOR_INBOX_ID, account_id=OPERATOR, expires_at=None)
    small = [await scene.message(box) for _ in range(3)]
    large = [await scene.message(box, b"x" * (KEPT_OCTETS * 3 // 5)) for _ in range(2)]
    assert 1 == await OperatorMail(Messages(scene.database), Octets(scene.database), scene.clock)()
    kept = await Messages(scene.database).ids_of_inbox(box.id)
    assert {message.id for message in [*small, large[1]]} == set(kept)
