"""What a call that reads costs the store, and that what it does not ask again is never out of date."""

import asyncio

import pytest
from prometheus_client import REGISTRY

COMMANDS = ("find", "aggregate", "findAndModify", "update", "insert", "getMore")


@pytest.fixture
async def gateway(make_gateway):
    """One for each test: what another does by itself would be counted too."""
    return await make_gateway()


def commands():
    """How many commands the store has run for this process's gateways."""
    name = "mayfly_store_command_seconds_count"
    return {command: REGISTRY.get_sample_value(name, {"command": command}) or 0 for command in COMMANDS}


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/inboxes/{address}/messages?limit=20",
        "/api/v1/messages/{message}?peek=true",
        "/api/v1/messages/{message}/otp",
        "/api/v1/messages/{message}/links",
        "/api/v1/inboxes/{address}/messages/wait",
        "/api/v1/inboxes/{address}/otp/wait?subject=code",
    ],
)
async def test_a_call_that_reads_costs_the_store_one_query(gateway, deliver, path):
    key = await gateway.account("premium")
    inbox = await gateway.inbox(key)
    message = await deliver(inbox, subject="Your code", otp="482193")
    path = path.format(address=inbox["address"], message=message.id)
    assert 200 == (await gateway.http.get(path, headers=key)).status_code
    before = commands()
    for _ in range(10):
        assert 200 == (await gateway.http.get(path, headers=key)).status_code
    made = {command: count - before[command] for command, count in commands().items()}
    assert 10 == made["find"] + made["aggregate"] + made["getMore"]
    assert made["findAndModify"] < 10, "the limit takes some calls ahead"
    assert 0 == made["update"] + made["insert"]


async def test_the_code_names_the_newest_later_one_of_its_sender_in_its_inbox(gateway, deliver):
    inbox, other = await gateway.inbox(), await gateway.inbox()
    first = await deliver(inbox, from_address="a@example.com", otp="111111")
    second = await deliver(inbox, from_address="a@example.com", otp="222222")
    await deliver(inbox, from_address="b@example.com", otp="333333")
    last = await deliver(inbox, from_address="a@example.com", otp=None)
    await deliver(other, from_address="a@example.com", otp="444444")
    shown = (await gateway.http.get(f"/api/v1/messages/{first.id}/otp")).json()
    assert (second.id, "111111") == (shown["superseded_by"], shown["otp"])
    without = (await gateway.http.get(f"/api/v1/messages/{last.id}/otp")).json()
    assert (None, False) == (without["superseded_by"], without["found"])


async def test_an_ended_inbox_is_gone_at_once_here_and_soon_on_other_gateways(make_gateway, deliver):
    here, there = [await make_gateway() for _ in range(2)]
    key = await here.account("pro")
    inbox = await here.inbox(key)
    message = await deliver(inbox)
    paths = [
        f"/api/v1/inboxes/{inbox['address']}/messages",
        f"/api/v1/inboxes/{inbox['id']}/messages",
        f"/api/v1/messages/{message.id}",
        f"/api/v1/messages/{message.id}/otp",
    ]

    async def statuses(gateway):
        return {(await gateway.http.get(path, headers=key)).status_code for path in paths}

    assert [{200}, {200}] == [await statuses(here), await statuses(there)]
    await here.http.delete(f"/api/v1/inboxes/{inbox['address']}", headers=key)
    assert {404} == await statuses(here)
    async with asyncio.timeout(5):
        while await statuses(there) != {404}:
            await asyncio.sleep(0.01)


async def test_a_shorter_life_counts_at_once(gateway, deliver):
    key = await gateway.account("pro")
    inbox = await gateway.inbox(key)
    path = f"/api/v1/inboxes/{inbox['address']}"
    assert 200 == (await gateway.http.get(f"{path}/messages", headers=key)).status_code
    await gateway.http.patch(path, json={"ttl_seconds": 1, "label": "new"}, headers=key)
    assert "new" == (await gateway.http.get(path, headers=key)).json()["label"]
    await asyncio.sleep(1)
    assert 404 == (await gateway.http.get(f"{path}/messages", headers=key)).status_code


