"""messages/wait, otp/wait and messages/none over a real stream and a real store."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from mayfly.bus.connection import connect as connect_bus
from mayfly.bus.publisher import Publisher
from mayfly.events.facts import MailReceived, new_event_id
from mayfly.records.message import OtpCandidate
from mayfly.testing.builders import make_inbox, make_mail


@pytest.fixture
async def inbox(gateway):
    return await gateway.inbox()


@pytest.fixture
def ask(gateway, inbox):
    """Call one of the inbox's waiting paths."""

    async def call(path="messages/wait", **params):
        return await gateway.http.get(f"/api/v1/inboxes/{inbox['address']}/{path}", params=params, timeout=20)

    return call


def cursor_of(answer) -> int:
    return int(answer.headers["X-Cursor"])


async def test_a_mail_that_is_there_already_is_answered_at_once(ask, deliver, inbox):
    message = await deliver(inbox)
    answer = await ask(timeout=0)
    assert (200, message.id) == (answer.status_code, answer.json()["id"])
    assert not answer.json()["is_read"]


async def test_of_mails_that_are_there_the_newest_that_matches_is_answered(ask, deliver, inbox):
    await deliver(inbox, subject="Your code")
    newer = await deliver(inbox, subject="Your code")
    await deliver(inbox, subject="News")
    answer = await ask(subject="code", timeout=0)
    assert newer.id == answer.json()["id"]


async def test_a_newer_match_that_was_acknowledged_and_is_not_stored_yet_is_waited_for(ask, deliver, inbox, clean_nats):
    await deliver(inbox, subject="Your code")
    async with connect_bus(clean_nats, "test") as bus:
        received = await Publisher(bus).publish(mail_for(inbox))
        waiting = asyncio.create_task(ask(subject="code", timeout=0))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        newer = await deliver(inbox, subject="Your code")
        await bus.jetstream.delete_msg("MAIL", received)
        assert newer.id == (await waiting).json()["id"]


async def test_mail_that_stays_unparsed_keeps_a_match_back_for_a_second_at_most(
    start_gateway, deliver, inbox, clean_nats, capfd
):
    gateway = await start_gateway(MAYFLY_LOG_LEVEL="WARNING")
    older = await deliver(inbox)
    async with connect_bus(clean_nats, "test") as bus:
        received = await Publisher(bus).publish(mail_for(inbox))
        answer = await gateway.http.get(f"/api/v1/inboxes/{inbox['address']}/messages/wait", params={"timeout": 0})
        await bus.jetstream.delete_msg("MAIL", received)
    assert older.id == answer.json()["id"]
    assert "wait_did_not_settle" in capfd.readouterr().out


async def test_a_mail_that_comes_ends_the_wait(ask, deliver, inbox):
    await deliver(inbox, subject="News")
    waiting = asyncio.create_task(ask(subject="code", timeout=10))
    await asyncio.sleep(0.1)
    await deliver(inbox, subject="Other news")
    message = await deliver(inbox, subject="Your code")
    assert message.id == (await waiting).json()["id"]


async def test_the_cursor_of_each_answer_leads_through_all_mails_in_order(ask, deliver, inbox):
    messages = [await deliver(inbox) for _ in range(3)]
    cursor, found = 0, []
    for _ in messages:
        answer = await ask(after=cursor, timeout=0)
        cursor = cursor_of(answer)
        found.append(answer.json()["id"])
    assert [message.id for message in messages] == found
    answer = await ask(after=cursor, timeout=0)
    assert (408, cursor) == (answer.status_code, cursor_of(answer))


async def test_the_cursor_of_a_mail_found_without_one_is_the_mails_own(ask, deliver, inbox):
    await deliver(inbox, subject="Welcome")
    code = await deliver(inbox, subject="Your code")
    welcome = await ask(subject="welcome", timeout=0)
    answer = await ask(subject="code", after=cursor_of(welcome), timeout=0)
    assert code.id == answer.json()["id"]


@pytest.fixture
def unannounced(deliver, inbox, clean_nats):
    """Deliver a mail that is stored meanwhile and announced when the context ends; the parser then has settled it."""

    @asynccontextmanager
    async def held():
        async with connect_bus(clean_nats, "test") as bus:
            received = await Publisher(bus).publish(mail_for(inbox))
            delivering = asyncio.create_task(deliver(inbox, announced_after=0.4))
            await asyncio.sleep(0.1)
            yield delivering
            await delivering
            await bus.jetstream.delete_msg("MAIL", received)

    return held


