"""GET /api/v1/messages: the messages of all inboxes and spaces of an account in one list."""

import asyncio

import pytest

LIST = "/api/v1/messages"


async def listed(gateway, headers, **params):
    answer = await gateway.http.get(LIST, params=params, headers=headers)
    assert 200 == answer.status_code, answer.text
    return answer


async def ids(gateway, headers, **params):
    return [entry["id"] for entry in (await listed(gateway, headers, **params)).json()]


async def a_space(gateway, headers, **wish):
    answer = await gateway.http.post("/api/v1/spaces", json=wish, headers=headers)
    assert 201 == answer.status_code, answer.text
    return answer.json()


async def test_it_has_the_mail_of_every_live_inbox_and_space_newest_first_and_of_nobody_else(gateway, deliver):
    owner, stranger = await gateway.account(), await gateway.account()
    first, second = await gateway.inbox(owner), await gateway.inbox(owner)
    space, ended = await a_space(gateway, owner), await gateway.inbox(owner)
    for other in (await gateway.inbox(stranger), await gateway.inbox(), ended):
        await deliver(other)
    assert 204 == (await gateway.http.delete(f"/api/v1/inboxes/{ended['id']}", headers=owner)).status_code
    messages = [await deliver(inbox) for inbox in (first, second, space, first)]
    answer = await listed(gateway, owner)
    expected = [(m.id, m.inbox_id, i["address"]) for m, i in zip(messages, (first, second, space, first), strict=True)]
    assert expected[::-1] == [(each["id"], each["inbox_id"], each["address"]) for each in answer.json()]
    one = (await gateway.http.get(f"/api/v1/inboxes/{first['id']}/messages", headers=owner)).json()
    assert one == [
        {name: value for name, value in each.items() if name not in {"inbox_id", "address"}}
        for each in answer.json()
        if each["inbox_id"] == first["id"]
    ]
    assert int(answer.headers["x-cursor"]) > 0


async def test_pages_have_every_message_once_though_mail_comes_meanwhile(gateway, deliver):
    owner = await gateway.account()
    inboxes = [await gateway.inbox(owner) for _ in range(3)]
    expected = [(await deliver(inboxes[number % 3])).id for number in range(11)][::-1]
    found, cursor = [], {}
    while True:
        answer = await listed(gateway, owner, limit=4, **cursor)
        found += [entry["id"] for entry in answer.json()]
        if "x-next-cursor" not in answer.headers:
            break
        assert f"cursor={answer.headers['x-next-cursor']}" in answer.headers["link"]
        cursor = {"cursor": answer.headers["x-next-cursor"]}
        await deliver(inboxes[0])
    assert expected == found


async def test_its_filters_are_those_of_an_inbox(gateway, deliver):
    owner = await gateway.account()
    inboxes = [await gateway.inbox(owner) for _ in range(2)]
    ann = await deliver(inboxes[0], from_address="ann@example.com", subject="Invoice", otp=None)
    bob = await deliver(inboxes[1], from_address="bob@example.com", subject="Your code")
    await gateway.http.get(f"/api/v1/messages/{ann.id}", headers=owner)
    for params, expected in (
        ({"from": "ANN@"}, [ann.id]),
        ({"subject": "code"}, [bob.id]),
        ({"to": inboxes[1]["address"]}, [bob.id]),
        ({"has_otp": "true"}, [bob.id]),
        ({"unread": "false"}, [ann.id]),
        ({"q": "from:bob is:unread"}, [bob.id]),
        ({"q": "-subject:invoice"}, [bob.id]),
        ({"since": "2100-01-01T00:00:00Z"}, []),
        ({"unread": "true", "has_otp": "false"}, []),
    ):
        assert expected == await ids(gateway, owner, **params), params


async def test_what_a_space_keeps_no_longer_is_not_shown_and_takes_no_place_of_other_mail(gateway, deliver):
    owner = await gateway.account()
    inbox, space = await gateway.inbox(owner), await a_space(gateway, owner, max_messages=2)
    older = [(await deliver(inbox)).id for _ in range(3)]
    in_space = [(await deliver(space)).id for _ in range(6)]
    expected = [*in_space[:3:-1], *older[::-1]]
    assert expected == await ids(gateway, owner)
    answer = await listed(gateway, owner, limit=3)
    assert expected[:3] == [entry["id"] for entry in answer.json()]
    assert expected[3:] == await ids(gateway, owner, limit=3, cursor=answer.headers["x-next-cursor"])


async def test_its_cursor_leads_on_without_a_gap(gateway, deliver):
    owner = await gateway.account()
    inbox = await gateway.inbox(owner)
    seen = await deliver(inbox)
    await asyncio.sleep(0.1)
    answer = await listed(gateway, owner)
    assert [seen.id] == [entry["id"] for entry in answer.json()]
    later = await deliver(inbox)
    path = f"/api/v1/inboxes/{inbox['id']}/messages/wait"
    found = await gateway.http.get(path, params={"after": answer.headers["x-cursor"], "timeout": 5}, headers=owner)
    assert later.id == found.json()["id"]


async def test_an_account_without_inboxes_has_an_empty_list(gateway):
    answer = await listed(gateway, await gateway.account(), consistent="true")
    assert [] == answer.json()


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"cursor": "x"}, "cursor"),
        ({"q": "is:old"}, "q"),
        ({"q": "x", "tz": "Mars/Olympus"}, "tz"),
        ({"from": "\0"}, "from"),
        ({"since": "soon"}, "since"),
        ({"unread": "maybe"}, "unread"),
        ({"after": "1"}, "after"),
    ],
)
async def test_a_bad_parameter_is_named(gateway, params, field):
    answer = await gateway.http.get(LIST, params=params, headers=await gateway.account())
    assert (400, True) == (answer.status_code, field in answer.json()["message"]), answer.text


async def test_only_accounts_that_may_read_mail_have_it(gateway):
    owner = await gateway.account()
    assert 401 == (await gateway.http.get(LIST)).status_code
    token = (await gateway.inbox(owner))["token"]
    assert 401 == (await gateway.http.get(LIST, headers={"Authorization": f"Bearer {token}"})).status_code
    made = await gateway.http.post(
        "/api/v1/api-keys", json={"label": "w", "scopes": ["mailboxes:write"]}, headers=owner
    )
    assert 403 == (await gateway.http.get(LIST, headers={"X-API-Key": made.json()["plaintext"]})).status_code
