"""Hostile requests to the OpenID provider: nothing leads to a foreign URI, crosses an account or runs on a page."""

import asyncio
import html
import json
from base64 import urlsafe_b64encode

import jwt
import pytest

from ..conftest import CALLBACK, form_of, returned  # noqa: TID252 - tests are no installed package

SCRIPT = "\"><script>alert(1)</script>'><img src=x onerror=alert(1)>"


FOREIGN = (
    "https://evil.example/",
    CALLBACK + "/",
    CALLBACK + "/../evil",
    CALLBACK + "?x=1",
    CALLBACK + "#x",
    CALLBACK + "%20",
    CALLBACK + "\n",
    CALLBACK[:-1],
    CALLBACK.upper(),
    CALLBACK.replace("http", "HTTP"),
    CALLBACK.replace("/auth", "//auth"),
    CALLBACK.replace("/auth", "/./auth"),
    CALLBACK.replace("/auth", "/%61uth"),
    CALLBACK.replace("localhost", "LOCALHOST"),
    CALLBACK.replace("localhost", "localhost."),
    CALLBACK.replace("localhost", "127.0.0.1"),
    CALLBACK.replace("localhost:3000", "localhost:3001"),
    CALLBACK.replace("localhost:3000", "localhost"),
    CALLBACK.replace("localhost", "localhost@evil.example"),
    CALLBACK.replace("localhost:3000", "localhost:3000@evil.example"),
    CALLBACK.replace("localhost:3000", "localhost:3000.evil.example"),
    CALLBACK.replace("http:", "https:"),
    CALLBACK.replace("http:", ""),
    CALLBACK.replace("//", "\\\\"),
    "javascript:alert(1)//" + CALLBACK,
    "data:text/html,x",
    "null",
    "",
)


async def test_nobody_is_sent_to_a_uri_that_is_not_registered(app):
    for uri in FOREIGN:
        for change in (
            {"login_hint": "ann"},
            {"prompt": "none"},
            {"response_type": "x"},
            {"response_mode": "form_post"},
        ):
            answer = await app.authorize(redirect_uri=uri, **change)
            assert (uri, 400, None) == (uri, answer.status_code, answer.headers.get("location"))
            assert "<form" not in answer.text
            assert len(uri) < 5 or html.escape(uri) not in answer.text
    page = form_of((await app.authorize()).text)[0].replace("localhost%3A3000", "evil.example")
    answer = await app.http.post(f"/oauth/authorize{page}", data={"identity": app.ann["id"]})
    assert (400, None) == (answer.status_code, answer.headers.get("location"))


async def test_nobody_is_sent_to_a_foreign_uri_when_signing_out(make_application):
    home = "http://localhost:3000/bye"
    app, other = await make_application(postLogoutRedirectUris=[home]), await make_application()
    token = (await other.token(await other.code())).json()["id_token"]
    head, body, signature = (await app.token(await app.code())).json()["id_token"].split(".")
    unsigned = urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).rstrip(b"=").decode()
    for given in (
        {"post_logout_redirect_uri": home},
        {"client_id": other.id, "post_logout_redirect_uri": home},
        {"client_id": app.id, "post_logout_redirect_uri": CALLBACK},
        {"client_id": app.id, "post_logout_redirect_uri": home + "/"},
        {"client_id": app.id, "id_token_hint": token, "post_logout_redirect_uri": home},
        {"id_token_hint": f"{unsigned}.{body}.", "post_logout_redirect_uri": home},
        {"id_token_hint": f"{head}.{body}.{signature[::-1]}", "post_logout_redirect_uri": home},
    ):
        answer = await app.http.get("/oauth/logout", params=given)
        assert (given, 400, None) == (given, answer.status_code, answer.headers.get("location"))


async def test_a_second_redirect_uri_or_client_id_is_a_fault_that_nobody_is_sent_away_with(app):
    for name, value in (("redirect_uri", "https://evil.example/"), ("client_id", app.id), ("redirect_uri", CALLBACK)):
        parameters = [*app.request(login_hint="ann").items(), (name, value)]
        answer = await app.http.get("/oauth/authorize", params=parameters)
        assert (400, None) == (answer.status_code, answer.headers.get("location"))


async def test_no_client_can_register_a_uri_that_does_harm(gateway):
    key = await gateway.account("team")
    for uri in ("javascript:alert(1)", "data:text/html,x", "http://user@example.com/", "http://example.com/\r\nX: y"):
        body = {"name": "x", "redirectUris": [CALLBACK, uri], "providerType": "google"}
        answer = await gateway.http.post("/v1/identities/clients", json=body, headers=key)
        assert (uri, 400, True) == (uri, answer.status_code, "redirectUris" in answer.json()["message"])


