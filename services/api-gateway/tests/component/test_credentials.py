"""Accounts, sessions, API keys and inbox tokens: who they let in, and how fast they stop."""

import asyncio

import pytest

PASSWORD = "correct horse battery"


async def _register(gateway, email=None, password=PASSWORD):
    body = {"email": email or gateway.person, "password": password}
    return await gateway.http.post("/api/v1/auth/register", json=body)


async def _log_in(gateway, email=None, password=PASSWORD):
    body = {"email": email or gateway.person, "password": password}
    return await gateway.http.post("/api/v1/auth/login", json=body)


async def test_a_person_registers_logs_in_makes_a_key_and_logs_out(gateway):
    registered = await _register(gateway, gateway.person.upper())
    assert (201, "free") == (registered.status_code, registered.json()["plan"])
    session = (await _log_in(gateway)).json()
    assert ("bearer", 12 * 3600) == (session["token_type"], session["expires_in"])
    bearer = {"Authorization": f"Bearer {session['access_token']}"}
    assert gateway.person == (await gateway.http.get("/api/v1/account", headers=bearer)).json()["email"]
    made = await gateway.http.post("/api/v1/api-keys", json={"label": "CI"}, headers=bearer)
    assert 201 == made.status_code
    assert 204 == (await gateway.http.post("/api/v1/auth/logout", headers=bearer)).status_code
    assert 401 == (await gateway.http.get("/api/v1/account", headers=bearer)).status_code
    key = {"X-API-Key": made.json()["plaintext"]}
    assert 200 == (await gateway.http.get("/api/v1/account", headers=key)).status_code


async def test_an_address_has_one_account(gateway):
    await _register(gateway)
    again = await _register(gateway)
    assert (409, "conflict") == (again.status_code, again.json()["error"])


@pytest.mark.parametrize(("email", "password"), [("no-at", PASSWORD), ("a@b", PASSWORD), ("a@b.cd", "short")])
async def test_registering_checks_address_and_password(gateway, email, password):
    assert 400 == (await _register(gateway, email, password)).status_code


async def test_unknown_address_and_wrong_password_read_the_same(gateway):
    await _register(gateway)
    wrong, unknown = await _log_in(gateway, password="wrong password"), await _log_in(gateway, "nobody@example.com")
    assert (401, wrong.json()) == (unknown.status_code, unknown.json())


async def test_guessing_a_password_is_slowed_down(gateway):
    await _register(gateway)
    answers = [await _log_in(gateway, password=f"wrong password {n}") for n in range(6)]
    assert [401] * 5 + [429] == [answer.status_code for answer in answers]
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_changing_the_password_takes_the_present_one(gateway):
    await _register(gateway)
    bearer = {"Authorization": f"Bearer {(await _log_in(gateway)).json()['access_token']}"}
    change = {"password": "another password"}
    assert 401 == (await gateway.http.patch("/api/v1/account", json=change, headers=bearer)).status_code
    change["current_password"] = PASSWORD
    assert 200 == (await gateway.http.patch("/api/v1/account", json=change, headers=bearer)).status_code
    assert 200 == (await _log_in(gateway, password="another password")).status_code


async def _bearer(gateway, password=PASSWORD):
    answer = await _log_in(gateway, password=password)
    assert 200 == answer.status_code, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def _works(gateway, headers):
    return 200 == (await gateway.http.get("/api/v1/account", headers=headers)).status_code


async def test_a_new_password_ends_all_other_sessions_on_every_gateway(gateway, make_gateway):
    other = await make_gateway()
    await _register(gateway)
    stolen, own = await _bearer(gateway), await _bearer(gateway)
    key = {"X-API-Key": (await gateway.http.post("/api/v1/api-keys", json={}, headers=own)).json()["plaintext"]}
    assert [True, True] == [await _works(door, stolen) for door in (gateway, other)]
    change = {"password": "another password", "current_password": PASSWORD}
    assert 200 == (await gateway.http.patch("/api/v1/account", json=change, headers=own)).status_code
    assert not await _works(gateway, stolen)
    async with asyncio.timeout(1):
        while await _works(other, stolen):
            await asyncio.sleep(0.01)
    assert [True, True] == [await _works(door, own) for door in (gateway, other)]
    assert await _works(gateway, key)
    assert await _works(gateway, await _bearer(gateway, "another password"))


