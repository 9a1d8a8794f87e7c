"""Discovery, the token endpoint, ID tokens and userinfo."""

import asyncio
import hashlib
from base64 import b64encode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import jwt

from mayfly.store.client import connect

from .conftest import returned


async def test_the_configuration_names_what_there_is(gateway):
    answer = await gateway.http.get("/.well-known/openid-configuration")
    found = answer.json()
    assert gateway.url == found["issuer"]
    assert {
        "authorization_endpoint": f"{gateway.url}/oauth/authorize",
        "token_endpoint": f"{gateway.url}/oauth/token",
        "userinfo_endpoint": f"{gateway.url}/oauth/userinfo",
        "jwks_uri": f"{gateway.url}/jwks",
        "end_session_endpoint": f"{gateway.url}/oauth/logout",
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "code_challenge_methods_supported": ["S256"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "authorization_response_iss_parameter_supported": True,
    }.items() <= found.items()


async def test_the_issuer_is_where_the_call_came_in_or_what_the_operator_says(gateway, make_gateway):
    for host, issuer in (("oauth2:80", "http://oauth2:80"), ("Mail.Example.com", "http://mail.example.com")):
        found = await gateway.http.get("/.well-known/openid-configuration", headers={"Host": host})
        assert issuer == found.json()["issuer"]
    ipv6 = await gateway.http.get("/.well-known/openid-configuration", headers={"Host": "[::1]:8080"})
    assert "http://[::1]:8080" == ipv6.json()["issuer"]
    for issuer in ("https://mail.example.com/mayfly", "https://mail.example.com/mayfly/"):
        other = await make_gateway(public_url=issuer)
        found = (await other.http.get("/.well-known/openid-configuration")).json()
        assert (issuer, "https://mail.example.com/mayfly/jwks") == (found["issuer"], found["jwks_uri"])


async def test_an_id_token_says_who_signed_in_to_what(app):
    before = int(datetime.now(UTC).timestamp())
    answer = await app.token(await app.code())
    tokens = answer.json()
    assert ("Bearer", 3600, "openid profile email") == tuple(
        tokens[name] for name in ("token_type", "expires_in", "scope")
    )
    assert ("no-store", "no-cache") == (answer.headers["cache-control"], answer.headers["pragma"])
    claims = await app.claims(tokens["id_token"])
    digest = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    assert {
        "iss": app.gateway.url,
        "aud": app.id,
        "sub": app.ann["id"],
        "nonce": "n-0S6",
        "email": app.mailbox["address"],
        "email_verified": True,
        "name": "Ann Marie Lee",
        "given_name": "Ann",
        "family_name": "Marie Lee",
        "preferred_username": "ann",
        "at_hash": urlsafe_b64encode(digest).rstrip(b"=").decode(),
    }.items() <= claims.items()
    assert claims["iat"] + 3600 == claims["exp"]
    assert before <= claims["auth_time"] <= claims["iat"]
    info = await app.userinfo(tokens["access_token"])
    about = {"sub", "email", "email_verified", "name", "given_name", "family_name", "preferred_username", "updated_at"}
    assert {name: claims[name] for name in about} == info.json()
    bearer = {"Authorization": f"bearer {tokens['access_token']}"}
    for request in ({"headers": bearer}, {"data": {"access_token": tokens["access_token"]}}):
        assert info.json() == (await app.http.post("/oauth/userinfo", **request)).json()


async def test_own_claims_are_in_id_token_and_userinfo_and_replace_none_of_the_providers(app):
    claims = {"role": "admin", "https://example.com/plan.x": "pro", "given_name": "Anna"}
    await app.api("PATCH", f"/v1/identities/{app.ann['id']}", {"claims": claims, "emailVerified": False})
    tokens = (await app.token(await app.code())).json()
    token = await app.claims(tokens["id_token"])
    info = (await app.userinfo(tokens["access_token"])).json()
    for found in (token, info):
        assert claims.items() <= found.items()
        assert (False, app.ann["id"]) == (found["email_verified"], found["sub"])


async def test_scopes_decide_what_is_told(app):
    for scope, told, untold in (
        ("openid", set(), {"email", "name", "preferred_username"}),
        ("openid email", {"email", "email_verified"}, {"name"}),
        ("openid profile", {"name", "preferred_username"}, {"email"}),
    ):
        tokens = (await app.token(await app.code(scope=scope))).json()
        assert scope == tokens["scope"]
        for found in (await app.claims(tokens["id_token"]), (await app.userinfo(tokens["access_token"])).json()):
            assert (scope, True, False) == (scope, told <= set(found), bool(untold & set(found)))
    plain = (await app.token(await app.code(scope="email"))).json()
    assert "id_token" not in plain
    assert app.mailbox["address"] == (await app.userinfo(plain["access_token"])).json()["email"]
    default = (await app.token(await app.code(scope=None))).json()
    assert "openid profile email" == default["scope"]


async def test_without_a_nonce_the_token_has_none(app):
    tokens = (await app.token(await app.code(nonce=None))).json()
    assert "nonce" not in await app.claims(tokens["id_token"])


async def test_a_client_authenticates_in_either_way_but_not_in_both(app):
    assert 200 == (await app.token(await app.code(), auth=(app.id, app.secret))).status_code
    both = await app.token(await app.code(), auth=(app.id, app.secret), client_secret=app.secret)
    assert (400, "invalid_request") == (both.status_code, both.json()["error"])
    same = await app.token(await app.code(), auth=(app.id, app.secret), client_id=app.id)
    assert 200 == same.status_code
    encoded = app.id.replace("-", "%2D")
    assert 200 == (await app.token(await app.code(), auth=(encoded, app.secret))).status_code


async def test_client_authentication_that_is_none_is_401(app):
    form = {"grant_type": "authorization_code", "code": await app.code()}
    no_colon, no_text = (b64encode(octets).decode() for octets in (b"no colon", b"\xff:x"))
    for authorization in ("Basic", "Basic !", f"Basic {no_colon}", f"Basic {no_text}", "Bearer x"):
        answer = await app.http.post("/oauth/token", data=form, headers={"Authorization": authorization})
        assert (authorization, 401, "invalid_client") == (authorization, answer.status_code, answer.json()["error"])
        assert answer.headers["www-authenticate"].startswith("Basic ")


FAULTS = (
    ({"client_secret": "mfo_" + "0" * 64}, 401, "invalid_client"),
    ({"client_secret": None}, 401, "invalid_client"),
    ({"client_secret": ""}, 401, "invalid_client"),
    ({"client_id": "0196b5b0-0000-7000-8000-000000000000"}, 401, "invalid_client"),
    ({"client_id": None}, 401, "invalid_client"),
    ({"grant_type": None}, 400, "invalid_request"),
    ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ({"grant_type": "refresh_token"}, 400, "unsupported_grant_type"),
    ({"code": None}, 400, "invalid_request"),
    ({"code": "0" * 64}, 400, "invalid_grant"),
    ({"redirect_uri": "http://localhost:3000/auth/callback/"}, 400, "invalid_grant"),
    ({"code_verifier": None}, 400, "invalid_grant"),
    ({"code_verifier": "v" * 43}, 400, "invalid_grant"),
    ({"code_verifier": "short"}, 400, "invalid_grant"),
    ({"code": ["a", "b"]}, 400, "invalid_request"),
)


async def test_a_faulty_token_request_is_refused_in_the_words_of_oauth(app):
    code = await app.code()
    for change, status, error in FAULTS:
        answer = await app.token(code, **change)
        assert (change, status, error) == (change, answer.status_code, answer.json()["error"])
        assert {"error", "error_description"} == set(answer.json())
        assert "no-store" == answer.headers["cache-control"]
    assert 200 == (await app.token(code)).status_code  # the code is none the worse


async def test_a_body_that_is_no_form_is_refused_with_the_reason(app):
    answer = await app.http.post("/oauth/token", json={"grant_type": "authorization_code"})
    assert (400, "invalid_request") == (answer.status_code, answer.json()["error"])
    assert "application/x-www-form-urlencoded" in answer.json()["error_description"]


async def test_with_pkce_the_redirect_uri_may_be_left_out(app):
    assert 200 == (await app.token(await app.code(), redirect_uri=None)).status_code
    code = await app.code(code_challenge=None, code_challenge_method=None)
    without = await app.token(code, redirect_uri=None, code_verifier=None)
    assert "invalid_grant" == without.json()["error"]
    assert 200 == (await app.token(code, code_verifier=None)).status_code


async def test_a_public_client_needs_pkce_and_sends_no_secret(make_application):
    app = await make_application(isPublic=True)
    bare = await app.authorize(login_hint="ann", code_challenge=None, code_challenge_method=None)
    assert "invalid_request" == returned(bare)["error"]
    assert 200 == (await app.token(await app.code())).status_code
    assert 200 == (await app.token(await app.code(), client_secret="")).status_code
    assert "invalid_client" == (await app.token(await app.code(), client_secret="x")).json()["error"]


async def test_a_code_lasts_a_minute_and_a_token_an_hour(app, mongo_uri, mongo_database):
    code = await app.code()
    token = (await app.token(await app.code())).json()["access_token"]
    async with connect(mongo_uri, mongo_database, "test") as database:
        grants = database["oauth_grants"]
        await grants.update_many({}, {"$set": {"code_expires_at": datetime.now(UTC) + timedelta(seconds=2)}})
        assert 200 == (await app.token(await app.code())).status_code
        past = datetime.now(UTC) - timedelta(milliseconds=1)
        await grants.update_many({}, {"$set": {"code_expires_at": past, "token_expires_at": past}})
        stored = await grants.find_one({"token_hash": None})
    assert "invalid_grant" == (await app.token(code)).json()["error"]
    assert 401 == (await app.userinfo(token)).status_code
    assert timedelta(minutes=10) == stored["forget_at"] - stored["auth_time"]


async def test_userinfo_without_a_token_is_401_in_the_words_of_bearer(app):
    for headers in ({}, {"Authorization": "Bearer"}, {"Authorization": "Bearer mfa_x"}, {"Authorization": "Basic x"}):
        answer = await app.http.get("/oauth/userinfo", headers=headers)
        assert (401, "invalid_token") == (answer.status_code, answer.json()["error"])
        assert 'Bearer error="invalid_token"' == answer.headers["www-authenticate"]


async def test_all_gateways_sign_with_one_key_also_when_they_start_together(make_gateway, mongo_uri, mongo_database):
    async with connect(mongo_uri, mongo_database, "test") as database:
        await database["signing_keys"].delete_many({})
        gateways = [await make_gateway() for _ in range(3)]
        answers = await asyncio.gather(*(gateway.http.get("/jwks") for gateway in gateways for _ in range(3)))
        sets = [answer.json() for answer in answers]
        assert [sets[0]] * 9 == sets
        assert 1 == await database["signing_keys"].count_documents({})
    [key] = sets[0]["keys"]
    assert {"kty", "n", "e", "use", "alg", "kid"} == set(key)  # nothing of the private half
    assert ("RSA", "sig", "RS256") == (key["kty"], key["use"], key["alg"])


async def test_a_code_of_one_gateway_is_spent_at_another(app, make_gateway):
    code = await app.code()
    other = await make_gateway()
    app.http = other.http
    tokens = (await app.token(code)).json()
    assert other.url == jwt.decode(tokens["id_token"], options={"verify_signature": False})["iss"]
    assert app.ann["id"] == (await app.claims(tokens["id_token"], other.url))["sub"]


async def test_maintenance_closes_the_provider_too(gateway):
    await gateway.http.put("/api/v1/admin/maintenance", json={"enabled": True}, headers=gateway.operator)
    try:
        answer = await gateway.http.get("/.well-known/openid-configuration")
        assert (503, "temporarily_unavailable", "60") == (
            answer.status_code,
            answer.json()["error"],
            answer.headers["retry-after"],
        )
    finally:
        await gateway.http.put("/api/v1/admin/maintenance", json={"enabled": False}, headers=gateway.operator)


async def test_pages_of_every_origin_may_call_what_programs_call(app):
    origin = {"Origin": "http://localhost:5173"}
    for path in ("/.well-known/openid-configuration", "/jwks", "/oauth/userinfo"):
        answer = await app.http.get(path, headers=origin)
        assert (path, "*") == (path, answer.headers["access-control-allow-origin"])
    answer = await app.http.post("/oauth/token", data={"client_id": app.id}, headers=origin)
    assert (401, "*") == (answer.status_code, answer.headers["access-control-allow-origin"])
    asked = {**origin, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
    preflight = await app.http.options("/oauth/userinfo", headers=asked)
    assert (204, "*") == (preflight.status_code, preflight.headers["access-control-allow-origin"])
    assert "authorization" in preflight.headers["access-control-allow-headers"]
    for path in ("/oauth/authorize", "/v1/identities", "/api/v1/inboxes"):
        answer = await app.http.get(path, headers={**origin, **app.key})
        assert (path, None) == (path, answer.headers.get("access-control-allow-origin"))
