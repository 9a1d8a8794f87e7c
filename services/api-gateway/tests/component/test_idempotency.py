"""The same request under the same Idempotency-Key: at once, on two processes, after a crash, from behind one NAT."""

import asyncio
import time
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from uuid import uuid4

import httpx
import pytest

from api_gateway.edge.caller import Caller
from api_gateway.edge.idempotency import IdempotencyKeys, KeyLease, StoredResponse
from api_gateway.edge.idempotent_calls import ResponseRecorder
from api_gateway.refusals import InvalidState, Taken
from mayfly.store.client import connect
from mayfly.store.idempotency import IdempotencyRecords

GENERATE = "/api/v1/inboxes/generate"
CALLS = 50


async def at_once(gateways, path, headers, **options):
    """The same call 50 times, in turn on each gateway."""
    return await asyncio.gather(
        *(gateways[number % len(gateways)].http.post(path, headers=headers, **options) for number in range(CALLS))
    )


async def test_simultaneous_calls_on_two_processes_create_one_object_and_get_one_answer(start_gateway):
    gateways = await asyncio.gather(start_gateway(), start_gateway())
    key = await gateways[0].account()
    for path, listed, body in (
        ("/api/v1/inboxes", "/api/v1/inboxes", {"label": "once"}),
        ("/api/v1/api-keys", "/api/v1/api-keys", {"label": "once"}),
        ("/api/v1/inbox", "/api/v1/inboxes", {"duration": 5}),
    ):
        before = (await gateways[1].http.get(listed, headers=key)).json()
        answers = await at_once(gateways, path, {**key, "Idempotency-Key": f"once {path}"}, json=body)
        assert (path, {201}) == (path, {answer.status_code for answer in answers})
        assert 1 == len({answer.content for answer in answers})
        assert 1 == sum("idempotency-replayed" not in answer.headers for answer in answers)
        assert len(before) + 1 == len((await gateways[1].http.get(listed, headers=key)).json())
    answers = await at_once(gateways, GENERATE, {"Idempotency-Key": str(uuid4())}, json={})
    assert {201} == {answer.status_code for answer in answers}
    assert 1 == len({answer.content for answer in answers})


async def test_a_stranger_behind_the_same_nat_never_gets_the_answer_of_another(gateway):
    for body in ({}, {"local_part": gateway.person.split("@")[0]}):
        commit = sha1(str(time.time_ns()).encode()).hexdigest()
        headers = {"Idempotency-Key": f"signup-test-{time.time_ns()}" if body else commit}
        answers = await asyncio.gather(*(gateway.http.post(GENERATE, json=body, headers=headers) for _ in range(10)))
        assert [201, *[409] * 9] == sorted(answer.status_code for answer in answers)
        token = next(answer.json()["token"] for answer in answers if answer.status_code == 201)
        refused = [answer for answer in answers if answer.status_code == 409]
        assert all(token not in answer.text and "random key" in answer.json()["message"] for answer in refused)


async def test_the_holders_of_two_inbox_tokens_do_not_share_keys(gateway):
    mail = b"From: a@example.com\r\nSubject: x\r\n\r\nhi\r\n"
    first, second = [await gateway.inbox() for _ in range(2)]

    def inject(inbox):
        headers = {"Authorization": f"Bearer {inbox['token']}", "Idempotency-Key": "mail-1"}
        headers["Content-Type"] = "message/rfc822"
        return gateway.http.post(f"/api/v1/inboxes/{inbox['address']}/messages", content=mail, headers=headers)

    answers = [await inject(inbox) for inbox in (first, first, second)]
    assert [202, 202, 202] == [answer.status_code for answer in answers]
    assert answers[0].content == answers[1].content != answers[2].content


async def test_other_credentials_of_the_account_create_nothing_more_and_see_no_secret(gateway):
    key = await gateway.account()
    other = (await gateway.http.post("/api/v1/api-keys", json={"label": "x"}, headers=key)).json()["plaintext"]
    first = await gateway.http.post("/api/v1/inboxes", json={}, headers={**key, "Idempotency-Key": "once"})
    second = await gateway.http.post(
        "/api/v1/inboxes", json={}, headers={"X-API-Key": other, "Idempotency-Key": "once"}
    )
    assert (201, 409) == (first.status_code, second.status_code)
    assert first.json()["token"] not in second.text


async def test_a_key_given_twice_is_refused(gateway):
    headers = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    answer = await gateway.http.post(GENERATE, json={}, headers=headers)
    assert (400, "Idempotency-Key: given more than once") == (answer.status_code, answer.json()["message"])


@asynccontextmanager
async def stuck_creation(gateway, key, headers, mongo_uri, mongo_database):
    """A call that creates an inbox and does not get on until the context ends."""
    account_id = (await gateway.http.get("/api/v1/account", headers=key)).json()["id"]
    async with connect(mongo_uri, mongo_database, "test") as database, database.client.start_session() as session:
        in_progress = await database["idempotency"].count_documents({"status": None})
        await session.start_transaction()
        await database["creations"].update_one(
            {"_id": f"account:{account_id}"}, {"$set": {"blocked": True}}, upsert=True, session=session
        )
        call = asyncio.create_task(gateway.http.post("/api/v1/inboxes", json={}, headers=headers))
        async with asyncio.timeout(15):
            while in_progress == await database["idempotency"].count_documents({"status": None}):
                await asyncio.sleep(0.05)
        yield call
        await session.abort_transaction()


