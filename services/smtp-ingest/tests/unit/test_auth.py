"""The command AUTH: its grammar, and whom credentials belong to, on a store in memory."""

import asyncio
import base64
from contextlib import suppress
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mayfly.failures import TransientFailure
from mayfly.testing.builders import NOON, make_inbox, make_smtp_login
from mayfly.testing.clock import SettableClock
from smtp_ingest.domain.auth import (
    Credentials,
    Login,
    challenges,
    decode_response,
    parse_auth,
    printable_name,
    read_credentials,
)
from smtp_ingest.domain.limits import RatePerMinute
from smtp_ingest.domain.replies import Rejected
from smtp_ingest.handlers.logins import Logins


@pytest.mark.parametrize(
    ("argument", "mechanism", "responses", "left"),
    [
        ("PLAIN", "PLAIN", [], [""]),
        ("plain AGEAYg==", "PLAIN", [b"\0a\0b"], []),
        ("PLAIN   AGEAYg==", "PLAIN", [b"\0a\0b"], []),
        ("PLAIN =", "PLAIN", [b""], []),
        ("LOGIN", "LOGIN", [], ["VXNlcm5hbWU6", "UGFzc3dvcmQ6"]),
        ("login YQ==", "LOGIN", [b"a"], ["UGFzc3dvcmQ6"]),
        ("LOGIN =", "LOGIN", [b""], ["UGFzc3dvcmQ6"]),
    ],
)
def test_what_an_auth_says_and_what_is_left_to_ask(argument, mechanism, responses, left):
    assert (mechanism, responses) == parse_auth(argument)
    assert left == challenges(mechanism, len(responses))


@pytest.mark.parametrize(
    ("argument", "code"),
    [
        ("", 501),
        ("CRAM-MD5", 504),
        ("XOAUTH2 YQ==", 504),
        ("PLAIN,LOGIN", 504),
        ("PLAIN z", 501),
        ("PLAIN YQ", 501),
        ("PLAIN ==", 501),
        ("PLAIN AGEAYg== AGEAYg==", 501),
        ("PLAIN AGEAYg=\u00fc", 501),
        ("PLAIN AGEA-_==", 501),
        ("PLAIN *", 501),
        ("LOGIN *", 501),
    ],
)
def test_malformed_auths(argument, code):
    with pytest.raises(Rejected) as found:
        parse_auth(argument)
    assert code == found.value.reply.code


@pytest.mark.parametrize(
    ("mechanism", "responses", "expected"),
    [
        ("PLAIN", [b"\0user\0secret"], Credentials("user", "secret")),
        ("PLAIN", [b"user\0user\0secret"], Credentials("user", "secret")),
        ("PLAIN", [b"other\0user\0secret"], Credentials("user", "secret", "other")),
        ("PLAIN", [b"\0\0"], Credentials("", "")),
        ("PLAIN", ["\0us\u00e9r\0s\u00e9cret".encode()], Credentials("us\u00e9r", "s\u00e9cret")),
        ("PLAIN", [b"\0us\xe9r\0s"], Credentials("us\ufffdr", "s")),
        ("LOGIN", [b"user", b"secret"], Credentials("user", "secret")),
        ("LOGIN", [b"us\0er", b"se\0cret"], Credentials("us\0er", "se\0cret")),
        ("LOGIN", [b"", b""], Credentials("", "")),
    ],
)
def test_credentials_in_responses(mechanism, responses, expected):
    assert expected == read_credentials(mechanism, responses)


@pytest.mark.parametrize("response", [b"", b"\0", b"user secret", b"\0user", b"\0a\0b\0", b"\0a\0b\0c"])
def test_a_plain_response_has_two_nuls(response):
    with pytest.raises(Rejected) as found:
        read_credentials("PLAIN", [response])
    assert (501, "5.5.2") == (found.value.reply.code, found.value.reply.enhanced)


