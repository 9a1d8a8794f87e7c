"""OAuth clients and identities by the MinuteMail dialect: fields, rules, limits, and when an identity ends."""

import asyncio

from mayfly.store.client import connect
from mayfly.store.inboxes import Inboxes

from .conftest import CALLBACK, returned

UNKNOWN = "0196b5b0-0000-7000-8000-000000000000"
CLIENT = {
    *("clientId", "name", "redirectUris", "postLogoutRedirectUris", "providerType", "providerLabel", "isPublic"),
    "createdAt",
}
IDENTITY = {
    *("id", "clientId", "mailboxAddress", "username", "name", "avatarUrl", "isActive", "emailVerified", "claims"),
    *("createdAt", "updatedAt"),
}


async def test_a_client_shows_its_secret_once(app):
    assert CLIENT | {"clientSecret"} == set(app.client)
    shown = {name: value for name, value in app.client.items() if name != "clientSecret"}
    assert shown == await app.api("GET", f"/v1/identities/clients/{app.id}")
    assert {"clients": [shown]} == await app.api("GET", "/v1/identities/clients")
    assert ("custom", "Acme", False, [CALLBACK]) == tuple(
        shown[name] for name in ("providerType", "providerLabel", "isPublic", "redirectUris")
    )


async def test_a_rotated_secret_replaces_the_old_one_at_once(app):
    rotated = await app.api("POST", f"/v1/identities/clients/{app.id}/rotate-secret")
    assert ["clientSecret"] == list(rotated)
    code = await app.code()
    refused = await app.token(code)
    assert (401, "invalid_client") == (refused.status_code, refused.json()["error"])
    assert 200 == (await app.token(code, client_secret=rotated["clientSecret"])).status_code


async def test_a_public_client_has_no_secret(make_application):
    app = await make_application(isPublic=True)
    assert (None, True) == (app.secret, app.client["isPublic"])
    await app.api("POST", f"/v1/identities/clients/{app.id}/rotate-secret", expect=409)


FAULTS = (
    ({"providerLabel": None}, "providerLabel"),
    ({"providerLabel": "  "}, "providerLabel"),
    ({"providerType": "okta"}, "providerType"),
    ({"name": ""}, "name"),
    ({"name": "two\nlines"}, "name"),
    ({"redirectUris": []}, "redirectUris"),
    ({"redirectUris": "http://localhost"}, "redirectUris"),
    ({"redirectUris": ["/callback"]}, "redirectUris"),
    ({"redirectUris": [CALLBACK + "#fragment"]}, "redirectUris"),
    ({"redirectUris": ["javascript:alert(1)"]}, "redirectUris"),
    ({"redirectUris": [CALLBACK] * 21}, "redirectUris"),
    ({"isPublic": "yes"}, "isPublic"),
    ({"postLogoutRedirectUris": ["javascript:alert(1)"]}, "postLogoutRedirectUris"),
)


async def test_a_malformed_client_is_400_and_names_the_field(gateway):
    key = await gateway.account("team")
    for change, field in FAULTS:
        body = {"name": "Shop", "redirectUris": [CALLBACK], "providerLabel": "Acme", **change}
        answer = await gateway.http.post("/v1/identities/clients", json=body, headers=key)
        error = answer.json()
        assert (change, 400, "bad_request") == (change, answer.status_code, error["error"])
        assert field in error["message"]


async def test_an_identity_is_named_after_its_mailbox_where_nothing_is_said(app):
    mailbox = await app.gateway.inbox(app.key)
    body = {"clientId": app.id, "mailboxAddress": mailbox["address"].upper()}
    made = await app.api("POST", "/v1/identities", body, 201)
    local_part = mailbox["address"].split("@")[0]
    assert IDENTITY == set(made)
    assert (mailbox["address"], local_part, local_part, None, True, True, {}) == tuple(
        made[name]
        for name in ("mailboxAddress", "username", "name", "avatarUrl", "isActive", "emailVerified", "claims")
    )
    assert made == await app.api("GET", f"/v1/identities/{made['id']}")


async def test_lists_are_filtered_by_client_and_mailbox(app, make_application):
    other = await make_application(app.key)
    for query, expected in (
        ({}, [other.ann, app.ann]),
        ({"clientId": app.id}, [app.ann]),
        ({"mailboxAddress": other.mailbox["address"].upper()}, [other.ann]),
        ({"clientId": app.id, "mailboxAddress": other.mailbox["address"]}, []),
        ({"clientId": UNKNOWN}, []),
    ):
        answer = await app.http.get("/v1/identities", params=query, headers=app.key)
        assert (query, {"identities": expected}) == (query, answer.json())


