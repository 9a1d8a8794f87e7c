"""Credentials that are taken away end every open channel at once, at every replica, without waiting for mail."""

import asyncio
import time

import pytest

from .conftest import watching

# The next ping would come after 15 s, the next mail never. Mostly it takes milliseconds; a busy machine may take seconds.
AT_ONCE = 10.0
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def settings(settings):
    return {**settings, "MAYFLY_JWT_SECRET": "a secret of 32 octets, or more!!"}


@pytest.fixture
async def other(start_gateway):
    """A second replica; the credentials are taken away at the first."""
    return await start_gateway()


async def refused_after(http, address, headers, take_away):
    """How long the stream at `http` goes on after the credentials were taken away, and the names of its last events."""
    async with watching(http, address, headers=headers) as events:
        assert "connected" == (await anext(events)).name
        await take_away()
        since = time.monotonic()
        async with asyncio.timeout(5):
            rest = [event.name async for event in events]
    return time.monotonic() - since, rest


async def a_key(gateway, owner, **wish):
    made = await gateway.http.post("/api/v1/api-keys", json={"label": "CI", **wish}, headers=owner)
    assert 201 == made.status_code, made.text
    return made.json()["id"], {"X-API-Key": made.json()["plaintext"]}


async def a_session(gateway, email):
    answer = await gateway.http.post("/api/v1/auth/login", json={"email": email, "password": PASSWORD})
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def a_person(gateway):
    body = {"email": gateway.person, "password": PASSWORD}
    assert 201 == (await gateway.http.post("/api/v1/auth/register", json=body)).status_code
    return await a_session(gateway, gateway.person)


async def test_a_revoked_key(gateway, other):
    owner = await gateway.account()
    key_id, key = await a_key(gateway, owner)
    inbox = await gateway.inbox(owner)
    for replica in (gateway, other):
        key_id, key = await a_key(gateway, owner)
        seconds, rest = await refused_after(
            replica.http,
            inbox["address"],
            key,
            lambda key_id=key_id: gateway.http.delete(f"/api/v1/api-keys/{key_id}", headers=owner),
        )
        assert ["refused"] == rest
        assert seconds < AT_ONCE


@pytest.mark.parametrize("change", [{"scopes": ["domains:read"]}, {"allowed_domains": ["elsewhere.example"]}])
@pytest.mark.parametrize("holder", ["key", "token"])
async def test_a_key_that_loses_the_scope_or_the_site(gateway, other, change, holder):
    owner = await gateway.account()
    key_id, key = await a_key(gateway, owner, scopes=["mailboxes:read", "mailboxes:write"])
    inbox = await gateway.inbox(key)
    headers = key if holder == "key" else {"Authorization": f"Bearer {inbox['token']}"}
    seconds, rest = await refused_after(
        other.http,
        inbox["address"],
        headers,
        lambda: gateway.http.patch(f"/api/v1/api-keys/{key_id}", json=change, headers=owner),
    )
    assert ["refused"] == rest
    assert seconds < AT_ONCE


async def test_a_wait_of_a_key_that_loses_the_scope(gateway, other):
    owner = await gateway.account()
    key_id, key = await a_key(gateway, owner, scopes=["mailboxes:read"])
    inbox = await gateway.inbox(owner)
    waiting = asyncio.create_task(
        other.http.get(f"/api/v1/inboxes/{inbox['address']}/otp/wait?timeout=30", headers=key)
    )
    await asyncio.sleep(0.5)
    await gateway.http.patch(f"/api/v1/api-keys/{key_id}", json={"scopes": ["team:read"]}, headers=owner)
    async with asyncio.timeout(AT_ONCE):
        assert 403 == (await waiting).status_code


