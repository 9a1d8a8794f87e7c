"""Inboxes beyond VaultMail: pages, changes, archives, fault plans, repeated requests."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from mayfly.events.facts import new_event_id
from mayfly.store.client import connect
from mayfly.store.client import connect as connect_store
from mayfly.store.creations import Creations
from mayfly.testing.builders import NOON, UNLIMITED, make_inbox


async def test_lists_go_page_by_page_and_the_array_stays_an_array(gateway):
    key = await gateway.account()
    made = [(await gateway.inbox(key, label="a" if n % 2 else "b"))["address"] for n in range(5)]
    seen, path = [], "/api/v1/inboxes?limit=2"
    while path:
        answer = await gateway.http.get(path, headers=key)
        seen += [inbox["address"] for inbox in answer.json()]
        path = answer.links["next"]["url"] if "next" in answer.links else None
        assert (path is None) == ("x-next-cursor" not in answer.headers)
    assert made[::-1] == seen
    labelled = (await gateway.http.get("/api/v1/inboxes?label=a", headers=key)).json()
    assert made[3::-2] == [inbox["address"] for inbox in labelled]


async def test_a_patch_changes_what_it_names_and_nothing_else(gateway):
    key = await gateway.account()
    inbox = await gateway.inbox(key, label="before", ttl_seconds=60)
    path = f"/api/v1/inboxes/{inbox['address']}"
    changed = (await gateway.http.patch(path, json={"label": "after"}, headers=key)).json()
    assert ("after", inbox["inbox_expires_at"]) == (changed["label"], changed["inbox_expires_at"])
    changed = (await gateway.http.patch(path, json={"ttl_seconds": 7200}, headers=key)).json()
    assert datetime.fromisoformat(changed["inbox_expires_at"]) > datetime.now(UTC) + timedelta(minutes=110)
    with_hook = (await gateway.http.patch(path, json={"webhook_url": "https://your.app/x"}, headers=key)).json()
    assert ("after", "https://your.app/x", 48) == (
        with_hook["label"],
        with_hook["webhook_url"],
        len(with_hook["webhook_secret"]),
    )
    without = (await gateway.http.patch(path, json={"webhook_url": None}, headers=key)).json()
    assert without["webhook_url"] is None
    assert 403 == (await gateway.http.patch(path, json={"ttl_seconds": 10**8}, headers=key)).status_code


async def test_a_webhook_goes_to_public_https_only(gateway):
    key = await gateway.account()
    for url in ("http://your.app/x", "https://127.0.0.1/x", "https://169.254.169.254/", "ftp://a.b/", "x"):
        answer = await gateway.http.post("/api/v1/inboxes", json={"webhook_url": url}, headers=key)
        assert (url, 400, True) == (url, answer.status_code, "webhook_url" in answer.json()["message"])


async def test_an_inbox_is_gone_at_its_moment_exactly(gateway):
    key = await gateway.account()
    inbox = await gateway.inbox(key, ttl_seconds=1)
    moment = datetime.fromisoformat(inbox["inbox_expires_at"])
    path = f"/api/v1/inboxes/{inbox['address']}"
    assert 200 == (await gateway.http.get(path, headers=key)).status_code
    await asyncio.sleep((moment - datetime.now(UTC)).total_seconds() + 0.01)
    assert 404 == (await gateway.http.get(path, headers=key)).status_code
    assert (
        201
        == (
            await gateway.http.post("/api/v1/inboxes", json={"local_part": inbox["address"].split("@")[0]}, headers=key)
        ).status_code
    )


async def test_an_archived_address_stays_its_accounts_and_comes_back_empty(gateway, mongo_uri, mongo_database, deliver):
    key = await gateway.account()
    inbox = await gateway.inbox(key)
    await deliver(inbox)
    async with connect(mongo_uri, mongo_database, "test") as database:
        expired = {"recoverable": True, "expires_at": datetime.now(UTC) - timedelta(seconds=1)}
        await database["inboxes"].update_one({"_id": inbox["id"]}, {"$set": expired})
    local_part = inbox["address"].split("@")[0]
    taken = await gateway.http.post("/api/v1/inboxes/generate", json={"local_part": local_part})
    assert 409 == taken.status_code
    listed = (await gateway.http.get("/api/v1/inboxes?status=archived", headers=key)).json()
    assert [(inbox["address"], "archived")] == [(found["address"], found["status"]) for found in listed]
    path = f"/api/v1/inboxes/{inbox['address']}/reactivate"
    assert 404 == (await gateway.http.post(path, headers=await gateway.account())).status_code
    again = await gateway.http.post(path, json={"ttl_seconds": 60}, headers=key)
    assert (201, inbox["address"]) == (again.status_code, again.json()["address"])
    assert [] == (await gateway.http.get(f"/api/v1/inboxes/{inbox['address']}/messages", headers=key)).json()
    assert 404 == (await gateway.http.post(path, headers=key)).status_code


async def test_a_fault_plan_is_put_read_and_cleared(gateway):
    inbox = await gateway.inbox()
    path = f"/api/v1/inboxes/{inbox['address']}/fault-plan"
    assert 404 == (await gateway.http.get(path)).status_code
    plan = {"steps": [{"times": 2, "at": "data", "code": 451}, {"code": 550, "at": "rcpt", "text": "go away"}]}
    assert 200 == (await gateway.http.put(path, json=plan)).status_code
    read = (await gateway.http.get(path)).json()
    assert (0, [451, 550]) == (read["seen"], [step["code"] for step in read["steps"]])
    bad = {"steps": [{"code": 451}, {"code": 250}]}
    refused = await gateway.http.put(path, json=bad)
    assert (400, True) == (refused.status_code, "steps" in refused.json()["message"])
    for at in ("mail", "auth"):  # which come before RCPT
        refused = await gateway.http.put(path, json={"steps": [{"code": 451}, {"code": 550, "at": at}]})
        assert (400, True) == (refused.status_code, "spaces only" in refused.json()["message"])
    assert 2 == len((await gateway.http.get(path)).json()["steps"])
    assert 204 == (await gateway.http.delete(path)).status_code
    assert 404 == (await gateway.http.get(path)).status_code


async def test_a_repeated_creation_gives_the_first_answer_with_its_secrets(gateway):
    key = await gateway.account()
    headers = {**key, "Idempotency-Key": "once"}
    wish = {"label": "x", "webhook_url": "https://your.app/x"}
    first = await gateway.http.post("/api/v1/inboxes", json=wish, headers=headers)
    second = await gateway.http.post("/api/v1/inboxes", json=wish, headers=headers)
    assert (201, 201, first.content) == (first.status_code, second.status_code, second.content)
    assert "true" == second.headers["idempotency-replayed"]
    assert 1 == len((await gateway.http.get("/api/v1/inboxes", headers=key)).json())
    other = await gateway.http.post("/api/v1/inboxes", json={"label": "y"}, headers=headers)
    assert (409, "conflict") == (other.status_code, other.json()["error"])
    stranger = await gateway.http.post(
        "/api/v1/inboxes", json=wish, headers={**await gateway.account(), "Idempotency-Key": "once"}
    )
    assert first.json()["id"] != stranger.json()["id"]


async def test_what_was_refused_may_be_tried_again_under_its_key(gateway):
    headers = {"Idempotency-Key": "again"}
    name = gateway.person.split("@")[0]
    await gateway.inbox(local_part=name)
    wish = {"local_part": name}
    assert 409 == (await gateway.http.post("/api/v1/inboxes/generate", json=wish, headers=headers)).status_code
    await gateway.http.delete(f"/api/v1/inboxes/{name}@mayfly.test")
    assert 201 == (await gateway.http.post("/api/v1/inboxes/generate", json=wish, headers=headers)).status_code


async def test_no_secret_of_a_kept_answer_can_be_read_in_the_store(gateway, mongo_uri, mongo_database):
    key = await gateway.account()
    made = await gateway.http.post(
        "/api/v1/api-keys", json={"label": "x"}, headers={**key, "Idempotency-Key": gateway.person}
    )
    async with connect(mongo_uri, mongo_database, "test") as database:
        kept = b"".join([found["body"] or b"" async for found in database["idempotency"].find() if "body" in found])
    assert kept
    assert made.json()["plaintext"].encode() not in kept


@pytest.mark.parametrize("address", ["jos\u00e9@mayfly.test", "o'neil@mayfly.test"])
async def test_an_inbox_of_an_earlier_version_with_another_kind_of_name_is_read_by_its_id(
    gateway, deliver, mongo_uri, mongo_database, address
):
    key = await gateway.account()
    account = (await gateway.http.get("/api/v1/account", headers=key)).json()["id"]
    inbox = make_inbox(address, id=new_event_id(), account_id=account, expires_at=None)
    async with connect_store(mongo_uri, mongo_database, "test") as database:
        await database["inboxes"].delete_many({"address": address})
        await Creations(database).create(inbox, UNLIMITED, NOON)
    mail = await deliver({"id": inbox.id, "address": address})
    path = f"/api/v1/inboxes/{inbox.id}"
    assert [address] == [i["address"] for i in (await gateway.http.get("/api/v1/inboxes", headers=key)).json()]
    assert [mail.id] == [m["id"] for m in (await gateway.http.get(f"{path}/messages", headers=key)).json()]
    assert 404 == (await gateway.http.get(f"/api/v1/inboxes/{address}", headers=key)).status_code
    assert 204 == (await gateway.http.delete(path, headers=key)).status_code


async def test_what_looks_like_another_address_cannot_be_chosen(gateway):
    for local in ("b\u043eb", "bob\ufe0f", "\uff42ob", "\u212aim", "stra\u00dfe", "a*", "a%b", "-a", "a_", "a..b", ""):
        answer = await gateway.http.post("/api/v1/inboxes/generate", json={"local_part": local})
        assert (local, 400, True) == (local, answer.status_code, "local_part" in answer.json()["message"])