async def test_nothing_that_comes_from_outside_runs_on_a_page(make_application):
    app = await make_application(name=SCRIPT, providerLabel=SCRIPT)
    person = {"username": SCRIPT, "name": SCRIPT, "avatarUrl": "https://example.com/" + "x" * 20}
    await app.api("PATCH", f"/v1/identities/{app.ann['id']}", person)
    pages = [
        (await app.authorize(state=SCRIPT, login_hint=SCRIPT * 2, nonce=SCRIPT, **{SCRIPT: SCRIPT})).text,
        (await app.authorize(response_mode="form_post", state=SCRIPT, prompt="none")).text,
        (await app.authorize(client_id=SCRIPT)).text,
        (await app.authorize(redirect_uri=SCRIPT)).text,
        (await app.http.get("/oauth/authorize/" + SCRIPT)).text,
    ]
    for page in pages:
        assert "<script" not in page
        assert "<img" not in page
        assert "onerror=alert(1)>" not in page
    action, buttons = form_of(pages[0])
    assert SCRIPT in buttons
    assert SCRIPT == returned(await app.http.post(f"/oauth/authorize{action}", data=dict([buttons[SCRIPT]])))["state"]


async def test_state_cannot_add_a_header_or_a_parameter(app):
    state = "x\r\nSet-Cookie: a=b\r\n\r\n&code=forged&iss=https://evil.example"
    answer = await app.authorize(state=state, login_hint="ann")
    assert "set-cookie" not in answer.headers
    back = returned(answer)
    assert (state, app.gateway.url) == (back["state"], back["iss"])
    assert "forged" != back["code"]


async def test_a_code_is_spent_once_and_sent_again_it_voids_the_token(app):
    code = await app.code()
    token = (await app.token(code)).json()["access_token"]
    assert 200 == (await app.userinfo(token)).status_code
    again = await app.token(code)
    assert (400, "invalid_grant") == (again.status_code, again.json()["error"])
    assert 401 == (await app.userinfo(token)).status_code
    assert "invalid_grant" == (await app.token(code)).json()["error"]


async def test_of_many_at_once_one_gets_a_token_at_most_and_it_is_void(app):
    code = await app.code()
    answers = await asyncio.gather(*(app.token(code) for _ in range(20)))
    got = [answer.json()["access_token"] for answer in answers if answer.status_code == 200]
    assert 1 == len(got)
    assert {"invalid_grant"} == {answer.json()["error"] for answer in answers if answer.status_code != 200}
    assert 401 == (await app.userinfo(got[0])).status_code


async def test_a_code_of_another_client_is_worth_nothing(app, make_application):
    mine, theirs = await make_application(app.key), await make_application()
    for thief in (mine, theirs):
        thief.verifier = app.verifier
        code = await app.code()
        assert "invalid_grant" == (await thief.token(code)).json()["error"]
        assert 200 == (await app.token(code)).status_code


async def test_pkce_cannot_be_taken_out_or_added(app):
    code = await app.code(code_challenge=None, code_challenge_method=None)
    assert "invalid_grant" == (await app.token(code)).json()["error"]  # a verifier, but the challenge was removed
    code = await app.code()
    for verifier in (
        None,
        "",
        app.challenge,
        app.verifier[:-1],
        app.verifier + "x",
        app.verifier.swapcase(),
        "\0" * 43,
    ):
        assert "invalid_grant" == (await app.token(code, code_verifier=verifier)).json()["error"]


async def test_an_account_never_sees_or_uses_anything_of_another(app, make_application):
    stranger = await make_application()
    for method, path, body in (
        ("GET", f"/v1/identities/{app.ann['id']}", None),
        ("PATCH", f"/v1/identities/{app.ann['id']}", {"name": "stolen"}),
        ("DELETE", f"/v1/identities/{app.ann['id']}", None),
        ("GET", f"/v1/identities/clients/{app.id}", None),
        ("DELETE", f"/v1/identities/clients/{app.id}", None),
        ("POST", f"/v1/identities/clients/{app.id}/rotate-secret", None),
    ):
        await app.api(method, path, body, 404, stranger.key)
    for query in ({"clientId": app.id}, {"mailboxAddress": app.mailbox["address"]}):
        answer = await app.http.get("/v1/identities", params=query, headers=stranger.key)
        assert {"identities": []} == answer.json()
    assert app.mailbox["address"] not in (await stranger.authorize()).text
    assert 200 == (await stranger.authorize(login_hint=app.mailbox["address"])).status_code
    action, _ = form_of((await stranger.authorize()).text)
    page = await app.http.post(f"/oauth/authorize{action}", data={"identity": app.ann["id"]})
    assert (200, False) == (page.status_code, app.mailbox["address"] in page.text)
    assert "Ann Marie Lee" == (await app.api("GET", f"/v1/identities/{app.ann['id']}"))["name"]


