"""Rules that dialects ask of the handlers, where many calls meet at once or a bound is reached."""

import asyncio
import base64

from mayfly.store.client import connect


async def test_attachments_that_are_added_at_once_get_an_index_each(gateway, deliver):
    key = await gateway.account()
    inbox = await gateway.inbox(key)
    message = await deliver(inbox)
    path = f"/v1/mailboxes/{inbox['id']}/mails/{message.id}/attachments"
    bodies = [{"filename": f"{n}.txt", "data": "eA=="} for n in range(10)]
    made = await asyncio.gather(*(gateway.http.post(path, json=body, headers=key) for body in bodies))
    assert {201} == {answer.status_code for answer in made}
    assert {str(n) for n in range(1, 11)} == {answer.json()["id"] for answer in made}
    listed = (await gateway.http.get(path, headers=key)).json()["items"]
    assert 11 == len(listed)
    shown = await gateway.http.get(f"/api/v1/messages/{message.id}/attachments/10", headers=key)
    assert b"x" == shown.content


async def test_attachments_of_one_mail_are_bounded_together(make_gateway, deliver):
    gateway = await make_gateway(mail_octets=2048)
    key = await gateway.account()
    inbox = await gateway.inbox(key)
    path = f"/v1/mailboxes/{inbox['id']}/mails/{(await deliver(inbox, attachments=[])).id}/attachments"
    body = {"filename": "x", "data": base64.b64encode(b"x" * 1024).decode()}
    added = [(await gateway.http.post(path, json=body, headers=key)).status_code for _ in range(3)]
    assert [201, 201, 413] == added


async def test_a_list_of_whole_mails_stops_where_its_bodies_become_too_large(gateway, deliver):
    key = await gateway.account()
    inbox = await gateway.inbox(key)
    for _ in range(6):
        await deliver(inbox, text="x" * (2 * 1024 * 1024))
    listed = (await gateway.http.get(f"/v1/mailboxes/{inbox['id']}/mails", headers=key)).json()["items"]
    assert 5 == len(listed)


async def test_webhooks_that_are_set_at_once_leave_one(gateway):
    key = await gateway.account("premium")
    urls = [f"https://your.app/{n}" for n in range(8)]
    answers = await asyncio.gather(*(gateway.http.put("/user/webhook", json={"url": url}, headers=key) for url in urls))
    assert {200} == {answer.status_code for answer in answers}
    left = (await gateway.http.get("/api/v1/webhooks", headers=key)).json()
    assert 1 == len(left)
    assert 204 == (await gateway.http.delete("/user/webhook", headers=key)).status_code
    assert 404 == (await gateway.http.get("/user/webhook", headers=key)).status_code


async def test_a_webhook_that_is_stored_after_a_later_one_was_listed_gives_way_to_it(
    gateway, mongo_uri, mongo_database
):
    key = await gateway.account("premium")
    await gateway.http.put("/user/webhook", json={"url": "https://your.app/later"}, headers=key)
    async with connect(mongo_uri, mongo_database, "test") as database:
        endpoints = database["webhook_endpoints"]
        later = await endpoints.find_one_and_delete({"url": "https://your.app/later"})
        await endpoints.insert_one({**later, "_id": "ffffffff-ffff-7fff-bfff-ffffffffffff"})
    assert 200 == (await gateway.http.put("/user/webhook", json={"url": "https://your.app/a"}, headers=key)).status_code
    left = (await gateway.http.get("/api/v1/webhooks", headers=key)).json()
    assert ["https://your.app/later"] == [endpoint["url"] for endpoint in left]


async def test_an_archived_inbox_is_reactivated_once_however_many_ask(gateway):
    key = await gateway.account()
    wish = {"recoverable": True, "tag": "x"}
    made = (await gateway.http.post("/v1/mailboxes", json=wish, headers=key)).json()
    assert 204 == (await gateway.http.delete(f"/v1/mailboxes/{made['id']}", headers=key)).status_code
    path = f"/v1/archived-mailboxes/{made['id']}/reactivate"
    answers = await asyncio.gather(*(gateway.http.post(path, headers=key) for _ in range(8)))
    statuses = sorted(answer.status_code for answer in answers)
    assert (1, True) == (statuses.count(201), set(statuses) <= {201, 404, 409})


async def test_more_ids_than_one_call_takes_are_refused_before_any_is_looked_up(gateway):
    key = await gateway.account()
    body = {"ids": [f"id-{n}" for n in range(201)]}
    for path in ("/v1/mailboxes", "/v1/archived-mailboxes"):
        answer = await gateway.http.request("DELETE", path, json=body, headers=key)
        assert (400, "ids") == (answer.status_code, answer.json()["message"].split(":")[0])


async def test_deleting_one_of_ones_own_and_a_strangers_deletes_neither(gateway):
    key, other = await gateway.account(), await gateway.account()
    mine, theirs = await gateway.inbox(key), await gateway.inbox(other)
    body = {"ids": [mine["id"], theirs["id"]]}
    answer = await gateway.http.request("DELETE", "/v1/mailboxes", json=body, headers=key)
    assert 404 == answer.status_code
    for headers, inbox in ((key, mine), (other, theirs)):
        assert 200 == (await gateway.http.get(f"/api/v1/inboxes/{inbox['id']}", headers=headers)).status_code