async def test_a_mail_that_is_found_before_it_is_announced_is_not_found_again(ask, deliver, inbox, unannounced):
    async with unannounced() as delivering:
        asking = asyncio.create_task(ask(timeout=0))
    found = await asking
    assert (200, (await delivering).id) == (found.status_code, found.json()["id"])
    second = await deliver(inbox)
    assert second.id == (await ask(after=cursor_of(found), timeout=0)).json()["id"]


async def test_a_mail_that_came_and_is_not_announced_yet_has_its_own_cursor_too(ask, unannounced):
    async with unannounced() as delivering:
        asking = asyncio.create_task(ask("messages/none", **{"for": 0}))
    came = await asking
    assert (409, (await delivering).id) == (came.status_code, came.json()["mail"]["id"])
    assert 408 == (await ask(after=cursor_of(came), timeout=0)).status_code


async def test_a_timeout_says_which_mails_came_and_what_each_failed(ask, deliver, inbox):
    one = await deliver(inbox, subject="Your code is 1", otp=None)
    two = await deliver(inbox, subject="News")
    answer = await ask(subject="re:code is [0-9]+$", has_otp=True, timeout=0)
    assert 408 == answer.status_code
    assert {"error", "message", "cursor", "near_misses"} == set(answer.json())
    assert ("wait_timeout", cursor_of(answer)) == (answer.json()["error"], answer.json()["cursor"])
    assert [
        {"id": two.id, "subject": "News", "failed": ["subject"]},
        {"id": one.id, "subject": "Your code is 1", "failed": ["has_otp"]},
    ] == answer.json()["near_misses"]


async def test_the_cursor_of_a_timeout_misses_nothing_that_comes_later(ask, deliver, inbox):
    await deliver(inbox, subject="News")
    missed = await ask(subject="code", timeout=0)
    message = await deliver(inbox, subject="Your code")
    answer = await ask(subject="code", after=cursor_of(missed), timeout=5)
    assert message.id == answer.json()["id"]


async def test_a_deleted_mail_is_not_found(ask, deliver, inbox, gateway):
    message = await deliver(inbox)
    await gateway.http.delete(f"/api/v1/messages/{message.id}")
    assert 408 == (await ask(timeout=0)).status_code
    assert 408 == (await ask(timeout=0, after=0)).status_code


async def test_otp_wait_passes_over_mails_without_a_code(ask, deliver, inbox):
    await deliver(inbox, otp=None)
    message = await deliver(inbox, otp="482193")
    await deliver(inbox, otp=None)
    answer = await ask("otp/wait", timeout=0)
    assert (message.id, "482193", True) == tuple(answer.json()[name] for name in ("message_id", "otp", "found"))
    assert cursor_of(answer) > 0


async def test_a_wait_for_a_code_shows_the_evidence_when_asked(ask, deliver, inbox):
    evidence = [("own-line", 4.27)]
    found = {"code": "482193", "confidence": 0.9, "rule": "own-line", "source": "text", "span": (0, 6)}
    await deliver(inbox, otp_candidates=[OtpCandidate(**found, evidence=evidence)])
    (explained,) = (await ask("otp/wait", timeout=0, explain=True)).json()["candidates"]
    assert [{"feature": "own-line", "weight": 4.27}] == explained["evidence"]
    assert "evidence" not in (await ask("otp/wait", timeout=0)).text
    assert 400 == (await ask("messages/wait", timeout=0, explain=True)).status_code


async def test_bad_input_is_refused_naming_the_field(ask):
    for field, value in (
        ("timeout", 61),
        ("timeout", -1),
        ("timeout", "soon"),
        ("timeout", "nan"),
        ("after", "x"),
        ("after", 10**9),
        ("subject", "re:("),
        ("body", r"re:(a)\1"),
        ("from", "re:(a{1000}){1000}"),
        ("to", "x" * 513),
        ("has_otp", "perhaps"),
    ):
        answer = await ask(**{field: value})
        assert (400, "bad_request") == (answer.status_code, answer.json()["error"]), field
        assert field in answer.json()["message"]


async def test_a_cursor_older_than_the_events_that_are_kept_is_gone(ask, deliver, inbox, clean_nats):
    for _ in range(3):
        await deliver(inbox)
    async with connect_bus(clean_nats, "test") as bus:
        newest = (await bus.jetstream.stream_info("EVENTS")).state.last_seq
        await bus.jetstream.purge_stream("EVENTS", seq=newest)
    answer = await ask(after=newest - 2, timeout=0)
    assert (410, "gone") == (answer.status_code, answer.json()["error"])


