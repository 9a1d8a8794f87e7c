"""The timeline of a message: recorded times alone, in order, and of webhooks what the caller may know."""

from datetime import UTC, datetime, timedelta

import pytest

from mayfly.bus.connection import connect as connect_bus
from mayfly.bus.topology import EVENTS
from mayfly.records.delivery import Attempt
from mayfly.store.client import connect as connect_store
from mayfly.store.deliveries import Deliveries
from mayfly.store.endpoints import Endpoints
from mayfly.testing.builders import make_delivery
from mayfly.webhooks.formats import delivery_id

URL = "https://receiver.example.com/hook?secret=1"


@pytest.fixture
async def store(mongo_uri, mongo_database):
    async with connect_store(mongo_uri, mongo_database, "test") as database:
        yield database


async def hook_of(gateway, headers, **wish):
    answer = await gateway.http.post("/api/v1/webhooks", json={"url": URL, **wish}, headers=headers)
    assert 201 == answer.status_code, answer.text
    return answer.json()


async def delivery(store, hook, message, **fields):
    account = (await Endpoints(store).get(hook["id"])).account_id
    given = {"account_id": account, "inbox_id": message.inbox_id, "created_at": message.stored_at, **fields}
    made = make_delivery(hook["id"], id=delivery_id(message.id, hook["id"]), **given)
    await Deliveries(store).insert_missing([made])
    return made.id


async def timeline(gateway, message, headers):
    answer = await gateway.http.get(f"/api/v1/messages/{message.id}/timeline", headers=headers)
    assert 200 == answer.status_code, answer.text
    return answer.json()


def moment(text):
    return datetime.fromisoformat(text)


async def test_a_mail_was_received_stored_and_announced_by_the_broker_s_own_time(gateway, deliver, nats_url):
    headers = await gateway.account()
    now = datetime.now(UTC).replace(microsecond=123_000)
    message = await deliver(
        await gateway.inbox(headers), received_at=now - timedelta(seconds=2), stored_at=now - timedelta(seconds=1)
    )
    found = await timeline(gateway, message, headers)
    assert (message.id, now - timedelta(seconds=2)) == (found["message_id"], moment(found["received_at"]))
    accepted, stored, visible, announced = found["steps"]
    assert ("accepted", "smtp", message.received_at) == (accepted["kind"], accepted["source"], moment(accepted["at"]))
    assert ("stored", message.stored_at) == (stored["kind"], moment(stored["at"]))
    assert ("visible", "announced") == (visible["kind"], announced["kind"])
    assert visible["at"] == announced["at"]
    async with connect_bus(nats_url, "test") as bus:
        event = await bus.jetstream.get_msg(EVENTS.name, seq=announced["sequence"])
    assert message.id.encode() in event.data
    assert now - timedelta(seconds=1) <= moment(announced["at"]) <= datetime.now(UTC) + timedelta(seconds=1)
    entry = await gateway.http.get(f"/api/v1/messages/{message.id}?peek=true", headers=headers)
    assert entry.json()["is_read"] is False


