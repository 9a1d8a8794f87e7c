"""Stream tickets: one stream of one inbox, once, on any replica, with the rights of the credentials behind them."""

import asyncio

import pytest

from mayfly.store.client import connect

from .live.conftest import watching


async def ticket_for(gateway, inbox, headers=None):
    answer = await gateway.http.post(f"/api/v1/inboxes/{inbox['address']}/stream-ticket", headers=headers)
    assert 201 == answer.status_code, answer.text
    assert 60 == answer.json()["expires_in"]
    return answer.json()["ticket"]


async def opened(gateway, inbox, ticket, **query):
    """The status of a stream with this ticket, and its body if it is an error."""
    path = f"/api/v1/sse/inbox/{inbox['address']}"
    async with gateway.http.stream("GET", path, params={"ticket": ticket, **query}) as answer:
        return answer.status_code, (await answer.aread()).decode() if answer.status_code != 200 else ""


async def session(gateway):
    person = {"email": gateway.person, "password": "correct horse battery staple"}
    assert 201 == (await gateway.http.post("/api/v1/auth/register", json=person)).status_code
    token = (await gateway.http.post("/api/v1/auth/login", json=person)).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("kind", ["api key", "session", "inbox token", "inbox token of an account", "nothing"])
async def test_a_ticket_opens_the_stream_once_whatever_the_credentials(gateway, deliver, kind):
    owner = await session(gateway) if kind == "session" else await gateway.account()
    inbox = await gateway.inbox(None if kind in {"inbox token", "nothing"} else owner)
    token = {"Authorization": f"Bearer {inbox['token']}"}
    headers = {"nothing": {}, "api key": owner, "session": owner}.get(kind, token)
    ticket = await ticket_for(gateway, inbox, headers)
    message = await deliver(inbox)
    async with watching(gateway.http, inbox["address"], params={"ticket": ticket, "after": "0"}) as events:
        assert ["connected", "message"] == [(await anext(events)).name, (event := await anext(events)).name]
    assert message.id == event.data["id"]
    status, body = await opened(gateway, inbox, ticket)
    assert 401 == status
    assert "ticket: unknown, used or expired" in body


async def test_of_simultaneous_streams_at_two_gateways_one_is_opened(gateway, make_gateway):
    other = await make_gateway()
    inbox = await gateway.inbox(await gateway.account())
    owner_ticket = await ticket_for(gateway, inbox, {"Authorization": f"Bearer {inbox['token']}"})
    answers = await asyncio.gather(*(opened((gateway, other)[n % 2], inbox, owner_ticket) for n in range(20)))
    assert [200, *[401] * 19] == sorted(status for status, _ in answers)


async def test_a_ticket_opens_no_other_inbox_and_survives_the_attempt(gateway):
    key = await gateway.account()
    inbox, other = [await gateway.inbox(key) for _ in range(2)]
    ticket = await ticket_for(gateway, inbox, key)
    assert 401 == (await opened(gateway, other, ticket))[0]
    assert 401 == (await opened(gateway, {"address": "x@"}, ticket))[0]
    assert 200 == (await opened(gateway, {"address": inbox["id"]}, ticket))[0]


async def test_a_head_request_does_not_use_up_the_ticket(gateway):
    key = await gateway.account()
    inbox = await gateway.inbox(key)
    ticket = await ticket_for(gateway, inbox, key)
    for _ in range(2):
        assert (
            200 == (await gateway.http.head(f"/api/v1/sse/inbox/{inbox['id']}", params={"ticket": ticket})).status_code
        )
    assert 200 == (await opened(gateway, inbox, ticket))[0]


async def test_a_ticket_opens_nothing_but_the_stream(gateway):
    key = await gateway.account()
    inbox = await gateway.inbox(key)
    ticket = await ticket_for(gateway, inbox, key)
    for path in (f"/api/v1/inboxes/{inbox['address']}", f"/api/v1/inboxes/{inbox['address']}/messages/wait"):
        assert 400 == (await gateway.http.get(path, params={"ticket": ticket})).status_code
        bearer = {"Authorization": f"Bearer {ticket}"}
        assert 401 == (await gateway.http.get(path, headers=bearer)).status_code
    assert 200 == (await opened(gateway, inbox, ticket))[0]