async def test_two_clients_of_one_account_have_their_own_people(app, make_application):
    other = await make_application(app.key)
    assert app.mailbox["address"] not in (await other.authorize()).text
    action, _ = form_of((await other.authorize()).text)
    assert 200 == (await app.http.post(f"/oauth/authorize{action}", data={"identity": app.ann["id"]})).status_code


async def test_a_suspended_account_signs_nobody_in(app):
    code = await app.code()
    token = (await app.token(await app.code())).json()["access_token"]
    account = (await app.api("GET", "/api/v1/account"))["id"]
    path = f"/api/v1/admin/accounts/{account}"
    answer = await app.http.patch(path, json={"suspended": True}, headers=app.gateway.operator)
    assert 200 == answer.status_code, answer.text
    assert 400 == (await app.authorize()).status_code
    assert "invalid_client" == (await app.token(code)).json()["error"]
    assert 401 == (await app.userinfo(token)).status_code


async def test_a_form_on_another_site_chooses_nobody(app):
    action, buttons = form_of((await app.authorize()).text)
    chosen = dict([buttons["Ann Marie Lee"]])
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": app.gateway.url},
        {"Origin": "https://evil.example"},
        {"Origin": app.gateway.url + ".evil.example"},
    ):
        answer = await app.http.post(f"/oauth/authorize{action}", data=chosen, headers=headers)
        assert (403, None) == (answer.status_code, answer.headers.get("location"))
    for headers in ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, {"Origin": app.gateway.url}, {}):
        answer = await app.http.post(f"/oauth/authorize{action}", data=chosen, headers=headers)
        assert "code" in returned(answer)


async def test_an_id_token_cannot_be_forged(app):
    tokens = (await app.token(await app.code())).json()
    assert {"alg": "RS256", "typ": "JWT"}.items() <= jwt.get_unverified_header(tokens["id_token"]).items()
    head, body, signature = tokens["id_token"].split(".")
    unsigned = urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).rstrip(b"=").decode()
    for forged in (f"{unsigned}.{body}.", f"{head}.{body}.{signature[::-1]}"):
        with pytest.raises((jwt.InvalidTokenError, KeyError)):
            await app.claims(forged)
        assert 401 == (await app.userinfo(forged)).status_code
    # Neither is one a credential of the API, nor the other way round.
    for token in (tokens["id_token"], tokens["access_token"], app.secret):
        answer = await app.http.get("/api/v1/inboxes", headers={"Authorization": f"Bearer {token}"})
        assert 401 == answer.status_code
    assert 401 == (await app.userinfo(app.key["X-API-Key"])).status_code


async def test_a_host_that_is_none_is_no_issuer(gateway):
    for host in ("evil.example/x", "a b", "a@b", "evil.example?", "<script>", "x" * 300, 'a"b'):
        answer = await gateway.http.get("/.well-known/openid-configuration", headers={"Host": host})
        assert (host, 400) == (host, answer.status_code)
        assert "issuer" not in answer.json()


async def test_what_is_huge_or_garbled_is_refused_at_once(app):
    for content in (b"a=" + b"x" * 70_000, b"&".join(b"a%d=1" % number for number in range(101))):
        answer = await app.http.post(
            "/oauth/token", content=content, headers={"Content-Type": "application/x-www-form-urlencoded"}
        )
        assert answer.status_code in {400, 413}
        assert answer.json()["error"] in {"invalid_request", "payload_too_large"}
    for content in (b"code=%ff", b"\xff\xfe", b"code=%zz&\0"):
        answer = await app.http.post(
            "/oauth/token", content=content, headers={"Content-Type": "application/x-www-form-urlencoded"}
        )
        assert answer.status_code in {400, 401}
    for query in ("x=" + "y" * 30_000, "&".join(f"a{n}=1" for n in range(200)), "client_id=%00", "client_id=a%0d%0ab"):
        answer = await app.http.get(f"/oauth/authorize?{query}")
        assert (400, None) == (answer.status_code, answer.headers.get("location"))


async def test_an_address_that_calls_too_often_waits_and_costs_the_account_nothing(make_gateway):
    gateway = await make_gateway(sign_in_calls_per_minute=10)
    key = await gateway.account("free")
    answers = [await gateway.http.get("/jwks") for _ in range(12)]
    assert [200] * 10 == [answer.status_code for answer in answers[:10]]
    assert (429, "rate_limit_exceeded") == (answers[-1].status_code, answers[-1].json()["error"])
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 6
    assert 200 == (await gateway.http.get("/jwks", headers={"X-Forwarded-For": "10.9.9.9"})).status_code
    answer = await gateway.http.get("/v1/identities", headers=key)
    assert (200, "99") == (answer.status_code, answer.headers["x-ratelimit-remaining"])
