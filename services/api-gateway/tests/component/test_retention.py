"""What a space keeps no longer does not exist for any reader, though the reaper has not deleted it yet (none runs here)."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from mayfly.mail.message_id import first_id_at

SPACES = "/api/v1/spaces"


async def make_space(gateway, key, **wish):
    answer = await gateway.http.post(SPACES, json=wish, headers=key)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
async def scene(gateway, deliver):
    """A space that keeps 3 messages and got 5, `m0` to `m4`: its owner's headers, the space, and their ids."""
    key = await gateway.account()
    space = await make_space(gateway, key, max_messages=3)
    messages = [await deliver(space, subject=f"m{number}", otp=f"10{number}") for number in range(5)]
    return gateway, key, space, [message.id for message in messages]


async def subjects(gateway, key, space, query=""):
    answer = await gateway.http.get(f"/api/v1/inboxes/{space['id']}/messages{query}", headers=key)
    assert answer.status_code == 200, answer.text
    return [entry["subject"] for entry in answer.json()]


async def test_lists_and_counts_show_the_newest_only(scene):
    gateway, key, space, _ = scene
    assert ["m4", "m3", "m2"] == await subjects(gateway, key, space)
    for query in ("?subject=m", "?q=Use", "?has_otp=true", "?unread=true", "?since=2020-01-01T00:00:00Z", "?after=0"):
        assert (query, ["m4", "m3", "m2"]) == (query, await subjects(gateway, key, space, query))
    assert [] == await subjects(gateway, key, space, "?subject=m1")
    answer = await gateway.http.get(f"/api/v1/inboxes/{space['id']}/messages?limit=2", headers=key)
    following = await gateway.http.get(answer.links["next"]["url"], headers=key)
    assert (["m2"], "next" in following.links) == ([entry["subject"] for entry in following.json()], False)
    for path in (f"{SPACES}/{space['id']}", f"/api/v1/inboxes/{space['id']}", f"/api/v1/inboxes/{space['id']}/stats"):
        assert 3 == (await gateway.http.get(path, headers=key)).json()["message_count"]


async def test_tags_and_searches_know_nothing_of_what_is_not_kept(scene, deliver):
    gateway, key, space, _ = scene
    for number in range(4):
        await deliver(space, subject=f"t{number}", tags=["all", f"n{number}"])
    tags = (await gateway.http.get(f"/api/v1/inboxes/{space['id']}/tags", headers=key)).json()
    assert {"all": 3, "n1": 1, "n2": 1, "n3": 1} == {entry["tag"]: entry["count"] for entry in tags}
    assert ["t3", "t2", "t1"] == await subjects(gateway, key, space, "?q=tag:all")
    assert [] == await subjects(gateway, key, space, "?q=tag:n0")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/v1/messages/{id}", None),
        ("GET", "/api/v1/messages/{id}/raw", None),
        ("GET", "/api/v1/messages/{id}/otp", None),
        ("GET", "/api/v1/messages/{id}/links", None),
        ("GET", "/api/v1/messages/{id}/attachments", None),
        ("GET", "/api/v1/messages/{id}/attachments/0", None),
        ("PATCH", "/api/v1/messages/{id}", {"is_read": True}),
        ("DELETE", "/api/v1/messages/{id}", None),
        ("GET", "/v1/mailboxes/{space}/mails/{id}", None),
        ("DELETE", "/v1/mailboxes/{space}/mails/{id}", None),
        ("GET", "/v1/mailboxes/{space}/mails/{id}/attachments", None),
    ],
)
async def test_no_call_finds_a_message_that_is_not_kept(scene, method, path, body):
    gateway, key, space, ids = scene
    statuses = []
    for message_id in (ids[1], ids[2]):
        answer = await gateway.http.request(
            method, path.format(id=message_id, space=space["id"]), json=body, headers=key
        )
        statuses.append(answer.status_code)
    assert 404 == statuses[0]
    assert statuses[1] < 300


async def test_the_lists_of_dialects_show_the_newest_only(scene):
    gateway, key, space, _ = scene
    for path in (f"/v1/mailboxes/{space['id']}/mails", f"/v1/mailboxes/{space['address']}/mails"):
        shown = (await gateway.http.get(path, headers=key)).text
        assert [False, False, True, True, True] == [f'"m{number}"' in shown for number in range(5)]


async def test_many_are_not_deleted_when_one_of_them_is_not_kept(scene):
    gateway, key, space, ids = scene
    path = f"/v1/mailboxes/{space['id']}/mails"
    answer = await gateway.http.request("DELETE", path, json={"ids": [ids[0], ids[4]]}, headers=key)
    assert 404 == answer.status_code
    assert ["m4", "m3", "m2"] == await subjects(gateway, key, space)


