"""Signing in through Mayfly with an OpenID client library, authlib, as an application would; and the mail beside it."""

import json
import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet
from minutemail import MinuteMailClient

from tests.system.conversation import mail
from tests.system.dialects.speaking import account, answer, bash, deliver, key_of

CALLBACK = "http://localhost:3000/auth/callback"
VERIFIER = "a verifier of the application that nobody else knows".replace(" ", "-")


@pytest.fixture(scope="module")
def team(stack):
    with account(stack, "team") as http:
        yield http


@pytest.fixture(scope="module")
def sdk(stack, team):
    with_sdk = MinuteMailClient(key_of(team), base_url=stack.http_url)
    yield with_sdk
    with_sdk.session.close()


@pytest.fixture(scope="module")
def address(sdk):
    return sdk.create_mailbox(domain="mayfly.test")["address"]


@pytest.fixture(scope="module")
def provider(stack, browser):
    return answer(browser.get("/.well-known/openid-configuration"))


@pytest.fixture(scope="module")
def browser(stack):
    with httpx.Client(base_url=stack.http_url, trust_env=False, timeout=30) as http:
        yield http


@pytest.fixture(scope="module")
def registered(sdk, address):
    """A client with one identity, Ada."""
    client = sdk.create_oauth_client(name="Shop", redirect_uris=[CALLBACK], provider_label="Acme")
    ada = sdk.create_identity(
        client_id=client["clientId"], mailbox_address=address, name="Ada Test", claims={"role": "admin"}
    )
    return client, ada


def signed_in(browser, url, name):
    """Where the browser is sent after a click on the person with this name."""
    page = browser.get(url)
    assert 200 == page.status_code, page.text
    action = unescape(re.search(r'<form method="post" action="([^"]*)"', page.text)[1])
    person = re.search(rf'<button name="identity" value="([^"]*)">{name}<', page.text)[1]
    back = browser.post(f"{urlsplit(url).path}{action}", data={"identity": person})
    assert 303 == back.status_code, back.text
    return back.headers["location"]


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_an_openid_client_signs_somebody_in(browser, provider, registered, address, method):
    client, ada = registered
    with OAuth2Session(
        client["clientId"],
        client["clientSecret"],
        scope="openid profile email",
        redirect_uri=CALLBACK,
        code_challenge_method="S256",
        token_endpoint_auth_method=method,
    ) as oauth:
        url, state = oauth.create_authorization_url(
            provider["authorization_endpoint"], code_verifier=VERIFIER, nonce="n-0S6"
        )
        back = signed_in(browser, url, "Ada Test")
        assert ([state], [provider["issuer"]]) == tuple(
            parse_qs(urlsplit(back).query)[name] for name in ("state", "iss")
        )
        token = oauth.fetch_token(
            provider["token_endpoint"], authorization_response=back, code_verifier=VERIFIER, state=state
        )
        info = answer(oauth.get(provider["userinfo_endpoint"]))
    keys = KeySet.import_key_set(answer(browser.get(provider["jwks_uri"])))
    claims = CodeIDToken(
        jwt.decode(token["id_token"], keys, algorithms=["RS256"]).claims,
        {"alg": "RS256"},
        {"iss": {"value": provider["issuer"]}, "aud": {"value": client["clientId"]}, "sub": {"value": ada["id"]}},
        {"nonce": "n-0S6", "access_token": token["access_token"], "client_id": client["clientId"]},
    )
    claims.validate()
    assert claims["at_hash"]
    for found in (claims, info):
        assert (ada["id"], address, True, "Ada Test", "admin") == tuple(
            found[name] for name in ("sub", "email", "email_verified", "name", "role")
        )


def test_an_application_in_a_browser_signs_somebody_in_without_a_secret(sdk, team, browser, provider, address):
    body = {"name": "Page", "redirectUris": [CALLBACK], "providerType": "google", "isPublic": True}
    client = answer(team.post("/v1/identities/clients", json=body), 201)
    sdk.create_identity(client_id=client["clientId"], mailbox_address=address)
    with OAuth2Session(
        client["clientId"],
        scope="openid email",
        redirect_uri=CALLBACK,
        code_challenge_method="S256",
        token_endpoint_auth_method="none",
    ) as oauth:
        url, state = oauth.create_authorization_url(
            provider["authorization_endpoint"], code_verifier=VERIFIER, login_hint=address
        )
        back = browser.get(url)
        assert 303 == back.status_code
        token = oauth.fetch_token(
            provider["token_endpoint"],
            authorization_response=back.headers["location"],
            code_verifier=VERIFIER,
            state=state,
        )
        assert address == answer(oauth.get(provider["userinfo_endpoint"]))["email"]
    assert "id_token" in token


def test_minutemails_published_example_finds_everything_below_its_issuer(browser, registered, address):
    """The calls of its demo application: the secret and the verifier in one form, the keys at /jwks of the host."""
    client, ada = registered
    query = {
        "client_id": client["clientId"],
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "openid email profile",
        "state": "xyz",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
    }
    url = browser.build_request("GET", "/oauth/authorize", params=query).url
    back = parse_qs(urlsplit(signed_in(browser, str(url), "Ada Test")).query)
    form = {
        "grant_type": "authorization_code",
        "code": back["code"][0],
        "client_id": client["clientId"],
        "client_secret": client["clientSecret"],
        "redirect_uri": CALLBACK,
        "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    }
    tokens = answer(browser.post("/oauth/token", data=form))
    keys = KeySet.import_key_set(answer(browser.get("/jwks")))
    claims = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"]).claims
    assert (ada["id"], address) == (claims["sub"], claims["email"])


def test_what_the_application_then_writes_to_the_person_arrives(stack, team, sdk, registered, address):
    deliver(stack, team, mail(address, subject="Welcome, Ada"))
    mailbox = sdk.list_mailboxes(address=address)["items"][0]["id"]
    assert "Welcome, Ada" in [entry["subject"] for entry in sdk.list_mails(mailbox)["items"]]


PAGE = Path(__file__).parents[3] / "docs" / "identities.md"


def test_the_worked_example_of_the_page_works(stack, team):
    [script] = re.findall(r"```bash\n(.*?)```", PAGE.read_text(), re.DOTALL)
    printed = bash(script, {"http://127.0.0.1:8080": stack.http_url, "$(cat .mayfly/api-key)": key_of(team)})
    identity, info = map(json.loads, printed.splitlines())
    assert ("Ada Test", identity["id"], identity["mailboxAddress"]) == (info["name"], info["sub"], info["email"])


def test_the_example_with_authlib_works(stack, browser, registered):
    client, ada = registered
    [code] = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    values = {
        "API": stack.http_url,
        "CLIENT_ID": client["clientId"],
        "CLIENT_SECRET": client["clientSecret"],
        "CALLBACK": CALLBACK,
        "VERIFIER": VERIFIER,
        "browse": lambda url: signed_in(browser, url, "Ada Test"),
    }
    exec(code, values)
    values["oauth"].close()
    assert ada["id"] == values["person"]["sub"]
