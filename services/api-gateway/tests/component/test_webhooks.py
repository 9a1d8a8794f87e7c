"""Webhook endpoints, their log, and receipts, over HTTP."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from mayfly.bus.connection import connect as connect_bus
from mayfly.bus.topology import EVENTS
from mayfly.events import codec, facts, subjects
from mayfly.events.facts import new_event_id
from mayfly.records.delivery import Attempt
from mayfly.records.receipt import Receipt
from mayfly.store.client import connect as connect_store
from mayfly.store.deliveries import Deliveries
from mayfly.store.endpoints import Endpoints
from mayfly.store.receipts import Receipts
from mayfly.testing.builders import make_delivery

HOOKS = "/api/v1/webhooks"
URL = "https://receiver.example.com/hook"
MOMENT = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
async def store(mongo_uri, mongo_database):
    async with connect_store(mongo_uri, mongo_database, "test") as database:
        yield database


async def made(gateway, headers, **wish):
    answer = await gateway.http.post(HOOKS, json={"url": URL, **wish}, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def newest_event(nats_url, subject):
    async with connect_bus(nats_url, "test") as bus:
        message = await bus.jetstream.get_last_msg(EVENTS.name, subject)
    return codec.decode(message.headers[subjects.TYPE_HEADER], message.data)


async def delivery(store, hook, **fields):
    account = (await Endpoints(store).get(hook["id"])).account_id
    given = {"account_id": account, "payload": b'{"a":1}', "created_at": datetime.now(UTC), **fields}
    made = make_delivery(hook["id"], **given)
    await Deliveries(store).insert_missing([made])
    return made.id


async def test_an_endpoint_is_made_shown_changed_and_deleted_and_its_secret_told_once(gateway):
    headers = await gateway.account()
    inbox = await gateway.inbox(headers)
    hook = await made(gateway, headers, inbox=inbox["address"], events=["message.received"], description="CI")
    assert hook["secret"].startswith("whsec_")
    assert (URL, "standard", inbox["id"], True) == (hook["url"], hook["format"], hook["inbox_id"], hook["enabled"])
    path = f"{HOOKS}/{hook['id']}"
    shown = (await gateway.http.get(path, headers=headers)).json()
    assert {**shown, "secret": hook["secret"]} == hook
    assert [shown] == (await gateway.http.get(HOOKS, headers=headers)).json()
    off = (await gateway.http.patch(path, json={"enabled": False}, headers=headers)).json()
    assert (False, "switched off by its owner", "CI") == (off["enabled"], off["disabled_reason"], off["description"])
    on = (await gateway.http.patch(path, json={"enabled": True, "events": []}, headers=headers)).json()
    assert (True, None, []) == (on["enabled"], on["disabled_reason"], on["events"])
    assert 204 == (await gateway.http.delete(path, headers=headers)).status_code
    assert 404 == (await gateway.http.get(path, headers=headers)).status_code
    assert 404 == (await gateway.http.delete(path, headers=headers)).status_code


async def test_a_bad_endpoint_is_400_and_names_the_field(gateway):
    headers = await gateway.account()
    for wish in (
        {"url": "http://receiver.example.com/"},
        {"url": "https://10.0.0.1/"},
        {"url": "https://metadata.google.internal/"},
        {"url": ""},
        {"format": "xml"},
        {"events": ["everything"]},
        {"url": 7},
    ):
        answer = await gateway.http.post(HOOKS, json={"url": URL, **wish}, headers=headers)
        assert (wish, 400) == (wish, answer.status_code)
        assert next(iter(wish)) in answer.json()["message"]


async def test_a_plan_without_webhooks_is_403_and_names_one_that_has_them(gateway):
    answer = await gateway.http.post(HOOKS, json={"url": URL}, headers=await gateway.account(plan="free"))
    assert 403 == answer.status_code
    assert "hobbyist" in answer.json()["message"]
    assert 401 == (await gateway.http.get(HOOKS)).status_code


async def test_the_51st_endpoint_is_429_however_many_ask_at_once(gateway, store):
    headers = await gateway.account()
    hook = await made(gateway, headers)
    template = await Endpoints(store).get(hook["id"])
    for number in range(45):
        await store["webhook_endpoints"].insert_one(
            {
                "_id": f"e{number}",
                "account_id": template.account_id,
                "url": URL,
                "secret": "s",
                "created_at": MOMENT,
                "inbox_id": None,
            }
        )
    asked = await asyncio.gather(*(gateway.http.post(HOOKS, json={"url": URL}, headers=headers) for _ in range(10)))
    refused = [answer for answer in asked if answer.status_code == 429]
    assert 6 <= len(refused)
    assert {"quota_exceeded"} == {answer.json()["error"] for answer in refused}
    assert 50 >= len((await gateway.http.get(HOOKS, headers=headers)).json())


async def test_after_a_rotation_both_secrets_are_valid_for_a_day(gateway, store):
    headers = await gateway.account()
    hook = await made(gateway, headers)
    rotated = (await gateway.http.post(f"{HOOKS}/{hook['id']}/rotate-secret", headers=headers)).json()
    assert rotated["secret"] != hook["secret"]
    endpoint = await Endpoints(store).get(hook["id"])
    now = datetime.now(UTC)
    assert [rotated["secret"], hook["secret"]] == endpoint.secrets_valid_at(now)
    assert [rotated["secret"]] == endpoint.secrets_valid_at(now + timedelta(hours=25))


async def test_a_test_event_is_asked_for_with_the_id_its_delivery_will_have(gateway, clean_nats):
    headers = await gateway.account()
    hook = await made(gateway, headers)
    answer = await gateway.http.post(f"{HOOKS}/{hook['id']}/test", headers=headers)
    assert 202 == answer.status_code
    event = await newest_event(clean_nats, "mayfly.event.account.*.endpoint-test")
    assert isinstance(event, facts.EndpointTestRequested)
    assert hook["id"] == event.endpoint_id
    assert 36 == len(answer.json()["delivery_id"])


async def test_the_log_is_paged_filtered_and_tells_every_attempt(gateway, store):
    headers = await gateway.account()
    hook = await made(gateway, headers)
    attempt = Attempt(number=1, at=MOMENT, duration=0.25, status=500, error="answered 500", answer="boom")
    failed = await delivery(store, hook, status="failed", attempts=[attempt])
    delivered = [await delivery(store, hook, status="delivered") for _ in range(3)]
    path = f"{HOOKS}/{hook['id']}/deliveries"
    first = await gateway.http.get(path, params={"limit": 2}, headers=headers)
    assert delivered[:0:-1] == [entry["id"] for entry in first.json()]
    rest = await gateway.http.get(path, params={"cursor": first.headers["X-Next-Cursor"]}, headers=headers)
    assert [delivered[0], failed] == [entry["id"] for entry in rest.json()]
    (only,) = (await gateway.http.get(path, params={"status": "failed"}, headers=headers)).json()
    assert (1, 500, "answered 500") == (only["attempt_count"], only["last_status"], only["last_error"])
    detail = (await gateway.http.get(f"{HOOKS}/deliveries/{failed}", headers=headers)).json()
    assert ('{"a":1}', "boom", 0.25) == (
        detail["payload"],
        detail["attempts"][0]["answer"],
        detail["attempts"][0]["duration"],
    )
    assert 400 == (await gateway.http.get(path, params={"status": "lost"}, headers=headers)).status_code


async def test_a_finished_delivery_can_be_made_again_and_a_pending_or_emptied_one_cannot(gateway, store, clean_nats):
    headers = await gateway.account()
    hook = await made(gateway, headers)
    failed, pending = await delivery(store, hook, status="failed"), await delivery(store, hook)
    emptied = await delivery(store, hook, status="delivered", payload=b"")

    async def ask(delivery_id):
        return (await gateway.http.post(f"{HOOKS}/deliveries/{delivery_id}/redeliver", headers=headers)).status_code

    assert [202, 409, 410, 404] == [await ask(d) for d in (failed, pending, emptied, new_event_id())]
    event = await newest_event(clean_nats, "mayfly.event.account.*.redelivery")
    assert (failed, hook["id"]) == (event.delivery_id, event.endpoint_id)
    await gateway.http.patch(f"{HOOKS}/{hook['id']}", json={"enabled": False}, headers=headers)
    assert 409 == await ask(failed)


async def test_a_span_of_time_can_be_replayed(gateway, clean_nats):
    headers = await gateway.account()
    hook = await made(gateway, headers)
    path = f"{HOOKS}/{hook['id']}/replay"
    since = datetime.now(UTC) - timedelta(hours=2)
    answer = await gateway.http.post(path, json={"since": since.isoformat()}, headers=headers)
    assert (202, {"accepted": True}) == (answer.status_code, answer.json())
    event = await newest_event(clean_nats, "mayfly.event.account.*.redelivery")
    assert ("", False, since) == (event.delivery_id, event.delivered_too, event.since)
    backwards = {"since": since.isoformat(), "until": (since - timedelta(hours=1)).isoformat()}
    assert 400 == (await gateway.http.post(path, json=backwards, headers=headers)).status_code
    assert 400 == (await gateway.http.post(path, json={}, headers=headers)).status_code


async def test_a_stranger_finds_none_of_it(gateway, store):
    owner, stranger = await gateway.account(), await gateway.account()
    inbox = await gateway.inbox(owner)
    hook = await made(gateway, owner)
    logged = await delivery(store, hook, status="failed")
    one, log = f"{HOOKS}/{hook['id']}", f"{HOOKS}/deliveries/{logged}"
    assert (
        404 == (await gateway.http.post(HOOKS, json={"url": URL, "inbox": inbox["id"]}, headers=stranger)).status_code
    )
    for method, path, body in (
        ("GET", one, None),
        ("PATCH", one, {"enabled": False}),
        ("DELETE", one, None),
        ("POST", f"{one}/test", None),
        ("POST", f"{one}/rotate-secret", None),
        ("GET", f"{one}/deliveries", None),
        ("POST", f"{one}/replay", {"since": "2026-11-21T00:00:00Z"}),
        ("GET", log, None),
        ("POST", f"{log}/redeliver", None),
    ):
        assert 404 == (await gateway.http.request(method, path, json=body, headers=stranger)).status_code, path
    assert [] == (await gateway.http.get(HOOKS, headers=stranger)).json()


async def test_receipts_are_the_owners_to_fetch(gateway, store):
    owner, stranger = await gateway.account(), await gateway.account()
    hook = await made(gateway, owner)
    account = (await Endpoints(store).get(hook["id"])).account_id
    receipt = Receipt(
        id=new_event_id(),
        account_id=account,
        address="gone@mayfly.test",
        ending="expired",
        created_at=MOMENT,
        expires_at=MOMENT,
        emptied_at=MOMENT,
        message_count=3,
        octets=4096,
    )
    await Receipts(store).insert_missing([receipt])
    (shown,) = (await gateway.http.get("/api/v1/receipts", headers=owner)).json()
    assert (receipt.id, "expired", 3, 4096) == (
        shown["inbox_id"],
        shown["ending"],
        shown["message_count"],
        shown["octets"],
    )
    assert shown == (await gateway.http.get(f"/api/v1/receipts/{receipt.id}", headers=owner)).json()
    assert 404 == (await gateway.http.get(f"/api/v1/receipts/{receipt.id}", headers=stranger)).status_code
    assert [] == (await gateway.http.get("/api/v1/receipts", headers=stranger)).json()


async def test_an_endpoint_of_any_format_for_an_inbox_survives_a_change_of_its_webhook_url(gateway):
    account = await gateway.account()
    inbox = await gateway.inbox(account, webhook_url="https://first.example.com/hook")
    wish = {"url": "https://own.example.com/hook", "format": "vaultmail", "inbox": inbox["id"]}
    made = (await gateway.http.post("/api/v1/webhooks", json=wish, headers=account)).json()
    path = f"/api/v1/inboxes/{inbox['id']}"
    changed = await gateway.http.patch(path, json={"webhook_url": "https://second.example.com/hook"}, headers=account)
    assert "https://second.example.com/hook" == changed.json()["webhook_url"]
    assert 200 == (await gateway.http.get(f"/api/v1/webhooks/{made['id']}", headers=account)).status_code
    assert 200 == (await gateway.http.patch(path, json={"webhook_url": None}, headers=account)).status_code
    urls = {found["url"] for found in (await gateway.http.get("/api/v1/webhooks", headers=account)).json()}
    assert {"https://own.example.com/hook"} == urls


async def test_endpoints_of_any_format_for_an_inbox_count_towards_the_limit(gateway):
    account = await gateway.account()
    inbox = await gateway.inbox(account, webhook_url="https://first.example.com/hook")
    wish = {"url": "https://own.example.com/hook", "format": "vaultmail", "inbox": inbox["id"]}
    statuses = [
        (await gateway.http.post("/api/v1/webhooks", json=wish, headers=account)).status_code for _ in range(51)
    ]
    assert [201] * 50 + [429] == statuses


async def test_an_endpoint_in_ephemasks_format_is_not_the_account_webhook(gateway):
    account = await gateway.account()
    wish = {"url": "https://own.example.com/hook", "format": "ephemask"}
    made = (await gateway.http.post("/api/v1/webhooks", json=wish, headers=account)).json()
    assert 404 == (await gateway.http.get("/user/webhook", headers=account)).status_code
    await gateway.http.put("/user/webhook", json={"url": "https://all.example.com/hook"}, headers=account)
    await gateway.inbox(account, webhook_url="https://one.example.com/hook")
    listed = (await gateway.http.get("/api/v1/webhooks", headers=account)).json()
    assert ["inbox", "account", "api"] == [webhook["origin"] for webhook in listed]
    assert 204 == (await gateway.http.delete("/user/webhook", headers=account)).status_code
    assert 200 == (await gateway.http.get(f"/api/v1/webhooks/{made['id']}", headers=account)).status_code