async def test_a_login_that_the_new_password_overtakes_opens_nothing(gateway):
    await _register(gateway)
    own = await _bearer(gateway)
    change = {"password": "another password", "current_password": PASSWORD}
    logins = [_log_in(gateway) for _ in range(3)]
    changed, *others = await asyncio.gather(gateway.http.patch("/api/v1/account", json=change, headers=own), *logins)
    assert 200 == changed.status_code
    for answer in others:
        if answer.status_code == 200:
            assert not await _works(gateway, {"Authorization": f"Bearer {answer.json()['access_token']}"})


async def test_of_two_changes_of_the_password_at_once_one_is_made(gateway):
    await _register(gateway)
    own = await _bearer(gateway)
    words = ["the first of two", "the second of two"]
    answers = await asyncio.gather(
        *(
            gateway.http.patch("/api/v1/account", json={"password": w, "current_password": PASSWORD}, headers=own)
            for w in words
        )
    )
    assert [200, 401] == sorted(answer.status_code for answer in answers)
    kept = words[0] if answers[0].status_code == 200 else words[1]
    await _bearer(gateway, kept)


async def test_guesses_of_the_current_password_share_the_limit_of_logins(gateway):
    await _register(gateway)
    own = await _bearer(gateway)
    statuses = []
    for n in range(5):
        guess = {"password": "another password", "current_password": f"wrong password {n}"}
        statuses.append((await gateway.http.patch("/api/v1/account", json=guess, headers=own)).status_code)
    assert [401] * 4 + [429] == statuses
    assert 429 == (await _log_in(gateway)).status_code
    # Credentials in a login do not make another caller of it.
    body = {"email": gateway.person, "password": "wrong password"}
    for headers in (own, await gateway.account()):
        assert 429 == (await gateway.http.post("/api/v1/auth/login", json=body, headers=headers)).status_code


async def test_a_suspension_ends_sessions_for_good(gateway):
    await _register(gateway)
    session = await _bearer(gateway)
    account = (await gateway.http.get("/api/v1/account", headers=session)).json()["id"]
    path = f"/api/v1/admin/accounts/{account}"
    for suspended, status in ((True, 403), (False, 401)):
        await gateway.http.patch(path, json={"suspended": suspended}, headers=gateway.operator)
        assert (await gateway.http.get("/api/v1/account", headers=session)).status_code in {401, status}
    assert await _works(gateway, await _bearer(gateway))


async def test_without_a_secret_for_sessions_there_are_none(make_gateway):
    gateway = await make_gateway(jwt_secret="")
    assert 403 == (await _register(gateway)).status_code
    assert 403 == (await _log_in(gateway)).status_code


async def test_a_key_is_let_in_only_from_its_domains(gateway):
    owner = await gateway.account()
    wish = {"label": "web", "allowed_domains": ["*.example.com", "localhost:3000"]}
    made = (await gateway.http.post("/api/v1/api-keys", json=wish, headers=owner)).json()
    key = {"X-API-Key": made["plaintext"]}
    for origin, status in (
        ("https://app.example.com", 200),
        ("https://EXAMPLE.com", 200),
        ("http://localhost:3000", 200),
        ("http://localhost:3001", 403),
        ("https://example.com.evil.test", 403),
        ("https://notexample.com", 403),
        ("null", 403),
    ):
        answer = await gateway.http.get("/api/v1/inboxes", headers={**key, "Origin": origin})
        assert (origin, status) == (origin, answer.status_code)
    refused = await gateway.http.get("/api/v1/inboxes", headers=key)
    assert {"error": "forbidden", "message": "API key not authorized for this domain"} == refused.json()