async def test_a_change_leaves_what_it_does_not_name_and_replaces_claims_as_a_whole(app):
    path = f"/v1/identities/{app.ann['id']}"
    await app.api("PATCH", path, {"claims": {"role": "admin", "https://example.com/plan.x": "pro"}})
    changed = await app.api("PATCH", path, {"claims": {"role": "user"}, "avatarUrl": "https://example.com/a.png"})
    assert {**app.ann, "claims": {"role": "user"}, "avatarUrl": "https://example.com/a.png"} == {
        **changed,
        "updatedAt": app.ann["updatedAt"],
    }
    assert changed["updatedAt"] > app.ann["updatedAt"]
    assert None is (await app.api("PATCH", path, {"avatarUrl": ""}))["avatarUrl"]
    assert "ann" == (await app.api("PATCH", path, {}))["username"]


BAD_CHANGES = (
    {"claims": {"sub": "x"}},
    {"claims": {"iss": "x"}},
    {"claims": {"email_verified": "true"}},
    {"claims": {"role": ["admin"]}},
    {"claims": {"$role": "x"}},
    {"claims": {str(number): "x" for number in range(51)}},
    {"avatarUrl": "javascript:alert(1)"},
    {"name": ""},
    {"isActive": "no"},
    {"username": None},
)


async def test_a_malformed_change_is_400(app):
    for change in BAD_CHANGES:
        await app.api("PATCH", f"/v1/identities/{app.ann['id']}", change, 400)
    assert app.ann == await app.api("GET", f"/v1/identities/{app.ann['id']}")


async def test_claims_are_for_custom_providers_alone(make_application):
    app = await make_application(providerType="google", providerLabel=None)
    assert ("google", None) == (app.client["providerType"], app.client["providerLabel"])
    refused = await app.api("PATCH", f"/v1/identities/{app.ann['id']}", {"claims": {"role": "admin"}}, 400)
    assert "claims" in refused["message"]
    await app.api("PATCH", f"/v1/identities/{app.ann['id']}", {"claims": {}, "emailVerified": False})


async def test_a_mailbox_is_one_person_to_a_client(app):
    body = {"clientId": app.id, "mailboxAddress": app.mailbox["address"]}
    assert "conflict" == (await app.api("POST", "/v1/identities", body, 409))["error"]


async def test_every_address_of_a_space_can_be_a_person(app, make_application):
    space = await app.api("POST", "/api/v1/spaces", {}, 201)
    other = await make_application()
    for name in ("ann", "bob.smith"):
        address = f"{name}@{space['id']}.mayfly.test"
        body = {"clientId": app.id, "mailboxAddress": address.upper()}
        made = await app.api("POST", "/v1/identities", body, 201)
        assert (address, name) == (made["mailboxAddress"], made["username"])
        await app.api("POST", "/v1/identities", body, 409)
        await app.api("POST", "/v1/identities", {**body, "clientId": other.id}, 404, other.key)
        tokens = (await app.token(returned(await app.authorize(login_hint=address))["code"])).json()
        assert address == (await app.claims(tokens["id_token"]))["email"]
    for address in ("ann@{}.other.test", "ann@x.{}.mayfly.test", "ann@{}x.mayfly.test"):
        body = {"clientId": app.id, "mailboxAddress": address.format(space["id"])}
        await app.api("POST", "/v1/identities", body, 404)
    body = {"clientId": app.id, "mailboxAddress": space["address"]}
    await app.api("POST", "/v1/identities", body, 400)
    await app.api("DELETE", f"/api/v1/spaces/{space['id']}", expect=204)
    assert [app.ann] == (await app.api("GET", "/v1/identities"))["identities"]


async def test_an_identity_needs_an_own_client_and_an_own_live_mailbox(app, make_application):
    other = await make_application()
    nobodys = await app.gateway.inbox()
    for client, address in (
        (other.id, app.mailbox["address"]),
        (UNKNOWN, app.mailbox["address"]),
        (app.id, other.mailbox["address"]),
        (app.id, nobodys["address"]),
        (app.id, "nobody@mayfly.test"),
    ):
        await app.api("POST", "/v1/identities", {"clientId": client, "mailboxAddress": address}, 404)
    await app.api("POST", "/v1/identities", {"clientId": app.id, "mailboxAddress": "no address"}, 400)


