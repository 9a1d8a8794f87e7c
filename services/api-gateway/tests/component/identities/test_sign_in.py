"""The authorization endpoint: who signs in, what comes back, and which faults go to whom."""

from .conftest import CALLBACK, form_of, returned


async def test_the_page_names_provider_application_and_people(app):
    answer = await app.authorize()
    assert (200, "text/html; charset=utf-8") == (answer.status_code, answer.headers["content-type"])
    assert "Sign in with Acme" in answer.text
    assert "<b>Shop</b> (localhost:3000)" in answer.text
    assert f"ann · {app.mailbox['address']}" in answer.text
    assert "not verified" not in answer.text
    assert "<script" not in answer.text
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in policy
    assert ("no-store", "DENY", "no-referrer") == tuple(
        answer.headers[name] for name in ("cache-control", "x-frame-options", "referrer-policy")
    )


async def test_a_choice_on_the_page_brings_the_code_and_the_state_as_it_came(app):
    for state in ("s t&a=t/e", "%2Fa%3Fb%3Dc%26d", "n+eBY2DPiNEk3==", 'quote"<b>', "zwei\nZeilen", "ü✓"):
        action, buttons = form_of((await app.authorize(state=state)).text)
        assert {"Ann Marie Lee": ("identity", app.ann["id"]), "Cancel": ("cancel", "1")} == buttons
        answer = await app.http.post(f"/oauth/authorize{action}", data=dict([buttons["Ann Marie Lee"]]))
        back = returned(answer)
        assert {"code", "state", "iss"} == set(back)
        assert (state, app.gateway.url) == (back["state"], back["iss"])
        assert 200 == (await app.token(back["code"])).status_code


async def test_cancelling_is_an_error_for_the_application(app):
    action, buttons = form_of((await app.authorize()).text)
    back = returned(await app.http.post(f"/oauth/authorize{action}", data=dict([buttons["Cancel"]])))
    assert ("access_denied", "s t&a=t/e", app.gateway.url) == (back["error"], back["state"], back["iss"])
    assert "code" not in back


async def test_a_login_hint_skips_the_page(app):
    address = app.mailbox["address"]
    for hint in (address, f" {address.upper()} ", "Ann", app.ann["id"]):
        assert "code" in returned(await app.authorize(login_hint=hint))


async def test_a_hint_that_fits_nobody_or_two_shows_the_page(app):
    assert 200 == (await app.authorize(login_hint="nobody@mayfly.test")).status_code
    second = await app.gateway.inbox(app.key)
    body = {"clientId": app.id, "mailboxAddress": second["address"], "username": "ann"}
    await app.api("POST", "/v1/identities", body, 201)
    assert 200 == (await app.authorize(login_hint="ann")).status_code
    assert "code" in returned(await app.authorize(login_hint=second["address"]))
    assert 200 == (await app.authorize(login_hint=second["address"], prompt="select_account")).status_code


async def test_prompt_none_never_shows_a_page(app):
    assert "login_required" == returned(await app.authorize(prompt="none"))["error"]
    assert "login_required" == returned(await app.authorize(prompt="none", login_hint="nobody"))["error"]
    assert "code" in returned(await app.authorize(prompt="none", login_hint="ann"))
    assert "invalid_request" == returned(await app.authorize(prompt="none login", login_hint="ann"))["error"]


async def test_an_id_token_of_before_means_the_same_person_without_a_page(app):
    token = (await app.token(await app.code())).json()["id_token"]
    back = returned(await app.authorize(prompt="none", id_token_hint=token))
    assert app.ann["id"] == (await app.claims((await app.token(back["code"])).json()["id_token"]))["sub"]
    for wrong in (token[:-4] + "AAAA", "x", "a.b.c"):
        assert "login_required" == returned(await app.authorize(prompt="none", id_token_hint=wrong))["error"]


async def test_signing_out_leads_back_to_where_the_client_has_registered(make_application):
    home = "http://localhost:3000/bye"
    app = await make_application(postLogoutRedirectUris=[home])
    assert [home] == app.client["postLogoutRedirectUris"]
    token = (await app.token(await app.code())).json()["id_token"]
    assert "Signed out" in (await app.http.get("/oauth/logout")).text
    for request in ({"client_id": app.id}, {"id_token_hint": token}, {"client_id": app.id, "id_token_hint": token}):
        given = {**request, "post_logout_redirect_uri": home, "state": "a b"}
        for answer in (
            await app.http.get("/oauth/logout", params=given),
            await app.http.post("/oauth/logout", data=given),
        ):
            assert (303, f"{home}?state=a+b") == (answer.status_code, answer.headers["location"])


async def test_an_inactive_identity_cannot_sign_in_until_it_is_active_again(app):
    path = f"/v1/identities/{app.ann['id']}"
    code = await app.code()
    token = (await app.token(await app.code())).json()["access_token"]
    await app.api("PATCH", path, {"isActive": False})
    page = (await app.authorize(login_hint="ann")).text
    assert "Ann" not in page
    assert "No identity can sign in" in page
    assert "invalid_grant" == (await app.token(code)).json()["error"]
    assert 401 == (await app.userinfo(token)).status_code
    assert not (await app.api("GET", path))["isActive"]
    await app.api("PATCH", path, {"isActive": True})
    assert "code" in returned(await app.authorize(login_hint="ann"))
    assert 200 == (await app.userinfo(token)).status_code