async def test_who_reads_a_message_sees_it_read_from_then_on(gateway, deliver):
    inbox = await gateway.inbox()
    path = f"/api/v1/inboxes/{inbox['address']}"
    for number in range(5):
        message = await deliver(inbox)
        await gateway.http.get(f"/api/v1/messages/{message.id}")
        peeked = gateway.http.get(f"/api/v1/messages/{message.id}", params={"peek": "true"})
        listed = gateway.http.get(f"{path}/messages")
        one, several = await asyncio.gather(peeked, listed)
        assert [True, True] == [one.json()["is_read"], several.json()[0]["is_read"]]
        assert 0 == (await gateway.http.get(f"{path}/stats")).json()["unread_count"]
        if number % 2:
            await gateway.http.get(f"/api/v1/messages/{message.id}")
            await gateway.http.patch(f"/api/v1/messages/{message.id}", json={"is_read": False})
            assert [message.id] == [m["id"] for m in (await gateway.http.get(f"{path}/messages?unread=true")).json()]
            await gateway.http.get(f"/api/v1/messages/{message.id}")


async def test_other_gateways_see_a_mark_soon(make_gateway, gateway, deliver):
    inbox = await gateway.inbox()
    messages = [await deliver(inbox) for _ in range(20)]
    await asyncio.gather(*(gateway.http.get(f"/api/v1/messages/{message.id}") for message in messages))
    other = await make_gateway()
    async with asyncio.timeout(5):
        while (await other.http.get(f"/api/v1/inboxes/{inbox['address']}/stats")).json()["unread_count"]:
            await asyncio.sleep(0.01)


async def test_calls_that_are_read_together_get_their_own_answers(make_gateway, plenty, deliver):
    gateway = await make_gateway(plans_file=plenty)
    inboxes = [await gateway.inbox() for _ in range(20)]
    mails = [
        [await deliver(inbox, subject=f"{place}.{number}", otp=f"{place:03}{number:03}") for number in range(3)]
        for place, inbox in enumerate(inboxes)
    ]
    every = [mail for row in mails for mail in row]

    async def read(path):
        answer = await gateway.http.get(f"/api/v1/{path}")
        return answer.status_code, answer.json()

    lists, whole, codes, missing = await asyncio.gather(
        asyncio.gather(*(read(f"inboxes/{i['address']}/messages?limit={1 + n % 4}") for n, i in enumerate(inboxes))),
        asyncio.gather(*(read(f"messages/{mail.id}") for mail in every)),
        asyncio.gather(*(read(f"messages/{mail.id}/otp") for mail in every)),
        read(f"messages/{inboxes[0]['id']}"),
    )
    for place, (status, entries) in enumerate(lists):
        expected = [f"{place}.{number}" for number in (2, 1, 0)][: 1 + place % 4]
        assert (200, expected) == (status, [entry["subject"] for entry in entries])
    assert [(200, mail.subject) for mail in every] == [(status, shown["subject"]) for status, shown in whole]
    assert [mail.otp for mail in every] == [shown["otp"] for _, shown in codes]
    newest = [None if mail is row[-1] else row[-1].id for row in mails for mail in row]
    assert newest == [shown["superseded_by"] for _, shown in codes]
    assert 404 == missing[0]


async def test_calls_at_the_same_moment_share_queries(gateway, deliver):
    inbox = await gateway.inbox()
    messages = [await deliver(inbox) for _ in range(40)]
    await gateway.http.get(f"/api/v1/messages/{messages[0].id}?peek=true")
    before = commands()
    paths = [f"/api/v1/messages/{message.id}?peek=true" for message in messages]
    await asyncio.gather(*map(gateway.http.get, paths))
    assert commands()["find"] - before["find"] < len(messages)
