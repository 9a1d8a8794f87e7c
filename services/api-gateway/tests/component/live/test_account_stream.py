"""The stream of an account: all its inboxes, from one cursor, and what clients change in them."""

import asyncio
import random
from contextlib import asynccontextmanager

import pytest

from mayfly.bus.connection import connect as connect_bus

from ...conftest import deliver as deliver  # noqa: PLC0414, TID252 - a fixture
from .conftest import read_events

MAILS = 120
PATH = "/api/v1/sse/messages"


@asynccontextmanager
async def following(gateway, headers, **options):
    async with gateway.http.stream("GET", PATH, timeout=20, headers=headers, **options) as answer:
        assert 200 == answer.status_code, await answer.aread()
        events = read_events(answer.aiter_lines())
        first = await anext(events)
        assert ("connected", {"cursor": first.id}) == (first.name, first.data)
        yield events


async def until(events, name):
    async with asyncio.timeout(10):
        async for event in events:
            if event.name == name:
                return event
    raise AssertionError(name)


async def an_owner(gateway, **wish):
    headers = await gateway.account()
    account_id = (await gateway.http.get("/api/v1/account", headers=headers)).json()["id"]
    return headers, account_id, {**await gateway.inbox(headers, **wish), "account_id": account_id}


@pytest.fixture
def send(deliver):
    """Store and announce a mail of an account's inbox: `await send(inbox)`."""
    return deliver


async def test_it_tells_the_mail_of_every_inbox_also_of_one_that_is_made_later_and_nobody_elses(gateway, send):
    owner, account_id, inbox = await an_owner(gateway)
    _, _, other = await an_owner(gateway)
    async with following(gateway, owner) as events:
        first = await send(inbox, subject="first")
        await send(other)
        later = {**await gateway.inbox(owner), "account_id": account_id}
        second = await send(later)
        one, two = await until(events, "message"), await until(events, "message")
    assert [(first.id, inbox["id"]), (second.id, later["id"])] == [
        (e.data["id"], e.data["inbox_id"]) for e in (one, two)
    ]
    assert {"type", "id", "from", "subject", "has_otp", "inbox", "inbox_id"} == one.data.keys()
    assert (inbox["address"], "first") == (one.data["inbox"], one.data["subject"])
    assert one.id < two.id


async def test_the_cursor_of_the_list_leads_on_and_the_header_wins(gateway, send):
    owner, _, inbox = await an_owner(gateway)
    await send(inbox)
    await asyncio.sleep(0.1)
    cursor = (await gateway.http.get("/api/v1/messages", headers=owner)).headers["x-cursor"]
    sent = [(await send(inbox)).id for _ in range(3)]
    async with following(gateway, owner, params={"after": cursor}) as events:
        found = [await until(events, "message") for _ in range(3)]
    assert sent == [event.data["id"] for event in found]
    async with following(gateway, {**owner, "Last-Event-ID": str(found[1].id)}, params={"after": cursor}) as events:
        assert sent[2] == (await until(events, "message")).data["id"]


async def test_an_inbox_that_ends_is_told_and_the_stream_goes_on(gateway, send):
    owner, _, inbox = await an_owner(gateway)
    ended = await gateway.inbox(owner)
    async with following(gateway, owner) as events:
        assert 204 == (await gateway.http.delete(f"/api/v1/inboxes/{ended['id']}", headers=owner)).status_code
        event = await until(events, "deleted")
        assert {"inbox_id": ended["id"], "address": ended["address"]} == event.data
        sent = await send(inbox)
        assert sent.id == (await until(events, "message")).data["id"]


async def test_what_any_client_changes_is_told_without_an_id_and_only_to_those_who_ask(gateway, start_gateway, send):
    owner, _, inbox = await an_owner(gateway)
    one, two = await send(inbox), await send(inbox)
    other, path = await start_gateway(), f"/api/v1/inboxes/{inbox['id']}"
    async with (
        following(other, owner, params={"changes": "true"}) as events,
        following(other, owner) as quiet,
        other.http.stream("GET", f"/api/v1/sse/inbox/{inbox['id']}", params={"changes": "true"}, headers=owner) as own,
    ):
        in_inbox = read_events(own.aiter_lines())
        assert "connected" == (await anext(in_inbox)).name
        http = gateway.http
        await http.get(f"/api/v1/messages/{one.id}", headers=owner)
        await http.patch(f"/api/v1/messages/{one.id}", json={"is_read": False}, headers=owner)
        await http.patch(f"/api/v1/messages/{two.id}", json={"tags": ["Late"]}, headers=owner)
        await http.post(f"{path}/mark-all-read", headers=owner)
        await http.delete(f"/api/v1/messages/{two.id}", headers=owner)
        await http.post(f"{path}/clear", headers=owner)
        expected = [
            {"what": "read", "ids": [one.id], "tags": []},
            {"what": "unread", "ids": [one.id], "tags": []},
            {"what": "tagged", "ids": [two.id], "tags": ["Late"]},
            {"what": "anything", "ids": [], "tags": []},
            {"what": "deleted", "ids": [two.id], "tags": []},
            {"what": "emptied", "ids": [], "tags": []},
        ]
        for stream in (events, in_inbox):
            told = [await until(stream, "change") for _ in expected]
            assert [{"inbox_id": inbox["id"], **each} for each in expected] == [event.data for event in told]
            assert {None} == {event.id for event in told}
        sent = await send(inbox)
        assert sent.id == (await anext(quiet)).data["id"]