async def test_scopes_say_what_a_key_may_do(gateway):
    owner = await gateway.account()
    wish = {"label": "reader", "scopes": ["mailboxes:read"]}
    made = (await gateway.http.post("/api/v1/api-keys", json=wish, headers=owner)).json()
    key = {"X-API-Key": made["plaintext"]}
    assert 200 == (await gateway.http.get("/api/v1/inboxes", headers=key)).status_code
    for method, path in (("POST", "/api/v1/inboxes"), ("POST", "/api/v1/api-keys"), ("GET", "/api/v1/domains")):
        answer = await gateway.http.request(method, path, json={"label": "more"}, headers=key)
        assert (path, 403) == (path, answer.status_code)


async def test_an_unknown_scope_is_refused(gateway):
    wish = {"label": "x", "scopes": ["everything"]}
    answer = await gateway.http.post("/api/v1/api-keys", json=wish, headers=await gateway.account())
    assert 400 == answer.status_code
    assert "scopes" in answer.json()["message"]


async def test_every_gateway_forgets_a_revoked_key_within_a_second(gateway, make_gateway):
    other = await make_gateway()
    owner = await gateway.account()
    made = (await gateway.http.post("/api/v1/api-keys", json={"label": "x"}, headers=owner)).json()
    key = {"X-API-Key": made["plaintext"]}
    assert 200 == (await other.http.get("/api/v1/account", headers=key)).status_code
    await gateway.http.delete(f"/api/v1/api-keys/{made['id']}", headers=owner)
    async with asyncio.timeout(1):
        while (await other.http.get("/api/v1/account", headers=key)).status_code != 401:
            await asyncio.sleep(0.01)


async def test_suspending_an_account_closes_it_everywhere(gateway, make_gateway):
    other = await make_gateway()
    key = await gateway.account()
    account = (await other.http.get("/api/v1/account", headers=key)).json()
    path = f"/api/v1/admin/accounts/{account['id']}"
    assert (await gateway.http.patch(path, json={"suspended": True}, headers=gateway.operator)).json()["suspended"]
    async with asyncio.timeout(1):
        while (await other.http.get("/api/v1/account", headers=key)).status_code != 403:
            await asyncio.sleep(0.01)
    await gateway.http.patch(path, json={"suspended": False}, headers=gateway.operator)
    assert 200 == (await gateway.http.get("/api/v1/account", headers=key)).status_code


async def _made(gateway, maker, status=201, **wish):
    answer = await gateway.http.post("/api/v1/api-keys", json={"label": "x", **wish}, headers=maker)
    assert status == answer.status_code, answer.text
    return answer.json()


def _header(made):
    return {"X-API-Key": made.get("plaintext") or made["api_key"], "Origin": "https://app.example.com"}


async def test_a_key_inherits_sites_and_end_of_the_restricted_key_that_makes_it(gateway):
    owner = await gateway.account()
    narrow = await _made(gateway, owner, allowed_domains=["*.example.com"], expires_in_days=2)
    bare = await _made(gateway, _header(narrow))
    assert (["*.example.com"], narrow["expires_at"]) == (bare["allowed_domains"], bare["expires_at"])
    fitting = await _made(gateway, _header(narrow), allowed_domains=["app.example.com"], expires_in_days=1)
    assert (["app.example.com"], True) == (fitting["allowed_domains"], fitting["expires_at"] < narrow["expires_at"])
    for wish, field in (
        ({"allowed_domains": ["app.example.com", "other.test"]}, "allowed_domains"),
        ({"allowed_domains": ["*.com"]}, "allowed_domains"),
        ({"expires_in_days": 3}, "expires_in_days"),
    ):
        refused = await _made(gateway, _header(narrow), 403, **wish)
        assert refused["message"].startswith(f"{field}:")


async def test_minutemail_names_its_own_fields_when_a_key_asks_for_more_than_its_maker_has(gateway):
    narrow = await _made(gateway, await gateway.account(), allowed_domains=["app.example.com"], expires_in_days=2)
    for wish, field in (
        ({"domains": ["other.test"]}, "domains"),
        ({"expires_at": "2099-01-01T00:00:00Z"}, "expires_at"),
    ):
        answer = await gateway.http.post("/v1/api-keys", json={"name": "x", **wish}, headers=_header(narrow))
        assert (403, True) == (answer.status_code, answer.json()["message"].startswith(f"{field}:"))
    made = await gateway.http.post("/v1/api-keys", json={"name": "x"}, headers=_header(narrow))
    assert (["app.example.com"], narrow["expires_at"]) == (made.json()["domains"], made.json()["expires_at"])