async def test_a_wait_ends_with_its_inbox(gateway):
    key = await gateway.account()
    expiring, deleted = await gateway.inbox(key, ttl_seconds=1), await gateway.inbox(key)
    waiting = [
        asyncio.create_task(
            gateway.http.get(f"/api/v1/inboxes/{inbox['id']}/messages/wait", params={"timeout": 20}, headers=key)
        )
        for inbox in (expiring, deleted)
    ]
    await asyncio.sleep(0.1)
    await gateway.http.delete(f"/api/v1/inboxes/{deleted['id']}", headers=key)
    answers = await asyncio.gather(*waiting)
    assert [(410, "gone")] * 2 == [(answer.status_code, answer.json()["error"]) for answer in answers]
    assert ["the inbox expired during the wait", "the inbox was deleted during the wait"] == [
        answer.json()["message"] for answer in answers
    ]


async def test_a_stranger_finds_nothing_to_wait_for(gateway):
    inbox = await gateway.inbox(await gateway.account())
    stranger = await gateway.account()
    for path in ("messages/wait", "otp/wait", "messages/none"):
        answer = await gateway.http.get(f"/api/v1/inboxes/{inbox['id']}/{path}", headers=stranger)
        assert 404 == answer.status_code


async def test_none_is_proven_when_nothing_comes(ask, deliver, inbox):
    await deliver(inbox, subject="News")
    answer = await ask("messages/none", subject="code", **{"for": 0})
    assert (200, True) == (answer.status_code, answer.json()["none"])
    assert cursor_of(answer) == answer.json()["cursor"] > 0


async def test_none_is_refuted_by_the_mail_that_came(ask, deliver, inbox):
    before = await ask("messages/none", **{"for": 0})
    watching = asyncio.create_task(ask("messages/none", after=cursor_of(before), **{"for": 10}))
    await asyncio.sleep(0.1)
    message = await deliver(inbox)
    answer = await watching
    assert (409, "conflict", message.id) == (
        answer.status_code,
        answer.json()["error"],
        answer.json()["mail"]["id"],
    )
    again = await ask("messages/none", **{"for": 0})
    assert (409, message.id) == (again.status_code, again.json()["mail"]["id"])
    assert 200 == (await ask("messages/none", after=cursor_of(again), **{"for": 0})).status_code


async def test_none_waits_for_mail_that_was_received_but_not_parsed_yet(ask, deliver, inbox, clean_nats):
    async with connect_bus(clean_nats, "test") as bus:
        received = await Publisher(bus).publish(mail_for(inbox))
        watching = asyncio.create_task(ask("messages/none", **{"for": 0}))
        await asyncio.sleep(0.3)
        assert not watching.done()
        message = await deliver(inbox)
        await bus.jetstream.delete_msg("MAIL", received)
        answer = await watching
    assert (409, message.id) == (answer.status_code, answer.json()["mail"]["id"])


async def test_mail_of_others_that_waits_for_its_retry_does_not_hold_up_the_proof(ask, inbox, clean_nats):
    async with connect_bus(clean_nats, "test") as bus:
        received = await Publisher(bus).publish(mail_for({"id": new_event_id(), "address": "other@mayfly.test"}))
        answer = await ask("messages/none", **{"for": 0})
        await bus.jetstream.delete_msg("MAIL", received)
    assert (200, received) == (answer.status_code, answer.json()["drained_up_to"])


def mail_for(inbox) -> MailReceived:
    return make_mail(make_inbox(inbox["address"], id=inbox["id"]), received_at=datetime.now(UTC))


@asynccontextmanager
async def full_events(nats_url):
    """EVENTS has no room meanwhile."""
    async with connect_bus(nats_url, "test") as bus:
        config = (await bus.jetstream.stream_info("EVENTS")).config
        await bus.jetstream.update_stream(config, max_bytes=1)
        try:
            yield
        finally:
            await bus.jetstream.update_stream(config)


async def test_mail_that_found_no_room_to_be_announced_is_found_by_waits_and_refutes_none(
    ask, deliver, inbox, clean_nats
):
    start = cursor_of(await ask(timeout=0))
    async with full_events(clean_nats):
        watching = asyncio.create_task(ask(timeout=1))
        await asyncio.sleep(0.1)
        message = await deliver(inbox)
        other = await ask(timeout=0, after=start)
        none = await ask("messages/none", **{"for": 0, "after": start})
        missed = await ask(timeout=0, after=start, subject="something else")
    assert [message.id] * 2 == [answer.json()["id"] for answer in (await watching, other)]
    assert (409, message.id) == (none.status_code, none.json()["mail"]["id"])
    assert (408, message.id) == (missed.status_code, missed.json()["near_misses"][0]["id"])


async def test_an_inbox_can_be_deleted_while_events_is_full(gateway, clean_nats):
    inbox = await gateway.inbox()
    path = f"/api/v1/inboxes/{inbox['address']}"
    async with full_events(clean_nats):
        assert 204 == (await gateway.http.delete(path)).status_code
        assert 404 == (await gateway.http.get(path)).status_code