async def test_inboxes_that_are_made_changed_and_deleted_are_told(gateway, start_gateway):
    owner, _, _ = await an_owner(gateway)
    stranger = await gateway.account()
    other = await start_gateway()
    async with following(other, owner, params={"changes": "true"}) as events:
        await gateway.inbox(stranger)
        made = await gateway.inbox(owner)
        path = f"/api/v1/inboxes/{made['id']}"
        await gateway.http.patch(path, json={"label": "new"}, headers=owner)
        await gateway.http.delete(path, headers=owner)
        told = [await until(events, "inbox") for _ in range(3)]
    same = {"inbox_id": made["id"], "address": made["address"]}
    assert [{**same, "what": what} for what in ("created", "changed", "deleted")] == [event.data for event in told]


async def test_strangers_are_told_nothing(gateway, send):
    owner, _, inbox = await an_owner(gateway)
    stranger = await gateway.account()
    async with following(gateway, stranger, params={"changes": "true"}) as events:
        message = await send(inbox)
        await gateway.http.patch(f"/api/v1/messages/{message.id}", json={"is_read": True}, headers=owner)
        await gateway.http.delete(f"/api/v1/inboxes/{inbox['id']}", headers=owner)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await anext(events)


async def test_a_bad_cursor_is_refused_and_one_of_another_stream_reset(gateway, send):
    owner, _, inbox = await an_owner(gateway)
    for params in ({"after": "x"}, {"after": "-1"}, {"changes": "perhaps"}):
        answer = await gateway.http.get(PATH, params=params, headers=owner)
        assert (400, True) == (answer.status_code, next(iter(params)) in answer.json()["message"])
    assert 401 == (await gateway.http.get(PATH)).status_code
    token = {"Authorization": f"Bearer {inbox['token']}"}
    assert 401 == (await gateway.http.get(PATH, headers=token)).status_code
    async with following(gateway, owner, params={"after": "999999999"}) as events:
        assert {"reason": "unknown cursor"} == (await until(events, "reset")).data
        sent = await send(inbox)
        assert sent.id == (await until(events, "message")).data["id"]


async def test_a_cursor_that_is_too_old_is_reset(gateway, send, clean_nats):
    owner, _, inbox = await an_owner(gateway)
    first = await send(inbox)
    async with following(gateway, owner, params={"after": "0"}) as events:
        cursor = (await until(events, "message")).id
    last = await send(inbox)
    async with connect_bus(clean_nats, "test") as bus:
        await bus.jetstream.purge_stream("EVENTS", seq=cursor + 1)
    async with following(gateway, owner, params={"after": str(cursor - 1)}) as events:
        assert "reset" == (await anext(events)).name
        assert last.id == (await until(events, "message")).data["id"]
    assert first.id < last.id


async def test_a_revoked_key_ends_it_at_once(gateway, start_gateway):
    owner = await gateway.account()
    made = (await gateway.http.post("/api/v1/api-keys", json={"label": "CI"}, headers=owner)).json()
    key, other = {"X-API-Key": made["plaintext"]}, await start_gateway()
    for params in ({}, {"changes": "true"}):
        made = (await gateway.http.post("/api/v1/api-keys", json={"label": "CI"}, headers=owner)).json()
        key = {"X-API-Key": made["plaintext"]}
        async with following(other, key, params=params) as events:
            await gateway.http.delete(f"/api/v1/api-keys/{made['id']}", headers=owner)
            async with asyncio.timeout(1):
                assert ["refused"] == [event.name async for event in events]


async def test_after_a_killed_gateway_another_goes_on_without_gap_or_duplicate(start_gateway, send):
    gateways = [await start_gateway(), await start_gateway()]
    owner, account_id, inbox = await an_owner(gateways[1])
    inboxes = [inbox, *[{**await gateways[1].inbox(owner), "account_id": account_id} for _ in range(3)]]
    sent, found = [], []

    async def sending():
        sent.extend([(await send(random.choice(inboxes))).id for _ in range(MAILS)])

    async def reading():
        cursor, gateway = "0", gateways[0]
        while len(found) < MAILS:
            try:
                async with following(gateway, owner, params={"after": cursor}) as events:
                    async for event in events:
                        if event.name == "message":
                            found.append(event.data["id"])
                            cursor = str(event.id)
                        if len(found) == 40 and gateway is gateways[0]:
                            gateway.process.kill()
                        if len(found) == MAILS:
                            return
            except Exception:  # noqa: BLE001 - however the connection ends
                gateway = gateways[1]

    async with asyncio.timeout(60):
        await asyncio.gather(sending(), reading())
    assert sent == found