async def test_a_revoked_key_takes_with_it_what_it_made_down_to_the_last_on_every_gateway(gateway, make_gateway):
    other = await make_gateway()
    owner = await gateway.account()
    chain = [await _made(gateway, owner, expires_in_days=1)]
    for _ in range(3):
        chain.append(await _made(gateway, _header(chain[-1])))
    box = await gateway.inbox(_header(chain[-1]))
    token = {"Authorization": f"Bearer {box['token']}"}
    read = f"/api/v1/inboxes/{box['address']}"
    for door in (gateway, other):
        assert [200] * 4 == [(await door.http.get(read, headers=_header(made))).status_code for made in chain]
        assert 200 == (await door.http.get(read, headers=token)).status_code
    await gateway.http.delete(f"/api/v1/api-keys/{chain[1]['id']}", headers=owner)
    async with asyncio.timeout(1):
        while 401 != (await other.http.get(read, headers=token)).status_code:
            await asyncio.sleep(0.01)
    for door in (gateway, other):
        answers = [(await door.http.get(read, headers=_header(made))).status_code for made in chain]
        assert ([200, 401, 401, 401], 401) == (answers, (await door.http.get(read, headers=token)).status_code)
        assert 200 == (await door.http.get(read, headers=owner)).status_code
    listed = {key["id"]: key for key in (await gateway.http.get("/api/v1/api-keys", headers=owner)).json()}
    assert [True, False, False, False] == [listed[made["id"]]["is_active"] for made in chain]
    assert [made["id"] for made in chain[:3]] == listed[chain[3]["id"]]["made_by"]


async def test_a_key_ends_with_the_right_of_its_maker(gateway):
    owner = await gateway.account()
    maker = await _made(gateway, owner, expires_in_days=1)
    made = await _made(gateway, _header(maker))
    path = f"/v1/api-keys/{maker['id']}/scopes"
    assert 200 == (await gateway.http.put(path, json={"scopes": ["domains:read"]}, headers=owner)).status_code
    assert 200 == (await gateway.http.get("/v1/domains", headers=_header(made))).status_code
    for answer in (
        await gateway.http.get("/api/v1/inboxes", headers=_header(made)),
        await gateway.http.post("/api/v1/api-keys", json={}, headers=_header(made)),
        await gateway.http.put(path, json={"scopes": ["*"]}, headers=_header(made)),
    ):
        assert 403 == answer.status_code


async def test_a_restricted_key_gives_scopes_to_keys_that_it_made_only(gateway):
    owner = await gateway.account()
    other = await _made(gateway, owner, scopes=["mailboxes:read"])
    narrow = await _made(gateway, owner, expires_in_days=1)
    mine = await _made(gateway, _header(narrow), scopes=["mailboxes:read"])
    for key, status in ((other, 403), (narrow, 403), (mine, 200)):
        answer = await gateway.http.put(
            f"/v1/api-keys/{key['id']}/scopes", json={"scopes": ["*"]}, headers=_header(narrow)
        )
        assert status == answer.status_code
    stranger = await _made(gateway, await gateway.account())
    path = f"/v1/api-keys/{stranger['id']}/scopes"
    assert 404 == (await gateway.http.put(path, json={"scopes": ["*"]}, headers=_header(narrow))).status_code


async def test_label_scopes_and_sites_of_a_key_change_at_once_and_alone(gateway):
    owner = await gateway.account()
    key = await _made(gateway, owner, scopes=["mailboxes:read"])
    path = f"/api/v1/api-keys/{key['id']}"
    for change, status in (
        ({}, 200),
        ({"label": "shop"}, 200),
        ({"allowed_domains": ["other.example.org"]}, 403),
        ({"allowed_domains": [], "scopes": ["domains:read"]}, 403),
        ({"scopes": []}, 200),
    ):
        changed = await gateway.http.patch(path, json=change, headers=owner)
        assert (200, change) == (changed.status_code, {name: changed.json()[name] for name in change})
        read = await gateway.http.get("/api/v1/inboxes", headers=_header(key))
        assert (change, status) == (change, read.status_code)
    assert ("shop", [], []) == tuple(changed.json()[name] for name in ("label", "scopes", "allowed_domains"))