async def test_only_who_may_read_the_inbox_gets_a_ticket(gateway, make_gateway):
    inbox = await gateway.inbox(await gateway.account())
    path = f"/api/v1/inboxes/{inbox['address']}/stream-ticket"
    assert 404 == (await gateway.http.post(path)).status_code
    assert 404 == (await gateway.http.post(path, headers=await gateway.account())).status_code
    by_token = await make_gateway(anonymous_access="token")
    unowned = await gateway.inbox()
    path = f"/api/v1/inboxes/{unowned['address']}/stream-ticket"
    assert 404 == (await by_token.http.post(path)).status_code
    ticket = await ticket_for(by_token, unowned, {"Authorization": f"Bearer {unowned['token']}"})
    assert 200 == (await opened(by_token, unowned, ticket))[0]


async def test_a_key_that_was_revoked_takes_its_tickets_and_streams_along(gateway, deliver):
    key = await gateway.account()
    made = (await gateway.http.post("/api/v1/api-keys", json={"label": "x"}, headers=key)).json()
    second = {"X-API-Key": made["plaintext"]}
    inbox = await gateway.inbox(key)
    used, unused = [await ticket_for(gateway, inbox, second) for _ in range(2)]
    async with watching(gateway.http, inbox["address"], params={"ticket": used}) as events:
        assert "connected" == (await anext(events)).name
        assert 204 == (await gateway.http.delete(f"/api/v1/api-keys/{made['id']}", headers=key)).status_code
        await deliver(inbox)
        assert "refused" == (await anext(events)).name
    assert 401 == (await opened(gateway, inbox, unused))[0]


async def test_a_ticket_is_issued_to_the_sites_of_its_key_and_redeemed_there(gateway):
    key = await gateway.account()
    body = {"label": "x", "allowed_domains": ["app.example"]}
    restricted = (await gateway.http.post("/api/v1/api-keys", json=body, headers=key)).json()["plaintext"]
    inbox = await gateway.inbox(key)
    headers = {"X-API-Key": restricted, "Origin": "https://app.example"}
    first, second = [await ticket_for(gateway, inbox, headers) for _ in range(2)]
    path = f"/api/v1/sse/inbox/{inbox['address']}"
    refused = await gateway.http.get(path, params={"ticket": first}, headers={"Origin": "https://evil.example"})
    assert 403 == refused.status_code
    options = {"params": {"ticket": second}, "headers": {"Origin": "https://app.example"}}
    async with watching(gateway.http, inbox["address"], **options) as events:
        assert "connected" == (await anext(events)).name


async def test_the_store_has_neither_ticket_nor_credentials_and_an_expired_ticket_opens_nothing(
    gateway, mongo_uri, mongo_database
):
    key = await gateway.account()
    inbox = await gateway.inbox(key)
    ticket = await ticket_for(gateway, inbox, key)
    async with connect(mongo_uri, mongo_database, "test") as database:
        found = await database["stream_tickets"].find_one({"inbox_id": inbox["id"]})
        assert not any(secret in str(found) for secret in (ticket, ticket[4:], key["X-API-Key"]))
        await database["stream_tickets"].update_one({"_id": found["_id"]}, [{"$set": {"expires_at": "$$NOW"}}])
    assert 401 == (await opened(gateway, inbox, ticket))[0]


async def test_no_log_line_shows_a_ticket(gateway, capfd):
    inbox = await gateway.inbox()
    ticket = await ticket_for(gateway, inbox)
    for _ in range(2):
        await opened(gateway, inbox, ticket)
    await opened(gateway, inbox, ticket, after="x")
    logged = capfd.readouterr().out
    assert "/api/v1/sse/inbox/{address}" in logged
    assert ticket not in logged