async def test_a_second_call_waits_ten_seconds_and_takes_over_from_a_process_that_was_killed(
    start_gateway, mongo_uri, mongo_database
):
    doomed, other = await asyncio.gather(start_gateway(), start_gateway())
    key = await doomed.account()
    headers = {**key, "Idempotency-Key": "once"}
    async with stuck_creation(doomed, key, headers, mongo_uri, mongo_database) as first:
        second = await other.http.post("/api/v1/inboxes", json={}, headers=headers)
        assert (409, "conflict") == (second.status_code, second.json()["error"])
        assert "in progress" in second.json()["message"]
        doomed.process.kill()
        with suppress(httpx.TransportError):
            await first
        # The last command of the killed process may be on its way. Carried out after the abort, it would leave a
        # transaction without an owner, which holds the counter until the store ends it after a minute.
        await asyncio.sleep(0.5)
    third, fourth = [await other.http.post("/api/v1/inboxes", json={}, headers=headers) for _ in range(2)]
    assert (201, third.content) == (third.status_code, fourth.content)
    assert 1 == len((await other.http.get("/api/v1/inboxes", headers=key)).json())


async def test_a_client_that_left_gets_the_answer_to_its_first_call_when_it_asks_again(
    gateway, mongo_uri, mongo_database
):
    key = await gateway.account()
    headers = {**key, "Idempotency-Key": "once"}
    async with stuck_creation(gateway, key, headers, mongo_uri, mongo_database) as first:
        first.cancel()
        await asyncio.wait([first])
    answer = await gateway.http.post("/api/v1/inboxes", json={}, headers=headers)
    assert (201, "true") == (answer.status_code, answer.headers["idempotency-replayed"])
    assert 1 == len((await gateway.http.get("/api/v1/inboxes", headers=key)).json())


# Below: the parts themselves, over the store.

CALLER = Caller("192.0.2.1", "account:a", account_id="a", proof="secret")


@pytest.fixture
async def keys(mongo_uri, mongo_database):
    async with connect(mongo_uri, mongo_database, "test") as database:
        yield IdempotencyKeys(IdempotencyRecords(database), lambda: datetime.now(UTC))


async def test_after_an_error_the_next_call_is_the_first_again(keys):
    for status in (500, 503, 400):
        key = uuid4().hex
        lease = await keys.acquire(CALLER, key, b"x")
        await keys.complete(lease, status, b"{}")
        again = await keys.acquire(CALLER, key, b"x")
        assert isinstance(again, KeyLease)
        await keys.complete(again, 201, b"made")
        assert StoredResponse(201, b"made") == await keys.acquire(CALLER, key, b"x")


async def test_a_call_is_refused_when_the_first_takes_longer_than_it_waits_and_many_leases(mongo_uri, mongo_database):
    async with connect(mongo_uri, mongo_database, "test") as database:
        records, clock = IdempotencyRecords(database), lambda: datetime.now(UTC)
        first, second = (IdempotencyKeys(records, clock, lease_seconds=0.5, wait_seconds=1.5) for _ in range(2))
        lease = await first.acquire(CALLER, "once", b"x")
        with pytest.raises(InvalidState, match="in progress"):
            await second.acquire(CALLER, "once", b"x")
        await first.complete(lease, 201, b"made")
        assert StoredResponse(201, b"made") == await second.acquire(CALLER, "once", b"x")


async def test_a_different_request_is_refused_while_the_first_is_in_progress(keys):
    key = uuid4().hex
    lease = await keys.acquire(CALLER, key, b"x")
    with pytest.raises(Taken, match="different request"):
        await keys.acquire(CALLER, key, b"y")
    await keys.release(lease)


async def test_a_lapsed_lease_goes_to_one_other_and_its_holder_can_change_nothing_more(mongo_uri, mongo_database):
    async with connect(mongo_uri, mongo_database, "test") as database:
        records, name, now = IdempotencyRecords(database), uuid4().hex, datetime.now(UTC)
        await records.acquire(name, b"x", "dead", now, timedelta(0))
        taken = await asyncio.gather(
            *(records.acquire(name, b"x", f"holder {number}", now, timedelta(minutes=1)) for number in range(10))
        )
        holder = taken[0].holder
        assert {holder} == {record.holder for record in taken}
        assert "dead" != holder
        await records.complete(name, "dead", 201, b"late")
        await records.release(name, "dead")
        await records.renew(name, "dead", timedelta(0))
        assert taken[0] == await records.acquire(name, b"x", "other", now, timedelta(minutes=1))
        await records.complete(name, holder, 201, b"made")
        assert b"made" == (await records.acquire(name, b"x", "other", now, timedelta(minutes=1))).body


@pytest.mark.parametrize("error", [RuntimeError, asyncio.CancelledError])
async def test_a_call_that_ends_without_a_response_frees_its_key(keys, error):
    key = uuid4().hex

    async def application(scope, _receive, _send):
        scope["key_lease"] = await keys.acquire(CALLER, key, b"x")
        raise error

    with pytest.raises(error):
        await ResponseRecorder(application, keys)({"type": "http", "method": "POST"}, None, None)
    again = await keys.acquire(CALLER, key, b"x")
    assert isinstance(again, KeyLease)
    await keys.release(again)