async def test_a_key_and_an_inbox_token_that_a_revoked_key_has_made(gateway, other):
    owner = await gateway.account()
    maker_id, maker = await a_key(gateway, owner, scopes=["mailboxes:read", "mailboxes:write"])
    inbox = await gateway.inbox(maker)
    token = {"Authorization": f"Bearer {inbox['token']}"}
    seconds, rest = await refused_after(
        other.http,
        inbox["address"],
        token,
        lambda: gateway.http.delete(f"/api/v1/api-keys/{maker_id}", headers=owner),
    )
    assert ["refused"] == rest
    assert seconds < AT_ONCE


async def test_a_session_that_is_logged_out_and_only_that_one(gateway, other):
    first = await a_person(gateway)
    second = await a_session(gateway, gateway.person)
    inbox = await gateway.inbox(first)
    async with watching(other.http, inbox["address"], headers=second) as kept:
        assert "connected" == (await anext(kept)).name
        seconds, rest = await refused_after(
            other.http, inbox["address"], first, lambda: gateway.http.post("/api/v1/auth/logout", headers=first)
        )
        assert (["refused"], True) == (rest, seconds < AT_ONCE)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await anext(kept)


async def test_sessions_of_a_changed_password_but_the_one_that_changed_it(gateway, other):
    changing = await a_person(gateway)
    stolen = await a_session(gateway, gateway.person)
    inbox = await gateway.inbox(changing)
    change = {"password": "another horse battery", "current_password": PASSWORD}
    async with watching(other.http, inbox["address"], headers=changing) as kept:
        assert "connected" == (await anext(kept)).name
        seconds, rest = await refused_after(
            other.http,
            inbox["address"],
            stolen,
            lambda: gateway.http.patch("/api/v1/account", json=change, headers=changing),
        )
        assert (["refused"], True) == (rest, seconds < AT_ONCE)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await anext(kept)


async def test_a_suspended_account(gateway, other):
    owner = await gateway.account()
    account_id = (await gateway.http.get("/api/v1/account", headers=owner)).json()["id"]
    inbox = await gateway.inbox(owner)
    seconds, rest = await refused_after(
        other.http,
        inbox["address"],
        owner,
        lambda: gateway.http.patch(
            f"/api/v1/admin/accounts/{account_id}", json={"suspended": True}, headers=gateway.operator
        ),
    )
    assert ["refused"] == rest
    assert seconds < AT_ONCE


@pytest.mark.parametrize("call", ["messages/wait?timeout=30", "otp/wait?timeout=30", "messages/none?for=30"])
async def test_a_wait_ends_at_once_too(gateway, other, call):
    owner = await gateway.account()
    key_id, key = await a_key(gateway, owner)
    inbox = await gateway.inbox(owner)
    waiting = asyncio.create_task(other.http.get(f"/api/v1/inboxes/{inbox['address']}/{call}", headers=key))
    await asyncio.sleep(0.5)
    await gateway.http.delete(f"/api/v1/api-keys/{key_id}", headers=owner)
    async with asyncio.timeout(AT_ONCE):
        answer = await waiting
    assert (401, "unauthorized") == (answer.status_code, answer.json()["error"])


async def test_other_keys_of_the_account_go_on(gateway, announce):
    owner = await gateway.account()
    inbox = await gateway.inbox(owner)
    async with watching(gateway.http, inbox["address"], headers=owner) as events:
        assert "connected" == (await anext(events)).name
        key_id, _ = await a_key(gateway, owner)
        await gateway.http.delete(f"/api/v1/api-keys/{key_id}", headers=owner)
        announced = await announce(inbox)
        event = await anext(events)
    assert announced == (event.id, event.data["id"])


async def test_a_deleted_inbox_ends_the_streams_of_its_token(gateway, other):
    inbox = await gateway.inbox()
    token = {"Authorization": f"Bearer {inbox['token']}"}
    seconds, rest = await refused_after(
        other.http,
        inbox["address"],
        token,
        lambda: gateway.http.delete(f"/api/v1/inboxes/{inbox['address']}", headers=token),
    )
    assert ["deleted"] == rest
    assert seconds < AT_ONCE
