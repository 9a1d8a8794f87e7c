"""The gateway's pure rules: sites, plans, secrets, filenames, subjects, seals, bodies."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha1, sha256
from uuid import NAMESPACE_DNS, UUID, uuid3, uuid5

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from api_gateway.accounts.rules import KeyWish, inherited, login_name
from api_gateway.edge import secrets
from api_gateway.edge.body import refuse_operators
from api_gateway.edge.caller import Caller, address_subject, covers, in_common
from api_gateway.edge.cors import Cors
from api_gateway.edge.downloads import disposition, safe_filename, safe_headers
from api_gateway.edge.idempotency import is_unguessable
from api_gateway.edge.plans import Plans
from api_gateway.edge.scripts import MixedScripts, require_one_script
from api_gateway.edge.sealing import seal, unseal
from api_gateway.edge.sessions import LIFETIME, SessionClaims, SessionTokens
from api_gateway.edge.sites import covers_site, is_allowed, site_of
from api_gateway.inboxes.rules import random_local_part
from api_gateway.messages.rules import is_recent
from api_gateway.refusals import BadInput, Forbidden
from mayfly.mail.address import normalise_domain
from mayfly.mail.reserved import ReservedNames
from mayfly.records.api_key import ApiKey
from mayfly.service.plans import parse_plans, preset_text

NOW = datetime(2026, 5, 8, 11, 30, tzinfo=UTC)
SECRET = "a secret of 32 octets, or more!!"


@pytest.mark.parametrize(
    ("entry", "site", "allowed"),
    [
        ("example.com", "example.com", True),
        ("example.com", "example.com:8443", True),
        ("example.com", "app.example.com", False),
        ("*.example.com", "app.example.com", True),
        ("*.example.com", "a.b.example.com", True),
        ("*.example.com", "example.com", True),
        ("*.example.com", "notexample.com", False),
        ("*.example.com", "example.com.evil.test", False),
        ("localhost:3000", "localhost:3000", True),
        ("localhost:3000", "localhost", False),
        ("EXAMPLE.com", "example.com", True),
        ("example.com", "", False),
    ],
)
def test_an_entry_matches_what_the_document_says(entry, site, allowed):
    assert allowed == is_allowed(site, [entry])


def test_origin_comes_before_referer_and_referer_before_host():
    assert "a.test" == site_of("https://A.test", "https://b.test/x", "c.test")
    assert "b.test:8080" == site_of(None, "https://user:pw@b.test:8080/x", "c.test")
    assert "c.test" == site_of(None, None, "C.test")
    assert not site_of("null", "https://b.test", "c.test")
    assert not site_of("https://[", None, "c.test")


def test_the_presets_are_the_contracts_table():
    plans = Plans(parse_plans(preset_text()))
    assert ["free", "hobbyist", "premium", "pro", "team"] == plans.names()
    assert [
        (60, 100, 100, 3),
        (120, 200, 1000, 10),
        (60, 100, None, 50),
        (600, 1000, 10_000, 50),
        (1200, 2000, 50_000, 200),
    ] == [
        (plan.requests_per_minute, plan.burst, plan.calls_per_day, plan.active_inboxes)
        for plan in map(plans.__getitem__, plans.names())
    ]
    assert 10 == plans["free"].dialects["ephemask"].requests_per_minute


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[free]\ntier = 0", "requests_per_minute"),
        ("", "anonymous"),
        ("x = 1", "int"),
        ("[anonymous]\ntier = -1", "tier"),
        (preset_text() + "\n[odd]\nspeed = 1", "odd|speed|tier"),
        ("[", "Invalid"),
    ],
)
def test_a_faulty_plan_file_is_refused_with_its_fault(text, fault):
    with pytest.raises(ValueError, match=fault):
        parse_plans(text)


def test_a_plan_that_was_taken_away_counts_as_free():
    assert "free" == Plans(parse_plans(preset_text()))["gold"].name


def test_a_lacking_feature_names_the_lowest_plan_that_has_it():
    plans = Plans(parse_plans(preset_text()))
    with pytest.raises(Forbidden, match="hobbyist"):
        plans.require(plans["free"], "webhooks", "webhooks")
    plans.require(plans["pro"], "webhooks", "webhooks")


def test_keys_and_tokens_have_their_documented_form():
    key = secrets.new_api_key()
    assert key == secrets.parse_api_key(str(key))
    assert key.secret not in repr(key)
    assert secrets.is_inbox_token(secrets.new_inbox_token())
    assert len({secrets.new_local_part() for _ in range(100)}) == 100
    for text in ("mfy_", str(key)[:-1], str(key) + "0", str(key).upper(), "", "mfy_" + "g" * 12 + "_" + "0" * 48):
        assert secrets.parse_api_key(text) is None


def test_a_secret_is_proven_by_its_digest_alone():
    kept = secrets.digest("secret")
    assert secrets.proves("secret", kept)
    assert not secrets.proves("Secret", kept)
    assert b"secret" not in kept


def test_a_caller_shows_no_credentials_when_printed():
    assert "mfy_" not in repr(Caller("10.0.0.1", "ip:10.0.0.1", proof="mfy_secret"))


def test_a_session_is_good_until_it_is_over_and_signed_by_us():
    tokens = SessionTokens(SECRET)
    claims = SessionClaims("session", "account")
    token = tokens.issue(claims, NOW)
    assert claims == tokens.prove(token, NOW + LIFETIME - timedelta(seconds=1))
    assert tokens.prove(token, NOW + LIFETIME) is None
    assert SessionTokens("another secret of 32 octets or more").prove(token, NOW) is None
    assert SessionTokens("").prove(token, NOW) is None


@pytest.mark.parametrize("algorithm", ["none", "HS384", "HS512"])
def test_a_session_signed_in_another_way_is_none(algorithm):
    payload = {"sub": "account", "jti": "session", "iss": "mayfly", "exp": NOW + LIFETIME}
    forged = jwt.encode(payload, None if algorithm == "none" else SECRET * 2, algorithm=algorithm)
    assert SessionTokens(SECRET).prove(forged, NOW) is None
    assert SessionTokens(SECRET * 2).prove(forged, NOW) is None


@pytest.mark.parametrize("missing", ["sub", "jti", "iss", "exp"])
def test_a_session_without_a_claim_is_none(missing):
    payload = {"sub": "account", "jti": "session", "iss": "mayfly", "exp": NOW + LIFETIME}
    del payload[missing]
    assert SessionTokens(SECRET).prove(jwt.encode(payload, SECRET, algorithm="HS256"), NOW) is None


@pytest.mark.parametrize(
    ("address", "subject"),
    [
        ("198.51.100.1", "ip:198.51.100.1"),
        ("::ffff:198.51.100.1", "ip:198.51.100.1"),
        ("2001:db8:1:2:3:4:5:6", "ip:2001:db8:1:2::"),
        ("fe80::1%eth0", "ip:fe80::"),
        ("nonsense", "ip:unknown"),
        ("", "ip:unknown"),
    ],
)
def test_an_address_counts_as_its_customer(address, subject):
    assert subject == address_subject(address)


def test_a_seal_opens_for_who_made_it_and_for_nobody_else():
    sealed = seal(b"octets", proof="key", name="once")
    assert b"octets" not in sealed
    assert b"octets" == unseal(sealed, proof="key", name="once")
    for proof, name in (("other", "once"), ("key", "twice"), ("keyo", "nce")):
        assert unseal(sealed, proof=proof, name=name) is None
    assert unseal(sealed[:-1], proof="key", name="once") is None
    assert unseal(b"", proof="key", name="once") is None


@given(st.text())
def test_no_filename_leaves_its_header_or_its_folder(name):
    safe = safe_filename(name)
    assert safe
    assert not set(safe) & set("/\\\r\n\0")
    header = disposition(name)
    assert header.isascii()
    assert not set(header) & set("\r\n\0")
    assert header.count('"') == 2


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text("ab"), inner)
    )
)
def test_plain_bodies_pass(value):
    refuse_operators(value)


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"$gt": 1}, "$gt"),
        ({"duration": {"$gt": 1}}, "duration.$gt"),
        ({"ids": ["a", "b", "c", {"$ne": 1}]}, "ids[3].$ne"),
        ([[{"b": [{"$where": ""}]}]], "[0][0].b[0].$where"),
        ({"a\0b": 1}, "ab"),
        ({"x" * 1000: {"$" + "y" * 1000: 1}}, "x" * 50 + ".$" + "y" * 49),
    ],
)
def test_operators_are_refused_at_any_depth_by_their_whole_path(value, path):
    with pytest.raises(BadInput) as refused:
        refuse_operators(value)
    assert path == refused.value.field


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("text/csv", "text/csv"),
        ("Text/CSV; charset=iso-8859-1", "text/csv"),
        ("text/html", "text/html"),
        ("image/svg+xml", "image/svg+xml"),
        ("text/javascript", "text/plain"),
        ("application/x-javascript; charset=utf-8", "text/plain"),
        ("text/ecmascript", "text/plain"),
        ("text/javascript1.5", "text/plain"),
        ("application/json", "application/json"),
        ("text/html\r\nX: y", "application/octet-stream"),
        ("text", "application/octet-stream"),
        ("", "application/octet-stream"),
        ("text/\u00e9", "application/octet-stream"),
    ],
)
def test_a_download_claims_no_charset_and_is_no_script(given, sent):
    headers = safe_headers("a.txt", given)
    assert sent == headers["content-type"]
    assert headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in headers["content-security-policy"]


@pytest.mark.parametrize(
    ("entry", "origin", "allowed"),
    [
        ("https://app.example", "https://app.example", True),
        ("https://APP.example", "https://app.example", True),
        ("https://app.example", "https://app.example.evil", False),
        ("https://app.example", "https://xapp.example", False),
        ("https://app.example", "https://appxexample", False),
        ("https://*.example", "https://a.b.example", True),
        ("http://localhost:*", "http://localhost:5173", True),
        ("*", "https://anything.example", True),
        ("*", "null", True),
    ],
)
def test_an_entry_allows_these_origins(entry, origin, allowed):
    headers = dict(Cors([entry]).headers([(b"origin", origin.encode())]))
    assert (origin.encode() if allowed else None) == headers.get(b"access-control-allow-origin")


def test_without_entries_responses_say_nothing_of_origins():
    cors = Cors([])
    headers = [(b"origin", b"https://a.example"), (b"access-control-request-method", b"GET")]
    assert [] == cors.headers(headers)
    assert not cors.is_preflight({"method": "OPTIONS", "path": "/", "headers": headers})


def test_some_paths_are_open_to_pages_of_every_origin():
    headers = [(b"origin", b"https://a.example"), (b"access-control-request-method", b"GET")]
    for cors in (Cors([], lambda path: path == "/jwks"), Cors(["https://b.example"], lambda path: path == "/jwks")):
        assert b"*" == dict(cors.headers(headers, "/jwks"))[b"access-control-allow-origin"]
        assert b"access-control-allow-origin" not in dict(cors.headers(headers, "/v1/mailboxes"))
        assert cors.is_preflight({"method": "OPTIONS", "path": "/jwks", "headers": headers})
        names = [name for name, _ in cors.preflight_headers(headers, "/jwks")]
        assert len(names) == len(set(names))
        assert b"access-control-allow-headers" in names


@pytest.mark.parametrize(
    ("key", "random"),
    [
        ("8b1f6f0c-3d0e-4c53-9d5e-1f6f7a0b2c4d", True),
        ("ORDER-019E2F3A-5B77-7C41-9D08-3F2A6C1B7E55", True),
        ("4f1c9b0a7e6d5c3b2a190f8e7d6c5b4a", False),  # might be an MD5
        (f"build-{sha1(b'a commit').hexdigest()}", False),
        (sha256(b"signup-test").hexdigest(), False),
        (str(uuid3(NAMESPACE_DNS, "signup-test")), False),
        (str(uuid5(NAMESPACE_DNS, "signup-test")), False),
        ("550e8400-e29b-41d4-a716-446655440000", False),  # in many a document
        ("8E03978E-40D5-43DD-BC93-6894A57F9324", False),
        ("signup-test", False),
        ("create-an-inbox-for-the-checkout-test-of-our-shop", False),
        ("00000000-0000-4000-8000-000000000000", False),
        ("6ba7b810-9dad-11d1-80b4-00c04fd430c8", False),  # version 1: time and MAC address
        ("0" * 64, False),
        ("1764430000123", False),
    ],
)
def test_a_key_is_unguessable_only_if_it_holds_a_uuid_that_is_random_and_unpublished(key, random):
    assert random is is_unguessable(key)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Person@Example.COM", "person@example.com"),
        ("a+b@example.com", "a+b@example.com"),
        ("PERSON@example.com", "person@example.com"),
        ("\uff50erson@example.com", "person@example.com"),
        ("stra\u00dfe@example.com", "strasse@example.com"),
        ("e\u0301@example.com", "\u00e9@example.com"),
    ],
)
def test_an_account_has_one_name_however_its_address_is_written(written, name):
    assert name == login_name(written)


@pytest.mark.parametrize("character", ["\u200b", "\u200d", "\u202e", "\ufeff", "\x00", "\u2028", "\ud800", "\ue000"])
def test_a_name_has_no_invisible_characters(character):
    with pytest.raises(BadInput):
        login_name(f"per{character}son@example.com")


@given(st.text(max_size=20))
def test_the_form_of_a_name_is_stable(text):
    try:
        name = login_name(text)
    except BadInput:
        return
    assert name == login_name(name)


@pytest.mark.parametrize(
    ("held", "entry", "covered"),
    [
        ([], "anything.test", True),
        (["example.com"], "EXAMPLE.com", True),
        (["example.com"], "example.com:8443", True),
        (["example.com:8443"], "example.com", False),
        (["example.com"], "*.example.com", False),
        (["*.example.com"], "*.example.com", True),
        (["*.example.com"], "*.app.example.com", True),
        (["*.example.com"], "example.com:3000", True),
        (["*.example.com"], "*.notexample.com", False),
        (["*.app.example.com"], "*.example.com", False),
        (["*.example.com"], "*.com", False),
        (["a.test", "b.test"], "b.test", True),
    ],
)
def test_a_site_is_covered_if_every_host_that_matches_it_is(held, entry, covered):
    assert covered == covers_site(held, entry)


def test_a_chain_of_keys_grants_what_all_of_them_grant():
    def key(*scopes):
        return ApiKey(
            id="k", prefix="p", secret_hash=b"", account_id="a", label="x", created_at=NOW, scopes=list(scopes)
        )

    assert frozenset({"*"}) == in_common([]) == in_common([key()]) == in_common([key("*"), key()])
    assert {"team:read"} == in_common([key(), key("team:read", "team:write"), key("team:read")])
    nothing = in_common([key("team:read"), key("domains:read")])
    assert not nothing
    assert not Caller("10.0.0.1", "ip:10.0.0.1", scopes=nothing).has_scope("team:read")
    assert not covers(nothing, frozenset({"*"}))


def test_a_chain_of_keys_has_an_end():
    key = ApiKey(id="k", prefix="p", secret_hash=b"", account_id="a", label="x", created_at=NOW, made_by=["m"] * 9)
    caller = Caller("10.0.0.1", "ip:10.0.0.1", account_id="a", key=key)
    assert inherited(caller, KeyWish("x"), NOW)
    with pytest.raises(Forbidden, match="10 times"):
        inherited(replace(caller, key=structs.replace(key, made_by=["m"] * 10)), KeyWish("x"), NOW)


def test_a_local_part_made_by_chance_is_never_a_reserved_one():
    made = iter(["administrat0r", "p0stmaster", "k7"])
    assert "k7" == random_local_part(ReservedNames(), lambda: next(made))


@pytest.mark.parametrize(
    "name",
    [
        "b\u00fccher.example",
        "\u043f\u043e\u0447\u0442\u0430.\u0440\u0444",
        "\u65e5\u672c\u3054\u30ab.example",
        "\u65e5\u672c-7.example",
    ],
)
def test_a_domain_may_have_a_script_in_each_label(name):
    require_one_script(normalise_domain(name))


@pytest.mark.parametrize(
    "name", ["\u0441oop.example", "x.p\u0430ypal.example", "\u03b1b.example", "sony\u30bd.example"]
)
def test_a_label_of_several_scripts_is_refused(name):
    with pytest.raises(MixedScripts):
        require_one_script(normalise_domain(name))


@pytest.mark.parametrize(
    ("age", "expected"), [(0, True), (59, True), (61, False), (-9, True), (-11, False), (86_400, False)]
)
def test_an_id_says_whether_its_mail_is_recent(age, expected):
    received = 1_790_000_000
    message_id = str(UUID(int=(int((received) * 1000) << 80) | (7 << 76) | (2 << 62)))
    assert expected is is_recent(message_id, received + age)


def test_another_id_is_not_recent():
    assert not is_recent("latest", 0)
