"""An application under test that lets people sign in through Mayfly, and the people who do."""

import hashlib
import re
import secrets
from base64 import urlsafe_b64encode
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest

CALLBACK = "http://localhost:3000/auth/callback"


class Application:
    """An OAuth client of an account. `ann`: an identity of it, `mailbox` her inbox."""

    def __init__(self, gateway, key, client, mailbox, ann):
        self.gateway, self.http, self.key = gateway, gateway.http, key
        self.client, self.id, self.secret = client, client["clientId"], client["clientSecret"]
        self.mailbox, self.ann = mailbox, ann
        self.verifier = secrets.token_urlsafe(48)

    @property
    def challenge(self):
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode()

    def request(self, **changes):
        """A valid authorization request; None leaves a parameter out."""
        given = {
            "response_type": "code",
            "client_id": self.id,
            "redirect_uri": CALLBACK,
            "scope": "openid profile email",
            "state": "s t&a=t/e",
            "nonce": "n-0S6",
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
            **changes,
        }
        return {name: value for name, value in given.items() if value is not None}

    async def authorize(self, prefix="", **changes):
        return await self.http.get(f"{prefix}/oauth/authorize", params=self.request(**changes))

    async def code(self, prefix="", **changes):
        """An authorization code for Ann."""
        answer = await self.authorize(prefix, login_hint=self.mailbox["address"], **changes)
        return returned(answer)["code"]

    async def token(self, valid_code, prefix="", auth=None, **changes):
        """What the token endpoint answers; the client authenticates in the form unless `auth` is given."""
        own = {} if auth else {"client_id": self.id, "client_secret": self.secret}
        given = {
            "grant_type": "authorization_code",
            "code": valid_code,
            "redirect_uri": CALLBACK,
            "code_verifier": self.verifier,
            **own,
            **changes,
        }
        form = {name: value for name, value in given.items() if value is not None}
        return await self.http.post(f"{prefix}/oauth/token", data=form, auth=auth)

    async def userinfo(self, token, prefix=""):
        return await self.http.get(f"{prefix}/oauth/userinfo", headers={"Authorization": f"Bearer {token}"})

    async def claims(self, id_token, issuer=None):
        """The claims of an ID token whose signature, audience and issuer are right."""
        keys = jwt.PyJWKSet.from_dict((await self.http.get("/jwks")).json())
        key = keys[jwt.get_unverified_header(id_token)["kid"]]
        return jwt.decode(id_token, key, algorithms=["RS256"], audience=self.id, issuer=issuer or self.gateway.url)

    async def api(self, method, path, body=None, expect=200, key=None):
        answer = await self.http.request(method, path, json=body, headers=key or self.key)
        assert expect == answer.status_code, answer.text
        return answer.json() if answer.content else None


def returned(answer):
    """The parameters with which the user comes back to the application."""
    assert 303 == answer.status_code, answer.text
    target = urlsplit(answer.headers["location"])
    assert CALLBACK == f"{target.scheme}://{target.netloc}{target.path}"
    return dict(parse_qsl(target.query, strict_parsing=True))


def form_of(page):
    """Where the form of a page goes, and its buttons by the text that they begin with."""
    [action] = re.findall(r'<form method="post" action="([^"]*)"', page)
    buttons = re.findall(r'<button name="(\w+)" value="([^"]*)">([^<]*)', page)
    return unescape(action), {unescape(text): (name, unescape(value)) for name, value, text in buttons}


@pytest.fixture
def make_application(gateway):
    """Create an application of a fresh account, or of the one with `key`; further words are for its client."""

    async def make(key=None, **wish):
        key = key or await gateway.account("team")
        body = {"name": "Shop", "redirectUris": [CALLBACK], "providerLabel": "Acme", **wish}
        answer = await gateway.http.post("/v1/identities/clients", json=body, headers=key)
        assert 201 == answer.status_code, answer.text
        mailbox = await gateway.inbox(key)
        person = {
            "clientId": answer.json()["clientId"],
            "mailboxAddress": mailbox["address"],
            "username": "ann",
            "name": "Ann Marie Lee",
        }
        made = await gateway.http.post("/v1/identities", json=person, headers=key)
        assert 201 == made.status_code, made.text
        return Application(gateway, key, answer.json(), mailbox, made.json())

    return make


@pytest.fixture
async def app(make_application):
    return await make_application()