async def test_waiting_calls_neither_find_nor_name_what_is_not_kept(scene):
    gateway, key, space, _ = scene
    inbox = f"/api/v1/inboxes/{space['id']}"
    for query in ("subject=m1&timeout=0", "subject=m1&timeout=0&after=0"):
        answer = await gateway.http.get(f"{inbox}/messages/wait?{query}", headers=key)
        assert 408 == answer.status_code, answer.text
        assert ["m4", "m3", "m2"] == [miss["subject"] for miss in answer.json()["near_misses"]]
    first = (await gateway.http.get(f"{inbox}/messages/wait?timeout=0&after=0", headers=key)).json()
    assert "m2" == first["subject"]
    assert "104" == (await gateway.http.get(f"{inbox}/otp/wait?timeout=0", headers=key)).json()["otp"]


async def test_the_proof_that_none_came_holds_for_what_is_kept(scene):
    gateway, key, space, _ = scene
    inbox = f"/api/v1/inboxes/{space['id']}"
    for query in ("", "&after=0"):
        absent = await gateway.http.get(f"{inbox}/messages/none?subject=m1&for=0{query}", headers=key)
        present = await gateway.http.get(f"{inbox}/messages/none?subject=m2&for=0{query}", headers=key)
        assert (200, 409) == (absent.status_code, present.status_code), absent.text


async def test_an_event_stream_that_resumes_leaves_out_what_is_not_kept(scene):
    gateway, key, space, _ = scene
    shown = ""
    async with asyncio.timeout(10):
        path = f"/api/v1/sse/inbox/{space['id']}"
        async with gateway.http.stream("GET", path, headers={**key, "Last-Event-ID": "0"}) as stream:
            async for line in stream.aiter_lines():
                shown += line
                if '"m4"' in line:
                    break
    assert [False, False, True, True, True] == [f'"m{number}"' in shown for number in range(5)]


async def test_what_is_not_kept_does_not_come_back_when_others_are_deleted(scene):
    gateway, key, space, ids = scene
    assert 204 == (await gateway.http.delete(f"/api/v1/messages/{ids[4]}", headers=key)).status_code
    assert ["m3", "m2"] == await subjects(gateway, key, space)
    assert 404 == (await gateway.http.get(f"/api/v1/messages/{ids[1]}", headers=key)).status_code


async def test_what_is_not_kept_does_not_come_back_when_more_may_be_kept(scene, deliver):
    gateway, key, space, _ = scene
    path = f"{SPACES}/{space['id']}"
    assert 200 == (await gateway.http.patch(path, json={"max_messages": 4}, headers=key)).status_code
    assert ["m4", "m3", "m2"] == await subjects(gateway, key, space)
    await deliver(space, subject="m5")
    assert ["m5", "m4", "m3", "m2"] == await subjects(gateway, key, space)
    assert 200 == (await gateway.http.patch(path, json={"max_messages": 1}, headers=key)).status_code
    assert ["m5"] == await subjects(gateway, key, space)


async def test_a_space_is_cleared_with_what_it_keeps_no_longer(scene):
    gateway, key, space, _ = scene
    cleared = await gateway.http.post(f"/api/v1/inboxes/{space['id']}/clear", headers=key)
    assert 204 == cleared.status_code
    assert (
        200 == (await gateway.http.patch(f"{SPACES}/{space['id']}", json={"max_messages": 9}, headers=key)).status_code
    )
    assert [] == await subjects(gateway, key, space)


async def test_a_message_is_gone_when_it_is_too_old(gateway, deliver):
    key = await gateway.account()
    space = await make_space(gateway, key, max_age_seconds=3600)
    now = datetime.now(UTC)
    ages = (timedelta(minutes=61), timedelta(minutes=59))
    ids = [(await deliver(space, id=first_id_at(now - age), subject=str(age))).id for age in ages]
    assert [str(ages[1])] == await subjects(gateway, key, space)
    assert [404, 200] == [(await gateway.http.get(f"/api/v1/messages/{i}", headers=key)).status_code for i in ids]
    path = f"{SPACES}/{space['id']}"
    await gateway.http.patch(path, json={"max_age_seconds": 60}, headers=key)
    assert [] == await subjects(gateway, key, space)
    # It was gone, so a longer age does not bring it back.
    await gateway.http.patch(path, json={"max_age_seconds": 7200}, headers=key)
    assert [] == await subjects(gateway, key, space)


async def test_a_changed_retention_holds_on_every_gateway_and_for_open_streams(gateway, make_gateway, deliver):
    key = await gateway.account()
    space, other = await make_space(gateway, key), await make_gateway()
    for number in range(3):
        await deliver(space, subject=f"m{number}")
    assert ["m2", "m1", "m0"] == await subjects(other, key, space)
    waiting = asyncio.create_task(
        other.http.get(f"/api/v1/inboxes/{space['id']}/messages/wait?subject=m9&timeout=20", headers=key)
    )
    await gateway.http.patch(f"{SPACES}/{space['id']}", json={"max_messages": 1}, headers=key)
    async with asyncio.timeout(5):
        while ["m2"] != await subjects(other, key, space):
            await asyncio.sleep(0.01)
    await deliver(space, subject="m9")
    assert "m9" == (await waiting).json()["subject"]