@pytest.mark.parametrize(
    "change", [{"label": ""}, {"label": None}, {"scopes": ["everything"]}, {"allowed_domains": ["https://a.example"]}]
)
async def test_a_change_of_a_key_that_is_no_change_is_400_and_names_the_field(gateway, change):
    owner = await gateway.account()
    key = await _made(gateway, owner)
    answer = await gateway.http.patch(f"/api/v1/api-keys/{key['id']}", json=change, headers=owner)
    assert 400 == answer.status_code
    assert answer.json()["message"].startswith(next(iter(change)))


async def test_a_revoked_key_and_that_of_a_stranger_cannot_be_changed(gateway):
    owner = await gateway.account()
    ended = await _made(gateway, owner)
    await gateway.http.delete(f"/api/v1/api-keys/{ended['id']}", headers=owner)
    for key in (ended, await _made(gateway, await gateway.account())):
        answer = await gateway.http.patch(f"/api/v1/api-keys/{key['id']}", json={"label": "mine"}, headers=owner)
        assert 404 == answer.status_code


async def test_a_key_for_some_sites_opens_no_key_to_others(gateway):
    owner = await gateway.account()
    site = {"Origin": "https://app.example.com"}
    narrow = await _made(gateway, owner, allowed_domains=["*.example.com"])
    made = await gateway.http.post("/api/v1/api-keys", json={}, headers=_header(narrow) | site)
    path = f"/api/v1/api-keys/{made.json()['id']}"
    for sites, status in ((["app.example.com"], 200), ([], 403), (["app.example.com", "evil.example.org"], 403)):
        change = await gateway.http.patch(path, json={"allowed_domains": sites}, headers=_header(narrow) | site)
        assert (sites, status) == (sites, change.status_code)
    change = await gateway.http.patch(
        f"/api/v1/api-keys/{narrow['id']}", json={"allowed_domains": []}, headers=_header(narrow) | site
    )
    assert 403 == change.status_code


async def test_what_an_unrestricted_key_or_a_session_makes_stands_by_itself(gateway):
    first = await gateway.account()
    second = await _made(gateway, first)
    [_, oldest] = (await gateway.http.get("/api/v1/api-keys", headers=first)).json()
    await gateway.http.delete(f"/api/v1/api-keys/{oldest['id']}", headers=_header(second))
    assert 401 == (await gateway.http.get("/api/v1/account", headers=first)).status_code
    assert 200 == (await gateway.http.get("/api/v1/account", headers=_header(second))).status_code


async def test_a_restricted_key_sets_no_password(gateway):
    owner = await gateway.account()
    narrow = await _made(gateway, owner, allowed_domains=["app.example.com"])
    change = {"password": PASSWORD}
    assert 403 == (await gateway.http.patch("/api/v1/account", json=change, headers=_header(narrow))).status_code
    assert 200 == (await gateway.http.patch("/api/v1/account", json=change, headers=owner)).status_code


async def test_an_inbox_token_can_no_more_than_the_key_that_made_it(gateway):
    owner = await gateway.account()
    writer = await _made(gateway, owner, scopes=["mailboxes:write"], allowed_domains=["app.example.com"])
    box = await gateway.inbox(_header(writer))
    path, site = f"/api/v1/inboxes/{box['address']}", {"Origin": "https://app.example.com"}
    token = {"Authorization": f"Bearer {box['token']}"}
    assert 403 == (await gateway.http.get(f"{path}/messages", headers={**token, **site})).status_code
    assert 403 == (await gateway.http.post(f"{path}/stream-ticket", headers={**token, **site})).status_code
    assert 204 == (await gateway.http.post(f"{path}/clear", headers={**token, **site})).status_code
    assert 403 == (await gateway.http.post(f"{path}/clear", headers=token)).status_code