async def test_each_request_to_a_webhook_is_a_step_and_so_is_the_next_one(gateway, deliver, store):
    headers = await gateway.account()
    inbox = await gateway.inbox(headers)
    hook, other = await hook_of(gateway, headers), await hook_of(gateway, headers, inbox=inbox["id"])
    now = datetime.now(UTC).replace(microsecond=0)
    message = await deliver(inbox, received_at=now, stored_at=now)
    attempts = [
        Attempt(number=1, at=now + timedelta(seconds=10), duration=0.25, error="timed out"),
        Attempt(number=2, at=now + timedelta(seconds=20), duration=0.1234, status=503, answer="busy"),
    ]
    due = now + timedelta(minutes=5)
    failing = await delivery(store, hook, message, attempts=attempts, next_attempt_at=due)
    done = [Attempt(number=1, at=now + timedelta(seconds=15), duration=0.01, status=204)]
    delivered = await delivery(store, other, message, attempts=done, status="delivered")
    await delivery(store, hook, await deliver(inbox), attempts=attempts)  # of another mail
    steps = (await timeline(gateway, message, headers))["steps"]
    assert sorted(steps, key=lambda step: moment(step["at"])) == steps
    first, *rest = [step for step in steps if step["kind"].startswith("webhook")]
    assert {
        "kind": "webhook_attempt",
        "at": first["at"],
        "delivery_id": failing,
        "webhook_id": hook["id"],
        "url": URL,
        "attempt": 1,
        "status": None,
        "error": "timed out",
        "answer": "",
        "duration_ms": 250.0,
        "is_delivered": False,
        "delivery_status": "pending",
    } == first
    assert [
        ("webhook_attempt", delivered, 1, True),
        ("webhook_attempt", failing, 2, False),
        ("webhook_pending", failing, 3, None),
    ] == [(step["kind"], step["delivery_id"], step["attempt"], step.get("is_delivered")) for step in rest]
    assert (due, "busy", 123.4) == (moment(rest[2]["at"]), rest[1]["answer"], rest[1]["duration_ms"])


async def test_who_has_the_inbox_alone_sees_of_a_webhook_its_host(gateway, deliver, store):
    headers = await gateway.account()
    inbox = await gateway.inbox(headers)
    hook, message = await hook_of(gateway, headers), await deliver(inbox)
    attempts = [Attempt(number=1, at=datetime.now(UTC), duration=1, status=500, error="500", answer="secret")]
    await delivery(store, hook, message, attempts=attempts)
    found = await timeline(gateway, message, {"Authorization": f"Bearer {inbox['token']}"})
    (step,) = [step for step in found["steps"] if step["kind"] == "webhook_attempt"]
    assert ("receiver.example.com", 500) == (step["url"], step["status"])
    assert not {"error", "answer"} & set(step)


async def test_requests_to_a_webhook_that_was_deleted_since_are_still_told(gateway, deliver, store):
    headers = await gateway.account()
    hook, message = await hook_of(gateway, headers), await deliver(await gateway.inbox(headers))
    attempts = [Attempt(number=1, at=datetime.now(UTC), duration=1, status=200)]
    await delivery(store, hook, message, attempts=attempts, status="delivered")
    assert 204 == (await gateway.http.delete(f"/api/v1/webhooks/{hook['id']}", headers=headers)).status_code
    found = await timeline(gateway, message, headers)
    (step,) = [step for step in found["steps"] if step["kind"] == "webhook_attempt"]
    assert (hook["id"], None) == (step["webhook_id"], step["url"])


async def test_what_the_broker_has_dropped_is_left_out(gateway, deliver, nats_url):
    headers = await gateway.account()
    message = await deliver(await gateway.inbox(headers))
    announced = (await timeline(gateway, message, headers))["steps"][-1]
    async with connect_bus(nats_url, "test") as bus:
        await bus.jetstream.delete_msg(EVENTS.name, announced["sequence"])
    assert ["accepted", "stored"] == [step["kind"] for step in (await timeline(gateway, message, headers))["steps"]]


async def test_a_stranger_s_message_has_no_timeline(gateway, deliver):
    headers = await gateway.account()
    message = await deliver(await gateway.inbox(headers))
    for given in (None, await gateway.account()):
        answer = await gateway.http.get(f"/api/v1/messages/{message.id}/timeline", headers=given)
        assert 404 == answer.status_code


async def test_deliveries_of_a_message_are_found_in_the_index_of_ids(store, deliver, gateway):
    headers = await gateway.account()
    hook, message = await hook_of(gateway, headers), await deliver(await gateway.inbox(headers))
    await delivery(store, hook, message)
    first = message.id[:13]
    plan = await store["deliveries"].find({"_id": {"$gte": first, "$lt": first + "g"}}).hint("_id_").explain()
    found = await Deliveries(store).of_message(message.id, message.inbox_id, limit=10)
    assert [delivery_id(message.id, hook["id"])] == [one.id for one in found]
    assert plan["executionStats"]["totalKeysExamined"] <= 2