@given(st.binary(max_size=60), st.sampled_from(["PLAIN", "LOGIN"]))
def test_responses_are_understood_or_refused(octets, mechanism):
    with suppress(Rejected):
        decode_response(octets.decode("ascii", "replace"))
    assert octets == decode_response(base64.b64encode(octets).decode())
    with suppress(Rejected):
        read_credentials(mechanism, [octets] if mechanism == "PLAIN" else [octets, octets])


def test_a_password_is_not_in_what_python_shows():
    assert "secret" not in repr(Credentials("user", "secret")) + str(Credentials("user", "secret"))


@pytest.mark.parametrize(
    ("user", "name"),
    [
        ("app", "app"),
        ("J\u00fcrgen M\u00fcller", "J\u00fcrgen M\u00fcller"),
        ("a\r\nX-Injected: 1\0\x7f\u2028b", "aX-Injected: 1b"),
        ("x" * 300, "x" * 256),
        ("\0", ""),
    ],
)
def test_a_user_name_is_kept_as_far_as_it_is_printable(user, name):
    assert name == printable_name(user)


SPACE = "ab12cd34"


class Store:
    """Spaces and their logins in memory; counts the questions."""

    def __init__(self):
        self.spaces = {SPACE: make_inbox(f"*@{SPACE}.mayfly.test", id=SPACE, kind="space", expires_at=None)}
        self.logins = {SPACE: [make_smtp_login(SPACE, "right"), make_smtp_login(SPACE, "other")]}
        self.asked = 0
        self.failure = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def live_among(self, ids, now):
        self.asked += 1
        await self.gate.wait()
        if self.failure:
            raise self.failure
        return {key: self.spaces[key] for key in ids if key in self.spaces and self.spaces[key].is_live(now)}

    async def of_spaces(self, ids):
        return {key: self.logins[key] for key in ids if key in self.logins}


@pytest.fixture
def world():
    store, clock, ticks = Store(), SettableClock(NOON), SimpleNamespace(now=0.0)
    logins = Logins(store, store, clock, remember=0.5, patience=0.05, ticks=lambda: ticks.now)
    return SimpleNamespace(store=store, clock=clock, ticks=ticks, logins=logins)


async def check(world, user, password, *, accept_any=False, acts_for=""):
    """Whom the credentials belong to, or the code that the peer hears."""
    try:
        return await world.logins.check(Credentials(user, password, acts_for), accept_any=accept_any)
    except Rejected as rejected:
        return rejected.reply.code


def of(world, number=0, user=SPACE):
    return Login(user, SPACE, world.store.logins[SPACE][number].id)


@pytest.mark.parametrize("accept_any", [False, True])
async def test_each_login_of_a_space_has_its_own_password(world, accept_any):
    for user, password, number in ((SPACE, "right", 0), (SPACE, "other", 1), ("AB12cd34", "right", 0)):
        for behind in ("", "@mayfly.test", f"@{SPACE}.mayfly.test", "@"):
            name = f"{user}{behind}"
            assert of(world, number, name) == await check(world, name, password, accept_any=accept_any)
            assert 535 == await check(world, name, f"{password}x", accept_any=accept_any)


@pytest.mark.parametrize("accept_any", [False, True])
@pytest.mark.parametrize("password", ["", "Right", "right ", "right\0", "r" * 9000, "\ufffd"])
async def test_a_wrong_password_of_a_space_is_wrong_where_any_is_accepted_too(world, accept_any, password):
    assert 535 == await check(world, SPACE, password, accept_any=accept_any)


@pytest.mark.parametrize(
    "user",
    ["app", "", f"{SPACE} ", f"x@{SPACE}.test", "zz99zz99", "AB12CD3\u212a", "a" * 9000, "\0", "ab12cd34\n"],
)
async def test_a_name_of_no_space_is_accepted_only_where_any_is(world, user):
    assert 535 == await check(world, user, "right")
    assert Login(printable_name(user)) == await check(world, user, "right", accept_any=True)


async def test_names_that_no_space_can_have_cost_the_store_nothing(world):
    for user in ("app", "", "a" * 9000, "app@mayfly.test"):
        await check(world, user, "x", accept_any=True)
    assert 0 == world.store.asked


