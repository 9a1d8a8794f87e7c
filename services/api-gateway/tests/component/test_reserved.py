"""Names with power are the operator's on public domains, whichever way an address is chosen; the operator's inbox."""

import asyncio
from itertools import product

import dns.rdatatype

from mayfly.events.facts import new_event_id
from mayfly.records.inbox import OPERATOR, OPERATOR_INBOX_ID
from mayfly.store.client import connect as connect_store
from mayfly.store.creations import Creations
from mayfly.store.operator_inbox import ensure_operator_inbox
from mayfly.testing.builders import NOON, UNLIMITED, make_inbox

WAYS = {
    "native, anonymous": ("/api/v1/inboxes/generate", lambda name: {"local_part": name}),
    "native": ("/api/v1/inboxes", lambda name: {"local_part": name, "domain": "second.test"}),
    "DustMail": ("/api/v1/inbox", lambda name: {"username": name}),
    "MinuteMail": ("/v1/mailboxes", lambda name: {"alias": name}),
    "Run2Mail": ("/api/v1/emails/create", lambda name: {"type": "custom", "username": name}),
    "Ephemask": ("/inbox/vanity", lambda name: {"local_part": name, "domain": "mayfly.test"}),
}


async def test_no_way_leads_to_a_reserved_address(make_gateway):
    gateway = await make_gateway(reserved_local_parts=("billing",))
    for way, name in product(WAYS, ("postmaster", "Admin", "no-reply", "p0st.master", "billing")):
        path, body = WAYS[way]
        headers = None if way == "native, anonymous" else await gateway.account("pro")
        answer = await gateway.http.post(path, json=body(name), headers=headers)
        assert (way, name, 409, "reserved") == (way, name, answer.status_code, answer.json()["error"])
        named = next(iter(body(name))) if way != "Run2Mail" else "username"
        assert named in answer.text


async def test_on_a_domain_of_ones_own_every_name_is_free(make_gateway, names):
    gateway = await make_gateway(dns_resolver=names.address)
    key, name = await gateway.account(), f"{new_event_id()}.example"
    claim = (await gateway.http.post("/api/v1/domains", json={"name": name}, headers=key)).json()
    names.records[name, dns.rdatatype.TXT].append(f'"{claim["txt_token"]}"')
    names.records[name, dns.rdatatype.MX].append("10 mayfly.test.")
    await gateway.http.post(f"/api/v1/domains/{claim['id']}/verify", headers=key)
    for local in ("postmaster", "admin"):
        assert f"{local}@{name}" == (await gateway.inbox(key, domain=name, local_part=local))["address"]


async def test_an_archived_inbox_with_a_reserved_name_stays_archived(gateway, mongo_uri, mongo_database):
    key = await gateway.account()
    account = (await gateway.http.get("/api/v1/account", headers=key)).json()["id"]
    async with connect_store(mongo_uri, mongo_database, "test") as database:
        await database["inboxes"].delete_many({"address": "web.master@second.test"})
        inbox = make_inbox(
            "web.master@second.test",
            id=new_event_id(),
            account_id=account,
            status="archived",
            recoverable=True,
            tag="t",
        )
        await Creations(database).create(inbox, UNLIMITED, NOON)
    answer = await gateway.http.post(f"/v1/archived-mailboxes/{inbox.id}/reactivate", headers=key)
    assert (409, "reserved") == (answer.status_code, answer.json()["error"])


async def test_only_the_operator_reads_mail_for_postmaster(gateway, deliver):
    box = {"id": OPERATOR_INBOX_ID, "address": "postmaster@mayfly.test"}
    mail = await deliver(box, subject="complaint")
    admin, key = "/api/v1/admin/mail", await gateway.account()
    for headers in (None, key, {"Authorization": f"Bearer {OPERATOR}"}):
        assert 401 == (await gateway.http.get(admin, headers=headers)).status_code
    for headers in (None, key, gateway.operator):
        for path in ("inboxes/postmaster@mayfly.test", f"inboxes/{OPERATOR_INBOX_ID}/messages", f"messages/{mail.id}"):
            assert (await gateway.http.get(f"/api/v1/{path}", headers=headers)).status_code in {401, 404}
        deleted = await gateway.http.delete(f"/api/v1/inboxes/{OPERATOR_INBOX_ID}", headers=headers)
        assert deleted.status_code in {401, 404}
    listed = (await gateway.http.get(admin, headers=gateway.operator)).json()
    assert mail.id in [entry["id"] for entry in listed]
    found = (await gateway.http.get(f"{admin}/{mail.id}", headers=gateway.operator)).json()
    assert ("complaint", box["address"]) == (found["subject"], found["address"])
    raw = await gateway.http.get(f"{admin}/{mail.id}/raw", headers=gateway.operator)
    assert (200, True) == (raw.status_code, b"482193" in raw.content)
    other = await deliver(await gateway.inbox(key))
    assert 404 == (await gateway.http.get(f"{admin}/{other.id}", headers=gateway.operator)).status_code
    assert 204 == (await gateway.http.delete(f"{admin}/{mail.id}", headers=gateway.operator)).status_code
    assert 404 == (await gateway.http.get(f"{admin}/{mail.id}", headers=gateway.operator)).status_code


async def test_the_operators_inbox_is_one_however_many_gateways_start_and_takes_its_address(mongo_uri):
    async with connect_store(mongo_uri, "gateway_operator", "test") as database:
        await database["inboxes"].delete_many({})
        await database["inboxes"].create_index("address", unique=True, partialFilterExpression={"status": "active"})
        stranger = make_inbox("postmaster@first.test", account_id="a", expires_at=None)
        await Creations(database).create(stranger, UNLIMITED, NOON)
        await asyncio.gather(*(ensure_operator_inbox(database, "first.test", NOON) for _ in range(5)))
        await ensure_operator_inbox(database, "next.test", NOON)
        kept = await database["inboxes"].find({"status": "active"}).to_list()
        assert [(OPERATOR_INBOX_ID, "postmaster@next.test", OPERATOR)] == [
            (found["_id"], found["address"], found["account_id"]) for found in kept
        ]
