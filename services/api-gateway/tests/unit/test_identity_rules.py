"""Rules of the OpenID provider: redirect URIs, claims, PKCE, hints."""

import pytest

from api_gateway.identities.rules import (
    RESERVED_CLAIMS,
    check_claims,
    check_redirect_uri,
    claims_of,
    hinted,
    is_code_challenge,
    proves_challenge,
    with_parameters,
)
from api_gateway.refusals import BadInput
from mayfly.records.identity import Identity, OAuthClient
from mayfly.testing.builders import NOON

CUSTOM = OAuthClient(id="c", account_id="a", name="Shop", redirect_uris=["http://localhost/cb"], created_at=NOON)
GOOGLE = OAuthClient(
    id="g", account_id="a", name="Shop", redirect_uris=["http://localhost/cb"], created_at=NOON, provider_type="google"
)


def person(number=1, **fields):
    defaults = {"mailbox_address": f"p{number}@mayfly.test", "username": f"user{number}", "name": "Ann Marie Lee"}
    return Identity(
        id=f"id-{number}",
        account_id="a",
        client_id="c",
        inbox_id=f"inbox-{number}",
        created_at=NOON,
        updated_at=NOON,
        **defaults | fields,
    )


@pytest.mark.parametrize(
    "uri",
    [
        "http://localhost:3000/auth/callback",
        "http://127.0.0.1/",
        "http://[::1]:8080/cb",
        "https://app.example.com/cb?tenant=7&x=%20",
        "http://app:3000/cb",
        "com.example.app:/oauth2redirect",
        "com.example.app://callback",
    ],
)
def test_a_uri_that_users_may_be_sent_to(uri):
    check_redirect_uri(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java.script:alert(1)<",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "myapp://callback",
        "http://",
        "http:///path",
        "http:path",
        "http://user@example.com/",
        "http://user:password@example.com/",
        "http://*.example.com/",
        "http://example.com/\r\nSet-Cookie: a=b",
        "http://example.com/ x",
        " http://example.com/",
        "http://example.com/\\evil",
        "http://example.com:99999/",
        "http://example.com:0/",
        "http://[::1/",
        "http://exämple.com/",
        "//example.com/",
        "example.com/callback",
        "http://example.com/#x",
        "http://example.com/#",
        "http://example.com/<script>",
        "http://example.com/\0",
        "",
    ],
)
def test_a_uri_that_does_harm_or_is_none(uri):
    with pytest.raises(BadInput) as caught:
        check_redirect_uri(uri)
    assert "redirectUris" == caught.value.field


def test_claims_of_the_provider_are_reserved_and_others_are_for_custom_clients():
    check_claims({"role": "admin", "https://example.com/x": "y", "locale": "de"}, CUSTOM)
    check_claims({}, GOOGLE)
    with pytest.raises(BadInput):
        check_claims({"role": "admin"}, GOOGLE)
    for name in RESERVED_CLAIMS:
        with pytest.raises(BadInput, match=name):
            check_claims({"role": "admin", name: "x"}, CUSTOM)


def test_a_reserved_claim_is_overwritten_even_if_it_is_stored():
    claims = claims_of(person(claims={"sub": "forged", "email": "forged", "role": "x"}), ("openid", "email"))
    assert {"sub": "id-1", "email": "p1@mayfly.test", "email_verified": True, "role": "x"} == claims


def test_a_name_of_one_word_is_a_given_name():
    claims = claims_of(person(name="Ann"), ("profile",))
    assert ("Ann", "Ann", None) == (claims["name"], claims["given_name"], claims.get("family_name"))
    assert "picture" not in claims
    assert "https://x.example/a" == claims_of(person(avatar_url="https://x.example/a"), ("profile",))["picture"]


def test_a_hint_means_one_identity_or_none():
    ann, bob, other = person(1), person(2, username="bob"), person(3, username="BOB")
    everyone = [ann, bob, other]
    assert ann is hinted(everyone, " P1@MAYFLY.test ")
    assert ann is hinted(everyone, "USER1")
    assert bob is hinted(everyone, "id-2")
    assert None is hinted(everyone, "bob")
    assert None is hinted(everyone, "nobody")
    assert None is hinted([], "")
    named_like_an_address = person(4, username="p1@mayfly.test")
    assert ann is hinted([named_like_an_address, ann], "p1@mayfly.test")


def test_pkce_as_in_rfc_7636_appendix_b():
    verifier, challenge = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert is_code_challenge(challenge)
    assert proves_challenge(verifier, challenge)
    for wrong in (verifier[:-1], verifier + "A", verifier.swapcase(), challenge, "", verifier + "\n", "ü" * 43):
        assert not proves_challenge(wrong, challenge)
    for wrong in (challenge[:-1], challenge + "=", challenge + "\n", challenge.replace("-", "+"), ""):
        assert not is_code_challenge(wrong)


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("http://a/cb", "http://a/cb?x=1+2"),
        ("http://a/cb?", "http://a/cb?x=1+2"),
        ("http://a/cb?y=2", "http://a/cb?y=2&x=1+2"),
        ("http://a/cb?y=2&", "http://a/cb?y=2&x=1+2"),
        ("com.example.app:/cb", "com.example.app:/cb?x=1+2"),
    ],
)
def test_parameters_are_added_to_the_query_that_is_there(uri, expected):
    assert expected == with_parameters(uri, {"x": "1 2"})