async def test_an_identity_ends_with_its_mailbox(app):
    code = await app.code()
    token = (await app.token(await app.code())).json()["access_token"]
    await app.api("DELETE", f"/v1/mailboxes/{app.mailbox['id']}", expect=204)
    await app.api("GET", f"/v1/identities/{app.ann['id']}", expect=404)
    assert {"identities": []} == await app.api("GET", "/v1/identities")
    assert "invalid_grant" == (await app.token(code)).json()["error"]
    assert 401 == (await app.userinfo(token)).status_code
    assert "Ann" not in (await app.authorize()).text


async def test_a_client_is_deleted_with_its_identities_and_tokens(app):
    token = (await app.token(await app.code())).json()["access_token"]
    assert 200 == (await app.userinfo(token)).status_code
    await app.api("DELETE", f"/v1/identities/clients/{app.id}", expect=204)
    for path in (f"/v1/identities/clients/{app.id}", f"/v1/identities/{app.ann['id']}"):
        await app.api("GET", path, expect=404)
        await app.api("DELETE", path, expect=404)
    assert 401 == (await app.userinfo(token)).status_code
    assert (400, True) == ((answer := await app.authorize()).status_code, "unknown client_id" in answer.text)


async def test_a_deleted_identity_is_gone_with_its_tokens(app):
    token = (await app.token(await app.code())).json()["access_token"]
    await app.api("DELETE", f"/v1/identities/{app.ann['id']}", expect=204)
    await app.api("GET", f"/v1/identities/{app.ann['id']}", expect=404)
    assert 401 == (await app.userinfo(token)).status_code


async def test_an_account_has_at_most_a_hundred_clients_also_when_asked_at_once(app, mongo_uri, mongo_database):
    account = (await app.api("GET", "/api/v1/account"))["id"]
    async with connect(mongo_uri, mongo_database, "test") as database:
        stored = await database["oauth_clients"].find_one({"_id": app.id})
        copies = [{**stored, "_id": f"{app.id}-{number}"} for number in range(98)]
        await database["oauth_clients"].insert_many(copies)
        assert account == stored["account_id"]
    body = {"name": "Shop", "redirectUris": [CALLBACK], "providerLabel": "Acme"}
    answers = await asyncio.gather(
        *(app.http.post("/v1/identities/clients", json=body, headers=app.key) for _ in range(4))
    )
    assert {answer.status_code for answer in answers} <= {201, 429}
    assert len((await app.api("GET", "/v1/identities/clients"))["clients"]) <= 100
    body["name"] = "One too many"
    answers = [await app.http.post("/v1/identities/clients", json=body, headers=app.key) for _ in range(2)]
    assert (429, "quota_exceeded") == (answers[-1].status_code, answers[-1].json()["error"])


async def test_an_account_has_at_most_a_thousand_identities(app, mongo_uri, mongo_database):
    async with connect(mongo_uri, mongo_database, "test") as database:
        stored = await database["identities"].find_one({"_id": app.ann["id"]})
        copies = [{**stored, "_id": f"{stored['_id']}-{n}", "inbox_id": f"none-{n}"} for n in range(999)]
        await database["identities"].insert_many(copies)
    mailbox = await app.gateway.inbox(app.key)
    body = {"clientId": app.id, "mailboxAddress": mailbox["address"]}
    assert "quota_exceeded" == (await app.api("POST", "/v1/identities", body, 429))["error"]
    await app.api("DELETE", f"/v1/identities/{app.ann['id']}", expect=204)
    await app.api("POST", "/v1/identities", body, 201)


async def test_the_store_has_no_secret_code_or_token(app, mongo_uri, mongo_database):
    code = await app.code()
    token = (await app.token(code)).json()["access_token"]
    async with connect(mongo_uri, mongo_database, "test") as database:
        for name in ("oauth_clients", "oauth_grants", "identities"):
            text = str([document async for document in database[name].find()])
            assert [] == [secret for secret in (app.secret, code, token) if secret in text]


async def test_an_ended_inbox_is_none_even_before_the_reaper_comes(app, mongo_uri, mongo_database):
    async with connect(mongo_uri, mongo_database, "test") as database:
        await Inboxes(database).delete(app.mailbox["id"])
    await app.api("GET", f"/v1/identities/{app.ann['id']}", expect=404)