async def test_a_key_that_only_writes_points_no_webhook_anywhere_and_reads_no_mail(gateway, deliver):
    owner = await gateway.account()
    writer = _header(await _made(gateway, owner, scopes=["mailboxes:write"]))
    box, url = await gateway.inbox(owner), {"webhook_url": "https://your.app/hook"}
    message = await deliver(box)
    hook = (await gateway.http.post("/api/v1/webhooks", json={"url": url["webhook_url"]}, headers=owner)).json()
    for method, path, body in (
        ("POST", "/api/v1/inboxes", url),
        ("PATCH", f"/api/v1/inboxes/{box['address']}", url),
        ("POST", "/api/v1/webhooks", {"url": url["webhook_url"]}),
        ("PATCH", f"/api/v1/webhooks/{hook['id']}", {"url": url["webhook_url"]}),
        ("POST", f"/api/v1/webhooks/{hook['id']}/rotate-secret", None),
        ("PUT", "/user/webhook", {"url": url["webhook_url"]}),
        ("PATCH", f"/api/v1/messages/{message.id}", {"is_read": True}),
    ):
        answer = await gateway.http.request(method, path, json=body, headers=writer)
        assert (path, 403) == (path, answer.status_code)
    assert 201 == (await gateway.http.post("/api/v1/inboxes", json={}, headers=writer)).status_code
    both = _header(await _made(gateway, owner, scopes=["mailboxes:write", "mailboxes:read"]))
    assert 201 == (await gateway.http.post("/api/v1/inboxes", json=url, headers=both)).status_code


async def test_an_inbox_token_opens_its_inbox_and_no_other(gateway):
    key = await gateway.account()
    mine, other = await gateway.inbox(key), await gateway.inbox(key)
    token = {"Authorization": f"Bearer {mine['token']}"}
    assert 200 == (await gateway.http.get(f"/api/v1/inboxes/{mine['address']}", headers=token)).status_code
    assert 200 == (await gateway.http.get(f"/api/v1/inboxes/{mine['id']}", headers=token)).status_code
    assert 404 == (await gateway.http.get(f"/api/v1/inboxes/{other['address']}", headers=token)).status_code
    assert 401 == (await gateway.http.get("/api/v1/inboxes", headers=token)).status_code
    assert 204 == (await gateway.http.delete(f"/api/v1/inboxes/{mine['address']}", headers=token)).status_code
    assert 404 == (await gateway.http.get(f"/api/v1/inboxes/{mine['address']}", headers=token)).status_code


@pytest.mark.parametrize(("mode", "without", "with_token"), [("address", 200, 200), ("token", 404, 200)])
async def test_an_inbox_without_owner_is_open_as_the_operator_says(make_gateway, mode, without, with_token):
    gateway = await make_gateway(anonymous_access=mode)
    inbox = await gateway.inbox()
    path = f"/api/v1/inboxes/{inbox['address']}"
    assert without == (await gateway.http.get(path)).status_code
    token = {"Authorization": f"Bearer {inbox['token']}"}
    assert with_token == (await gateway.http.get(path, headers=token)).status_code


async def test_anonymous_inboxes_can_be_switched_off(make_gateway):
    gateway = await make_gateway(anonymous_access="off")
    answer = await gateway.http.post("/api/v1/inboxes/generate", json={})
    assert (401, "unauthorized") == (answer.status_code, answer.json()["error"])
    key = await gateway.account()
    assert 201 == (await gateway.http.post("/api/v1/inboxes/generate", json={}, headers=key)).status_code


async def test_a_team_shares_the_owners_plan_and_its_quotas(gateway):
    owner, member = await gateway.account("team"), await gateway.account("free")
    path = "/api/v1/team/invitations"
    invitation = (await gateway.http.post(path, json={"email": "a@example.com"}, headers=owner)).json()
    code = {"code": invitation["code"]}
    assert 204 == (await gateway.http.post(f"{path}/{invitation['id']}/accept", json=code, headers=member)).status_code
    await gateway.inbox(owner)
    await gateway.inbox(member)
    used = (await gateway.http.get("/api/v1/usage", headers=member)).json()
    assert ("team", 2) == (used["plan"], used["active_inboxes"])