async def test_nobody_acts_for_another(world):
    assert 535 == await check(world, SPACE, "right", acts_for="zz99zz99", accept_any=True)
    assert Login("app") == await check(world, "app", "x", acts_for="somebody", accept_any=True)


@pytest.mark.parametrize("accept_any", [False, True])
async def test_a_space_without_logins_lets_nobody_in(world, accept_any):
    world.store.logins.clear()
    assert 535 == await check(world, SPACE, "right", accept_any=accept_any)


async def test_an_ended_space_lets_nobody_in(world):
    world.store.spaces[SPACE] = make_inbox("x", id=SPACE, kind="space", status="deleted")
    assert [535, 535] == [await check(world, SPACE, "right", accept_any=accept_any) for accept_any in (False, True)]


async def test_the_space_of_a_login_at_each_mail(world):
    login = await check(world, SPACE, "right")
    assert world.store.spaces[SPACE] == await world.logins.space_of(login)
    assert await world.logins.space_of(Login("app")) is None


async def code_of_mail(world, login):
    try:
        await world.logins.space_of(login)
    except Rejected as rejected:
        return rejected.reply.code
    return 250


async def test_a_revoked_login_ends_within_half_a_second_and_at_once_when_told(world):
    first, second = await check(world, SPACE, "right"), await check(world, SPACE, "other")
    world.store.logins[SPACE] = world.store.logins[SPACE][1:]
    world.ticks.now = 0.49
    assert 250 == await code_of_mail(world, first)
    world.ticks.now = 0.5
    assert (550, 250) == (await code_of_mail(world, first), await code_of_mail(world, second))
    world.store.logins.clear()
    world.logins.forget()
    assert 550 == await code_of_mail(world, second)


async def test_a_space_ends_at_its_expiry_though_it_is_remembered(world):
    world.store.spaces[SPACE] = make_inbox("x", id=SPACE, kind="space")
    login = await check(world, SPACE, "right")
    assert 250 == await code_of_mail(world, login)
    world.clock.advance(3600)
    assert 550 == await code_of_mail(world, login)


async def test_a_login_works_as_soon_as_it_is_made_though_the_space_is_remembered(world):
    await check(world, SPACE, "right")
    world.store.logins[SPACE] = [*world.store.logins[SPACE], make_smtp_login(SPACE, "new")]
    assert of(world, 2) == await check(world, SPACE, "new")


async def test_many_mails_of_a_login_ask_the_store_twice_a_second_and_its_wrong_passwords_each(world):
    login = await check(world, SPACE, "right")
    for _ in range(100):
        await world.logins.space_of(login)
        await check(world, SPACE, "right")
    assert 1 == world.store.asked
    for _ in range(3):
        await check(world, SPACE, "wrong")
    assert 4 == world.store.asked


async def test_a_look_under_way_at_a_change_is_not_remembered(world):
    world.store.gate.clear()
    look = asyncio.create_task(check(world, SPACE, "right"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    world.logins.forget()
    world.store.gate.set()
    assert of(world) == await look
    await check(world, SPACE, "right")
    assert 2 == world.store.asked


async def test_a_store_that_fails_or_is_slow_is_no_wrong_password(world):
    world.store.failure = TransientFailure("down")
    with pytest.raises(TransientFailure):
        await check(world, SPACE, "right")
    world.store.gate.clear()
    with pytest.raises(TransientFailure):
        await check(world, SPACE, "right")


def test_a_rate_is_looked_at_without_counting():
    ticks = SimpleNamespace(now=0.0)
    rate = RatePerMinute(2, lambda: ticks.now)
    assert [False, False] == [rate.is_used_up("a") for _ in range(2)]
    assert [True, True, False] == [rate.allow("a") for _ in range(3)]
    assert (True, False) == (rate.is_used_up("a"), rate.is_used_up("b"))
    ticks.now = 30.0
    assert not rate.is_used_up("a")
