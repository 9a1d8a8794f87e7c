"""Many messages by one call: those of the caller are changed or deleted, all others are missing, and nothing says why."""

import asyncio

import pytest

from api_gateway.edge.message_news import MessageNews
from mayfly.bus.connection import connect as connect_bus
from mayfly.store.client import connect

MESSAGES = "/api/v1/messages"
NOBODY = "019e2f3a-5b77-7c41-9d08-3f2a6c1b7e55"


async def listed(gateway, inbox, headers):
    return (await gateway.http.get(f"/api/v1/inboxes/{inbox['id']}/messages", headers=headers)).json()


async def patched(gateway, headers, **body):
    answer = await gateway.http.patch(MESSAGES, json=body, headers=headers)
    assert 200 == answer.status_code, answer.text
    return answer.json()


async def deleted(gateway, headers, ids):
    answer = await gateway.http.post(f"{MESSAGES}/delete", json={"ids": ids}, headers=headers)
    assert 200 == answer.status_code, answer.text
    return answer.json()


async def nobody(_):
    """No account follows here, so nobody asks whose an inbox is."""


async def test_messages_of_several_inboxes_are_marked_and_tagged_at_once(gateway, deliver):
    headers = await gateway.account()
    first, second = [await gateway.inbox(headers) for _ in range(2)]
    ids = [(await deliver(inbox)).id for inbox in (first, second, first)]
    untouched = await deliver(first)
    done = await patched(
        gateway, headers, ids=[ids[2], ids[0], ids[1], ids[0], NOBODY], is_read=True, tags=["a", "b c"]
    )
    assert {"changed": [ids[2], ids[0], ids[1]], "missing": [NOBODY]} == done
    entries = {entry["id"]: entry for inbox in (first, second) for entry in await listed(gateway, inbox, headers)}
    assert [(True, ["a", "b c"])] * 3 == [(entries[one]["is_read"], entries[one]["tags"]) for one in ids]
    assert (False, []) == (entries[untouched.id]["is_read"], entries[untouched.id]["tags"])
    await patched(gateway, headers, ids=ids, is_read=False)
    entries = {entry["id"]: entry for inbox in (first, second) for entry in await listed(gateway, inbox, headers)}
    assert [(False, ["a", "b c"])] * 3 == [(entries[one]["is_read"], entries[one]["tags"]) for one in ids]


async def test_deleted_messages_are_gone_with_their_octets(gateway, deliver, mongo_uri, mongo_database):
    headers = await gateway.account()
    first, second = [await gateway.inbox(headers) for _ in range(2)]
    ids, kept = [(await deliver(inbox)).id for inbox in (first, second)], await deliver(first)
    assert {"deleted": ids, "missing": [NOBODY]} == await deleted(gateway, headers, [*ids, NOBODY])
    assert {"deleted": [], "missing": ids} == await deleted(gateway, headers, ids)
    assert [kept.id] == [entry["id"] for entry in await listed(gateway, first, headers)]
    async with connect(mongo_uri, mongo_database, "test") as database:
        assert 0 == await database["octets"].count_documents({"message_id": {"$in": ids}})
        assert await database["octets"].count_documents({"message_id": kept.id})


async def test_the_changes_of_a_space_are_announced_as_those_of_single_messages(gateway, deliver, nats_url):
    headers = await gateway.account()
    space = (await gateway.http.post("/api/v1/spaces", json={"name": "x"}, headers=headers)).json()
    ids = [(await deliver(space)).id for _ in range(2)]
    async with connect_bus(nats_url, "test") as bus:
        news = MessageNews(bus, nobody)
        await news.listen()
        with news.follow(space["id"]) as changes:
            await patched(gateway, headers, ids=ids, is_read=True, tags=["a"])
            await deleted(gateway, headers, ids)
            told = [await asyncio.wait_for(changes.next(), 10) for _ in range(3)]
    assert [("read", ids, []), ("tagged", ids, ["a"]), ("deleted", ids, [])] == [
        (change.what, list(change.ids), list(change.tags)) for change in told
    ]


async def test_messages_of_others_are_missing_and_stay(gateway, deliver):
    owner, stranger = await gateway.account(), await gateway.account()
    inbox = await gateway.inbox(owner)
    other, message = await gateway.inbox(stranger), await deliver(inbox)
    own = await deliver(other)
    ids = [message.id, own.id]
    assert {"changed": [own.id], "missing": [message.id]} == await patched(gateway, stranger, ids=ids, is_read=True)
    assert {"deleted": [own.id], "missing": [message.id]} == await deleted(gateway, stranger, ids)
    for headers in ({}, {"Authorization": f"Bearer {other['token']}"}):
        assert {"changed": [], "missing": [message.id]} == await patched(gateway, headers, ids=[message.id], tags=["x"])
        assert {"deleted": [], "missing": [message.id]} == await deleted(gateway, headers, [message.id])
    (entry,) = await listed(gateway, inbox, owner)
    assert (message.id, False, []) == (entry["id"], entry["is_read"], entry["tags"])


async def test_an_inbox_s_token_changes_its_messages(gateway, deliver):
    inbox = await gateway.inbox(await gateway.account())
    message, token = await deliver(inbox), {"Authorization": f"Bearer {inbox['token']}"}
    assert [message.id] == (await patched(gateway, token, ids=[message.id], is_read=True))["changed"]
    assert [message.id] == (await deleted(gateway, token, [message.id]))["deleted"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"ids": [], "is_read": True}, "ids"),
        ({"ids": [NOBODY] * 101, "is_read": True}, "ids"),
        ({"ids": ["x" * 65], "is_read": True}, "ids"),
        ({"ids": [7], "is_read": True}, "ids"),
        ({"ids": [NOBODY]}, "body"),
        ({"ids": [NOBODY], "tags": ["<b>"]}, "tags"),
        ({"ids": [NOBODY], "is_read": "yes"}, "is_read"),
        ({"is_read": True}, "ids"),
    ],
)
async def test_a_bad_change_is_400_and_names_the_field(gateway, body, field):
    answer = await gateway.http.patch(MESSAGES, json=body, headers=await gateway.account())
    assert 400 == answer.status_code
    assert field in answer.json()["message"]


@pytest.mark.parametrize("ids", [[], [NOBODY] * 101, [None], "x", None])
async def test_a_bad_list_of_ids_to_delete_is_400(gateway, ids):
    answer = await gateway.http.post(f"{MESSAGES}/delete", json={"ids": ids}, headers=await gateway.account())
    assert 400 == answer.status_code
    assert "ids" in answer.json()["message"]


async def test_each_needs_its_scopes(gateway):
    owner = await gateway.account()
    for scopes, expected in ((["mailboxes:read"], (403, 403)), (["mailboxes:write"], (403, 200))):
        made = await gateway.http.post("/api/v1/api-keys", json={"scopes": scopes}, headers=owner)
        key = {"X-API-Key": made.json()["plaintext"]}
        change = await gateway.http.patch(MESSAGES, json={"ids": [NOBODY], "is_read": True}, headers=key)
        delete = await gateway.http.post(f"{MESSAGES}/delete", json={"ids": [NOBODY]}, headers=key)
        assert expected == (change.status_code, delete.status_code)