async def test_the_page_warns_of_an_address_that_is_not_verified(app):
    await app.api("PATCH", f"/v1/identities/{app.ann['id']}", {"emailVerified": False})
    assert "E-mail address not verified" in (await app.authorize()).text


FAULTS = (
    ({"response_type": None}, "invalid_request"),
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"response_type": "code id_token"}, "unsupported_response_type"),
    ({"response_mode": "fragment"}, "invalid_request"),
    ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"code_challenge_method": None}, "invalid_request"),
    ({"code_challenge": None}, "invalid_request"),
    ({"code_challenge": "short"}, "invalid_request"),
    ({"code_challenge": "=" * 43}, "invalid_request"),
    ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
    ({"request_uri": "https://evil.example/request"}, "request_uri_not_supported"),
    ({"registration": "{}"}, "registration_not_supported"),
    ({"nonce": "n" * 2049}, "invalid_request"),
    ({"login_hint": ["a", "b"]}, "invalid_request"),
)


async def test_a_fault_of_the_request_goes_to_the_application(app):
    for change, error in FAULTS:
        back = returned(await app.authorize(**{"login_hint": "ann", **change}))
        assert (change, error, "s t&a=t/e", app.gateway.url) == (change, back["error"], back["state"], back["iss"])
        assert back["error_description"].isascii()
        assert "code" not in back


async def test_a_state_that_is_too_long_is_not_sent_back(app):
    back = returned(await app.authorize(state="s" * 4097, login_hint="ann"))
    assert ("invalid_request", None) == (back["error"], back.get("state"))
    assert "s" * 4096 == returned(await app.authorize(state="s" * 4096, login_hint="ann"))["state"]


async def test_unknown_parameters_and_scopes_are_ignored(app):
    back = returned(
        await app.authorize(login_hint="ann", access_type="offline", scope="openid calendar", ui_locales="de")
    )
    assert "openid" == (await app.token(back["code"])).json()["scope"]


async def test_without_state_none_comes_back(app):
    assert {"code", "iss"} == set(returned(await app.authorize(state=None, login_hint="ann")))
    assert {"code", "iss"} == set(returned(await app.authorize(state="", login_hint="ann")))


async def test_the_query_of_a_redirect_uri_is_kept(make_application):
    uri = f"{CALLBACK}?tenant=7&next=%2Fhome"
    app = await make_application(redirectUris=[uri])
    answer = await app.authorize(redirect_uri=uri, login_hint="ann")
    assert answer.headers["location"].startswith(f"{uri}&code=")
    back = returned(answer)
    assert ("7", "/home") == (back["tenant"], back["next"])
    assert 200 == (await app.token(back["code"], redirect_uri=uri)).status_code


async def test_a_native_application_comes_back_by_its_own_scheme(make_application):
    uri = "com.example.app:/oauth2redirect"
    app = await make_application(redirectUris=[uri], isPublic=True)
    answer = await app.authorize(redirect_uri=uri, login_hint="ann")
    assert (303, True) == (answer.status_code, answer.headers["location"].startswith(f"{uri}?code="))


async def test_a_request_may_be_sent_as_a_form(app):
    answer = await app.http.post("/oauth/authorize", data=app.request(login_hint="ann"))
    assert "code" in returned(answer)
    page = await app.http.post("/oauth/authorize", data=app.request())
    action, buttons = form_of(page.text)
    back = returned(await app.http.post(f"/oauth/authorize{action}", data=dict([buttons["Ann Marie Lee"]])))
    assert "s t&a=t/e" == back["state"]


async def test_a_response_can_be_a_form_as_apple_sends_it(make_application):
    app = await make_application(providerType="apple")
    page = (await app.authorize(response_mode="form_post", login_hint="ann", state='"><script>')).text
    assert f'<form method="post" action="{CALLBACK}">' in page
    assert "<script" not in page
    for name in ("code", "state", "iss"):
        assert f'<input type="hidden" name="{name}" value="' in page
    refused = (await app.authorize(response_mode="form_post", prompt="none")).text
    assert 'name="error" value="login_required"' in refused


async def test_head_changes_nothing(app, mongo_uri, mongo_database):
    head = await app.http.head("/oauth/authorize", params=app.request(login_hint="ann"))
    assert (200, b"") == (head.status_code, head.content)
    assert "location" not in head.headers


async def test_each_account_is_an_issuer_of_its_own(app, make_application):
    account = (await app.api("GET", "/api/v1/account"))["id"]
    prefix = f"/oidc/{account}"
    configuration = (await app.http.get(f"{prefix}/.well-known/openid-configuration")).json()
    issuer = f"{app.gateway.url}{prefix}"
    assert (issuer, f"{issuer}/oauth/token", f"{issuer}/jwks") == tuple(
        configuration[name] for name in ("issuer", "token_endpoint", "jwks_uri")
    )
    answer = await app.authorize(prefix, login_hint="ann")
    assert issuer == returned(answer)["iss"]
    tokens = (await app.token(returned(answer)["code"], prefix)).json()
    assert app.ann["id"] == (await app.claims(tokens["id_token"], issuer))["sub"]
    assert 200 == (await app.userinfo(tokens["access_token"], prefix)).status_code
    stranger = await make_application()
    assert 400 == (await stranger.authorize(prefix)).status_code
    code = await stranger.code()
    assert "invalid_client" == (await stranger.token(code, prefix)).json()["error"]
    token = (await stranger.token(code)).json()["access_token"]
    assert 401 == (await stranger.userinfo(token, prefix)).status_code
