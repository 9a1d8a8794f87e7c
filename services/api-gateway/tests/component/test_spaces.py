"""Spaces: created, listed, changed and ended; their domains, credentials and quotas."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import dns.rdatatype

from mayfly.bus.connection import connect as connect_bus
from mayfly.events.facts import new_event_id
from mayfly.records.inbox import ANY_DOMAIN, DEFAULT_SPACE_ID
from mayfly.records.receipt import Receipt
from mayfly.records.smtp_login import SmtpLogin
from mayfly.store.client import connect as connect_store
from mayfly.store.inboxes import Inboxes
from mayfly.store.receipts import Receipts
from mayfly.store.smtp_logins import SmtpLogins

SPACES = "/api/v1/spaces"


def receipt_of(inbox):
    """The receipt of an empty inbox that its owner deleted."""
    return Receipt(
        id=inbox.id,
        account_id=inbox.account_id,
        address=inbox.address,
        ending="deleted",
        created_at=inbox.created_at,
        expires_at=None,
        emptied_at=inbox.created_at,
        message_count=0,
        octets=0,
    )


async def create(gateway, key, **wish):
    answer = await gateway.http.post(SPACES, json=wish, headers=key)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def verified_domain(gateway, names, key, name=None):
    """A domain of the account with this key; returns its name and the path of its ownership."""
    name = name or f"{new_event_id()}.example.org"
    claim = (await gateway.http.post("/api/v1/domains", json={"name": name}, headers=key)).json()
    names.records[name, dns.rdatatype.TXT] = [f'"{claim["txt_token"]}"']
    names.records[name, dns.rdatatype.MX] = ["10 mayfly.test."]
    path = f"/api/v1/domains/{claim['id']}"
    assert (await gateway.http.post(f"{path}/verify", headers=key)).json() == {
        "txt_verified": True,
        "mx_verified": True,
    }
    return name, path


async def test_a_space_is_created_with_all_that_its_applications_need(make_gateway):
    gateway = await make_gateway(public_smtp_host="smtp.mayfly.test", public_smtp_port=2525)
    key = await gateway.account()
    space = await create(gateway, key, name="Checkout")
    assert re.fullmatch("[a-z][a-z0-9]{7}", space["id"])
    expected = {
        "name": "Checkout",
        "address": f"*@{space['id']}.mayfly.test",
        "domains": [f"{space['id']}.mayfly.test", f"{space['id']}.second.test"],
        "retention": {"max_messages": 500, "max_age_seconds": 86_400},
        "expires_at": None,
        "message_count": 0,
        "unread_count": 0,
        "webhook_url": None,
    }
    assert expected == {name: space[name] for name in expected}
    assert re.fullmatch("mfi_[0-9a-f]{40}", space["token"])
    password = space["smtp"].pop("password")
    assert re.fullmatch("mfs_[0-9a-f]{40}", password)
    assert {"user": space["id"], "host": "smtp.mayfly.test", "port": 2525} == space["smtp"]

    shown = (await gateway.http.get(f"{SPACES}/{space['id']}", headers=key)).json()
    assert {**shown, "token": space["token"]} == space
    assert shown == (await gateway.http.get(f"{SPACES}/{space['address']}", headers=key)).json()
    entries = (await gateway.http.get(SPACES, headers=key)).json()
    assert [{name: shown[name] for name in entries[0]}] == entries
    assert password not in str([shown, entries])


async def test_the_password_proves_the_login_and_is_not_stored(gateway, mongo_uri, mongo_database):
    space = await create(gateway, await gateway.account())
    async with connect_store(mongo_uri, mongo_database, "test") as database:
        (login,), password = await SmtpLogins(database).of_space(space["id"]), space["smtp"]["password"]
        assert ("first", True) == (login.label, login.has_password(password))
        assert password not in str(await database["smtp_logins"].find({"space_id": space["id"]}).to_list())


async def test_credentials_are_added_listed_without_passwords_and_revoked(gateway, mongo_uri, mongo_database):
    key = await gateway.account()
    space = await create(gateway, key)
    path = f"{SPACES}/{space['id']}/credentials"
    added = (await gateway.http.post(path, json={"label": "staging"}, headers=key)).json()
    listed = await gateway.http.get(path, headers=key)
    assert ["staging", "first"] == [entry["label"] for entry in listed.json()]
    assert {"id", "label", "created_at"} == set(listed.json()[0])
    assert "mfs_" not in listed.text
    async with connect_store(mongo_uri, mongo_database, "test") as database:
        logins = SmtpLogins(database)
        passwords = [added["smtp"]["password"], space["smtp"]["password"]]
        both = await logins.of_space(space["id"])
        assert [added["id"], True, True] == [both[0].id, *map(SmtpLogin.has_password, both, passwords)]
        assert 204 == (await gateway.http.delete(f"{path}/{added['id']}", headers=key)).status_code
        assert both[1:] == await logins.of_space(space["id"])
    assert 404 == (await gateway.http.delete(f"{path}/{added['id']}", headers=key)).status_code


async def test_a_space_has_twenty_credentials_at_most(gateway):
    key = await gateway.account("team")
    path = f"{SPACES}/{(await create(gateway, key))['id']}/credentials"
    statuses = [(await gateway.http.post(path, headers=key)).status_code for _ in range(20)]
    assert [201] * 19 + [409] == statuses


async def test_twenty_is_the_most_also_of_credentials_that_are_added_at_the_same_time(make_gateway):
    one, other = await make_gateway(), await make_gateway()
    key = await one.account("team")
    path = f"{SPACES}/{(await create(one, key))['id']}/credentials"
    for _ in range(14):
        await one.http.post(path, headers=key)
    calls = (gateway.http.post(path, headers=key) for _ in range(12) for gateway in (one, other))
    added = [answer.status_code for answer in await asyncio.gather(*calls)]
    assert {201, 409} >= set(added)
    listed = (await one.http.get(path, headers=key)).json()
    assert 15 + added.count(201) == len(listed) <= 20


async def test_spaces_are_listed_newest_first_page_by_page(gateway):
    key = await gateway.account()
    made = [(await create(gateway, key))["id"] for _ in range(5)]
    seen, path = [], f"{SPACES}?limit=2"
    while path:
        answer = await gateway.http.get(path, headers=key)
        seen += [space["id"] for space in answer.json()]
        path = answer.links["next"]["url"] if "next" in answer.links else None
    assert made[::-1] == seen


async def test_a_cursor_that_is_none_is_refused(gateway):
    key = await gateway.account()
    for cursor in ("x", "1", "-", "1-", "9" * 15 + "-a", "1-A", "0196b5b0-0000-7000-8000-000000000000."):
        answer = await gateway.http.get(SPACES, params={"cursor": cursor}, headers=key)
        found = answer.status_code, answer.json()["message"]
        assert (cursor, 400, "cursor: not a valid cursor") == (cursor, *found)


async def test_a_patch_changes_what_it_names_and_nothing_else(gateway):
    key = await gateway.account()
    space = await create(gateway, key, name="before")
    path = f"{SPACES}/{space['id']}"

    async def patched(**change):
        answer = await gateway.http.patch(path, json=change, headers=key)
        assert answer.status_code == 200, answer.text
        return answer.json()

    changed = await patched(name="after", max_messages=10)
    assert ("after", {"max_messages": 10, "max_age_seconds": 86_400}) == (changed["name"], changed["retention"])
    changed = await patched(max_age_seconds=60)
    assert {"max_messages": 10, "max_age_seconds": 60} == changed["retention"]
    assert datetime.fromisoformat((await patched(ttl_seconds=7200))["expires_at"]) > datetime.now(UTC) + timedelta(
        minutes=110
    )
    assert (await patched(ttl_seconds=None))["expires_at"] is None
    hooked = await patched(webhook_url="https://your.app/x")
    assert ("after", "https://your.app/x", 48) == (hooked["name"], hooked["webhook_url"], len(hooked["webhook_secret"]))
    assert (await patched(webhook_url=None))["webhook_url"] is None
    # What was read can be sent back: the domains that every space has are no custom ones.
    assert changed["domains"] == (await patched(domains=changed["domains"]))["domains"]


async def test_the_plan_bounds_what_a_space_may_be(gateway):
    for plan, wish, field in (
        ("pro", {"max_messages": 5_001}, "max_messages"),
        ("pro", {"max_age_seconds": 30 * 86_400 + 1}, "max_age_seconds"),
        ("hobbyist", {"max_age_seconds": 86_401}, "max_age_seconds"),
        ("pro", {"ttl_seconds": 604_801}, "ttl_seconds"),
        ("free", {"webhook_url": "https://your.app/x"}, None),
        ("hobbyist", {"domains": ["example.org"]}, None),
    ):
        key = await gateway.account(plan)
        space = await create(gateway, key)
        for answer in (
            await gateway.http.post(SPACES, json=wish, headers=key),
            await gateway.http.patch(f"{SPACES}/{space['id']}", json=wish, headers=key),
        ):
            assert 403 == answer.status_code, answer.text
            assert field is None or answer.json()["message"].startswith(f"{field}: plan {plan} allows at most")


async def test_without_persistence_a_space_lives_and_keeps_as_long_as_the_plan_allows(gateway):
    space = await create(gateway, await gateway.account("free"), ttl_seconds=None)
    left = datetime.fromisoformat(space["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=59) < left <= timedelta(hours=1)
    assert {"max_messages": 500, "max_age_seconds": 3600} == space["retention"]


async def test_spaces_and_inboxes_are_counted_apart(gateway):
    key = await gateway.account("free")
    await create(gateway, key)
    refused = await gateway.http.post(SPACES, headers=key)
    assert (429, "quota_exceeded", "plan free allows 1 spaces") == (
        refused.status_code,
        refused.json()["error"],
        refused.json()["message"],
    )
    for _ in range(3):
        await gateway.inbox(key)
    assert 429 == (await gateway.http.post("/api/v1/inboxes", headers=key)).status_code
    used = (await gateway.http.get("/api/v1/usage", headers=key)).json()
    assert (3, 1, 3) == (used["active_inboxes"], used["spaces"], used["created_today"])
    assert (3, 1, 5_000) == tuple(used["limits"][name] for name in ("active_inboxes", "spaces", "space_messages"))


async def test_a_hundred_creations_at_once_do_not_exceed_the_quota(gateway):
    key = await gateway.account("hobbyist")
    answers = await asyncio.gather(*(gateway.http.post(SPACES, headers=key) for _ in range(20)))
    assert [201] * 3 + [429] * 17 == sorted(answer.status_code for answer in answers)


async def test_lists_of_inboxes_show_no_spaces(gateway):
    key = await gateway.account()
    space, inbox = await create(gateway, key, name="s"), await gateway.inbox(key, label="s")
    for path in ("/api/v1/inboxes", "/api/v1/inboxes?label=s", "/v1/mailboxes", "/v2/emails", "/v1/inboxes"):
        listed = await gateway.http.get(path, headers=key)
        if listed.status_code == 200:
            assert inbox["id"] in listed.text or inbox["address"] in listed.text
            assert space["id"] not in listed.text
    assert inbox["address"] not in (await gateway.http.get(SPACES, headers=key)).text


async def test_an_inbox_is_no_space(gateway):
    key = await gateway.account()
    inbox = await gateway.inbox(key)
    for method, rest in (("GET", ""), ("DELETE", ""), ("GET", "/credentials"), ("POST", "/credentials")):
        answer = await gateway.http.request(method, f"{SPACES}/{inbox['id']}{rest}", headers=key)
        assert (404, "no such space") == (answer.status_code, answer.json()["message"])


async def test_a_deleted_space_is_gone_for_every_route(gateway):
    key = await gateway.account("free")
    space = await create(gateway, key)
    assert 204 == (await gateway.http.delete(f"{SPACES}/{space['id']}", headers=key)).status_code
    for path in (f"{SPACES}/{space['id']}", f"/api/v1/inboxes/{space['id']}", f"/api/v1/inboxes/{space['address']}"):
        assert 404 == (await gateway.http.get(path, headers=key)).status_code
    assert [] == (await gateway.http.get(SPACES, headers=key)).json()
    await create(gateway, key)


async def test_a_space_takes_verified_domains_of_its_account_one_space_each(make_gateway, names):
    gateway = await make_gateway(dns_resolver=names.address)
    key, stranger = await gateway.account(), await gateway.account()
    name, claim = await verified_domain(gateway, names, key)
    space = await create(gateway, key, domains=[name.upper(), name])
    assert [f"{space['id']}.mayfly.test", f"{space['id']}.second.test", name] == space["domains"]

    taken = await gateway.http.post(SPACES, json={"domains": [name]}, headers=key)
    assert (409, f"domains: {name} is already a domain of another space") == (
        taken.status_code,
        taken.json()["message"],
    )
    other = await create(gateway, key)
    assert (
        409 == (await gateway.http.patch(f"{SPACES}/{other['id']}", json={"domains": [name]}, headers=key)).status_code
    )
    for wish in (
        [name],
        ["mayfly.test"],
        ["nobodys.example.org"],
        [f"{space['id']}.mayfly.test"],
        [ANY_DOMAIN],
        ["a b"],
    ):
        refused = await gateway.http.post(SPACES, json={"domains": wish}, headers=stranger)
        assert (400, True) == (refused.status_code, refused.json()["message"].startswith("domains: ")), wish

    # Given up by one space, the domain is free for another; an ended space frees it too.
    assert (
        name
        not in (await gateway.http.patch(f"{SPACES}/{space['id']}", json={"domains": []}, headers=key)).json()[
            "domains"
        ]
    )
    moved = await gateway.http.patch(f"{SPACES}/{other['id']}", json={"domains": [name]}, headers=key)
    assert name in moved.json()["domains"]
    await gateway.http.delete(f"{SPACES}/{other['id']}", headers=key)
    third = await create(gateway, key, domains=[name])

    # The account lets the domain go: no space takes its mail any more, and the next owner can have it.
    assert 204 == (await gateway.http.delete(claim, headers=key)).status_code
    assert name not in (await gateway.http.get(f"{SPACES}/{third['id']}", headers=key)).json()["domains"]
    await verified_domain(gateway, names, stranger, name)
    assert name in (await create(gateway, stranger, domains=[name]))["domains"]


async def test_an_expired_space_frees_its_domain_before_the_reaper_comes(
    make_gateway, names, mongo_uri, mongo_database
):
    gateway = await make_gateway(dns_resolver=names.address)
    key = await gateway.account()
    name, _ = await verified_domain(gateway, names, key)
    for wish in ({"method": "POST", "url": SPACES}, {"method": "PATCH", "url": None}):
        ending = await create(gateway, key)
        path = f"{SPACES}/{ending['id']}"
        await gateway.http.patch(path, json={"domains": [name]}, headers=key)
        async with connect_store(mongo_uri, mongo_database, "test") as database:
            over = {"$set": {"expires_at": datetime.now(UTC) - timedelta(seconds=1)}}
            await database["inboxes"].update_one({"_id": ending["id"]}, over)
        url = wish["url"] or f"{SPACES}/{(await create(gateway, key))['id']}"
        answer = await gateway.http.request(wish["method"], url, json={"domains": [name]}, headers=key)
        assert name in answer.json()["domains"]
        await gateway.http.delete(f"{SPACES}/{answer.json()['id']}", headers=key)


async def test_two_spaces_that_ask_for_a_domain_at_once_do_not_both_get_it(make_gateway, names):
    gateway = await make_gateway(dns_resolver=names.address)
    key = await gateway.account()
    name, _ = await verified_domain(gateway, names, key)
    spaces = [await create(gateway, key) for _ in range(5)]
    answers = await asyncio.gather(
        *(gateway.http.patch(f"{SPACES}/{s['id']}", json={"domains": [name]}, headers=key) for s in spaces),
        *(gateway.http.post(SPACES, json={"domains": [name]}, headers=key) for _ in range(3)),
    )
    assert [200, 409] == sorted({200 if answer.is_success else answer.status_code for answer in answers})
    assert 1 == sum(answer.is_success for answer in answers)


async def test_a_domain_that_becomes_public_leads_to_no_space(make_gateway, names):
    gateway = await make_gateway(dns_resolver=names.address)
    key = await gateway.account()
    name, _ = await verified_domain(gateway, names, key)
    space = await create(gateway, key, domains=[name])
    await make_gateway(domains=("mayfly.test", "second.test", name))
    await make_gateway()
    shown = (await gateway.http.get(f"{SPACES}/{space['id']}", headers=key)).json()
    assert [f"{space['id']}.mayfly.test", f"{space['id']}.second.test"] == shown["domains"]


async def test_receipts_of_spaces_and_inboxes_are_listed_newest_first_page_by_page(gateway, mongo_uri, mongo_database):
    key = await gateway.account()
    made = []
    for number in range(6):
        inbox = await create(gateway, key) if number % 2 else await gateway.inbox(key)
        made.append(inbox["id"])
    async with connect_store(mongo_uri, mongo_database, "test") as database:  # what the reaper writes; none runs here
        inboxes = Inboxes(database)
        receipts = [receipt_of(await inboxes.get(inbox_id, datetime.now(UTC))) for inbox_id in made]
        await Receipts(database).insert_missing(receipts)
    seen, path = [], "/api/v1/receipts?limit=2"
    while path:
        answer = await gateway.http.get(path, headers=key)
        seen += [receipt["inbox_id"] for receipt in answer.json()]
        path = answer.links["next"]["url"] if "next" in answer.links else None
    assert made[::-1] == seen
    assert made[1] == (await gateway.http.get(f"/api/v1/receipts/{made[1]}", headers=key)).json()["inbox_id"]


async def test_a_form_says_to_whom_a_mail_in_a_space_is(gateway, clean_nats):
    key = await gateway.account()
    space, inbox = await create(gateway, key), await gateway.inbox(key)
    async with connect_bus(clean_nats, "test") as bus:
        stream = (await bus.jetstream.stream_info("MAIL")).state.last_seq
        for box, to in ((space, "Ann <ann@example.com>, bob@example.org"), (space, None), (inbox, "ann@example.com")):
            form = {"sender": (None, "app@example.com"), "subject": (None, "hi")} | ({"to": (None, to)} if to else {})
            path = f"/api/v1/inboxes/{box['address']}/messages"
            answer = await gateway.http.post(path, files=form, headers=key)
            assert 202 == answer.status_code, answer.text
        mails = [(await bus.jetstream.get_msg("MAIL", stream + n)).data for n in (1, 2, 3)]
    expected = ["Ann <ann@example.com>, bob@example.org", space["address"], inbox["address"]]
    assert [True] * 3 == [f"To: {to}\r\n".encode() in octets for to, octets in zip(expected, mails, strict=True)]


async def test_the_default_space_can_be_renamed_but_not_ended_or_given_domains(make_gateway, mongo_uri, mongo_database):
    gateway = await make_gateway(mailpit_smtp_port=1025)
    key = await gateway.account()
    account = (await gateway.http.get("/api/v1/account", headers=key)).json()["id"]
    async with connect_store(mongo_uri, mongo_database, "test") as database:  # that of the first account of all tests
        await database["inboxes"].update_one({"_id": DEFAULT_SPACE_ID}, {"$set": {"account_id": account}})
    path = f"{SPACES}/{DEFAULT_SPACE_ID}"
    assert [ANY_DOMAIN, "00000000.mayfly.test", "00000000.second.test"] == (
        await gateway.http.get(path, headers=key)
    ).json()["domains"]
    for method, target, body in (
        ("DELETE", path, None),
        ("DELETE", f"/api/v1/inboxes/{DEFAULT_SPACE_ID}", None),
        ("PATCH", path, {"domains": []}),
        ("PATCH", path, {"ttl_seconds": 60}),
        ("PATCH", f"/api/v1/inboxes/{DEFAULT_SPACE_ID}", {"ttl_seconds": 60}),
    ):
        answer = await gateway.http.request(method, target, json=body, headers=key)
        assert (409, True) == (answer.status_code, "default space" in answer.json()["message"])
    renamed = (await gateway.http.patch(path, json={"name": "Mine", "max_messages": 20}, headers=key)).json()
    assert ("Mine", 20) == (renamed["name"], renamed["retention"]["max_messages"])
    assert 0 == (await gateway.http.get("/api/v1/usage", headers=key)).json()["spaces"]


async def test_a_list_names_the_first_three_recipients_and_how_many_there_are(gateway, deliver):
    key = await gateway.account("pro")
    space = await create(gateway, key)
    reached = [f"user{number}@{space['id']}.mayfly.test" for number in range(5)]
    await deliver(space | {"address": f"*@{space['id']}.mayfly.test"}, recipients=reached)
    for path in (f"/api/v1/inboxes/{space['id']}/messages", "/api/v1/messages"):
        [listed] = (await gateway.http.get(path, headers=key)).json()
        assert (reached[:3], 5) == (listed["recipients"], listed["recipient_count"])
