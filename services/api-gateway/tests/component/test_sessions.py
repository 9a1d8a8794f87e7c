"""The sessions of an account: listed, ended one by one or all others at once, on every replica."""

import asyncio

import pytest

from mayfly.events.facts import new_event_id
from mayfly.store.client import connect

SESSIONS = "/api/v1/auth/sessions"


@pytest.fixture
async def person(gateway):
    person = {"email": gateway.person, "password": "correct horse battery staple"}
    assert 201 == (await gateway.http.post("/api/v1/auth/register", json=person)).status_code
    return person


async def logged_in(gateway, person):
    answer = await gateway.http.post("/api/v1/auth/login", json=person)
    assert 200 == answer.status_code, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def listed(gateway, headers):
    answer = await gateway.http.get(SESSIONS, headers=headers)
    assert 200 == answer.status_code, answer.text
    return answer.json()["sessions"]


async def status(gateway, headers):
    return (await gateway.http.get("/api/v1/account", headers=headers)).status_code


async def test_sessions_are_listed_newest_first_and_the_caller_s_is_marked(gateway, person):
    first, second = [await logged_in(gateway, person) for _ in range(2)]
    seen = await listed(gateway, first)
    assert [False, True] == [session["is_current"] for session in seen]
    assert seen[0]["created_at"] >= seen[1]["created_at"]
    assert all(session["expires_at"] > session["created_at"] for session in seen)
    assert [True, False] == [session["is_current"] for session in await listed(gateway, second)]
    assert {"id", "created_at", "expires_at", "is_current"} == set(seen[0])


async def test_a_session_that_is_ended_stops_on_every_replica(gateway, make_gateway, person):
    other = await make_gateway()
    here, there = [await logged_in(gateway, person) for _ in range(2)]
    assert [200, 200] == [await status(other, headers) for headers in (here, there)]
    (ended,) = [session["id"] for session in await listed(gateway, here) if not session["is_current"]]
    assert 204 == (await gateway.http.delete(f"{SESSIONS}/{ended}", headers=here)).status_code
    assert 401 == await status(gateway, there)
    async with asyncio.timeout(1):
        while await status(other, there) != 401:
            await asyncio.sleep(0.01)
    assert 200 == await status(other, here)
    assert 404 == (await gateway.http.delete(f"{SESSIONS}/{ended}", headers=here)).status_code
    assert [True] == [session["is_current"] for session in await listed(gateway, here)]


async def test_all_others_end_at_once_and_keys_go_on(gateway, make_gateway, person):
    other = await make_gateway()
    mine, *others = [await logged_in(gateway, person) for _ in range(3)]
    made = await gateway.http.post("/api/v1/api-keys", json={"label": "x"}, headers=mine)
    key = {"X-API-Key": made.json()["plaintext"]}
    assert [200] * 3 == [await status(other, headers) for headers in (mine, *others)]
    assert 204 == (await gateway.http.delete(SESSIONS, headers=mine)).status_code
    assert [200, 401, 401, 200] == [await status(gateway, headers) for headers in (mine, *others, key)]
    async with asyncio.timeout(1):
        while [await status(other, headers) for headers in (mine, *others)] != [200, 401, 401]:
            await asyncio.sleep(0.01)
    assert [True] == [session["is_current"] for session in await listed(gateway, mine)]
    assert 200 == await status(gateway, await logged_in(gateway, person))


async def test_with_a_key_all_sessions_end(gateway, person):
    mine = await logged_in(gateway, person)
    made = await gateway.http.post("/api/v1/api-keys", json={"label": "x"}, headers=mine)
    key = {"X-API-Key": made.json()["plaintext"]}
    assert [False] == [session["is_current"] for session in await listed(gateway, key)]
    assert 204 == (await gateway.http.delete(SESSIONS, headers=key)).status_code
    assert (401, 200) == (await status(gateway, mine), await status(gateway, key))
    assert [] == await listed(gateway, key)


async def test_the_session_of_another_account_does_not_exist(gateway, person):
    mine = await logged_in(gateway, person)
    (session,) = await listed(gateway, mine)
    stranger = await gateway.account()
    for session_id in (session["id"], new_event_id(), "x"):
        assert 404 == (await gateway.http.delete(f"{SESSIONS}/{session_id}", headers=stranger)).status_code
    assert 204 == (await gateway.http.delete(SESSIONS, headers=stranger)).status_code
    assert 200 == await status(gateway, mine)
    assert [] == await listed(gateway, stranger)


async def test_sessions_that_a_new_password_ended_are_not_listed(gateway, person):
    mine, _ = [await logged_in(gateway, person) for _ in range(2)]
    wish = {"password": "another horse battery", "current_password": person["password"]}
    assert 200 == (await gateway.http.patch("/api/v1/account", json=wish, headers=mine)).status_code
    assert [True] == [session["is_current"] for session in await listed(gateway, mine)]


async def test_a_key_with_scopes_sees_and_ends_none(gateway, person):
    mine = await logged_in(gateway, person)
    made = await gateway.http.post("/api/v1/api-keys", json={"scopes": ["mailboxes:read"]}, headers=mine)
    key = {"X-API-Key": made.json()["plaintext"]}
    (session,) = await listed(gateway, mine)
    for method, path in (("GET", SESSIONS), ("DELETE", SESSIONS), ("DELETE", f"{SESSIONS}/{session['id']}")):
        assert 403 == (await gateway.http.request(method, path, headers=key)).status_code
        assert 401 == (await gateway.http.request(method, path)).status_code
    assert 200 == await status(gateway, mine)


async def test_the_list_is_read_from_an_index(gateway, person, mongo_uri, mongo_database):
    await logged_in(gateway, person)
    async with connect(mongo_uri, mongo_database, "test") as database:
        plan = await database["sessions"].find({"account_id": "x", "epoch": 1}).sort("_id", -1).explain()
    assert 0 == plan["executionStats"]["totalDocsExamined"]
