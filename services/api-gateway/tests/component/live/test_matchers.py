"""What a criterion finds in a message, and that no pattern can hold up the process."""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from api_gateway.live.matchers import Matchers, Wish
from api_gateway.patterns import search
from api_gateway.patterns.questions import Kind
from api_gateway.patterns.search import Search
from api_gateway.refusals import BadInput
from mayfly.failures import TransientFailure
from mayfly.records.message import Link, Message, StoredEnvelope
from mayfly.testing.builders import make_inbox, make_message

Failed = Callable[[Wish, Message], Awaitable[list[str]]]


@pytest.fixture
async def failed_by() -> AsyncIterator[Failed]:
    """Names of the criteria that a message does not meet, found by a real search process."""
    async with search.pool(1) as processes:

        async def failed_by(wish: Wish, found: Message) -> list[str]:
            call, matchers = Search(processes), Matchers(wish)
            await matchers.check(call)
            return await matchers.failed_by(found, call)

        yield failed_by


def message(**changes) -> Message:
    values = {
        "envelope": StoredEnvelope(reverse_path="bounce@sender.test", forward_path="box+tag@mayfly.test"),
        "recipients": ["box+tag@mayfly.test", "box+second@mayfly.test"],
        "from_address": "noreply@sender.test",
        "from_name": "The Sender",
        "to": ["Box <box+tag@mayfly.test>"],
        "cc": ["other@example.com"],
        "subject": "Your Code is 482193",
        "text": "Hello,\nuse 482193.",
        "html": '<a href="https://sender.test/verify?t=1">Verify</a>',
        "otp": "482193",
        "links": [Link(url="https://sender.test/verify?t=1")],
        **changes,
    }
    return make_message(make_inbox("box"), **values)


@pytest.mark.parametrize(
    "wish",
    [
        Wish(),
        Wish(sender="NOREPLY@"),
        Wish(sender="the sender"),
        Wish(sender="re:^noreply@"),
        Wish(sender="re:^The Sender <noreply@sender\\.test>$"),
        Wish(sender="bounce@sender.test"),
        Wish(to="box+tag@"),
        Wish(to="box tag@"),  # the + was not percent-encoded
        Wish(to="re:\\+tag@mayfly\\.test$"),
        Wish(to="box@mayfly.test"),
        Wish(to="box+second"),
        Wish(to="re:^box\\+second@"),
        Wish(to="other@example.com"),
        Wish(subject="your code"),
        Wish(subject="re:Code is \\d{6}$"),
        Wish(subject="re:(?i)YOUR CODE"),
        Wish(subject=""),
        Wish(body="use 482193"),
        Wish(body="re:(?m)^use"),
        Wish(body="https://sender.test/verify"),
        Wish(has_otp=True),
        Wish(has_link=True),
        Wish(sender="noreply", subject="code", body="hello", has_otp=True, has_link=True),
    ],
)
async def test_a_message_that_meets_all_criteria_fails_none(failed_by, wish):
    assert [] == await failed_by(wish, message())


@pytest.mark.parametrize(
    ("wish", "failed"),
    [
        (Wish(sender="nobody"), ["from"]),
        (Wish(to="re:^tag"), ["to"]),
        (Wish(subject="re:your code"), ["subject"]),
        (Wish(subject=".ode"), ["subject"]),
        (Wish(body="re:^use"), ["body"]),
        (Wish(has_otp=False), ["has_otp"]),
        (Wish(has_link=False), ["has_link"]),
        (
            Wish(sender="a@", to="z@", subject="news", body="bye", has_otp=False, has_link=False),
            ["from", "to", "subject", "body", "has_otp", "has_link"],
        ),
    ],
)
async def test_every_criterion_that_is_not_met_is_named(failed_by, wish, failed):
    assert failed == await failed_by(wish, message())


async def test_an_international_domain_is_found_in_both_spellings(failed_by):
    found = message(from_address="noreply@xn--bcher-kva.test", recipients=["box@xn--bcher-kva.test"])
    for spelling in ("@bücher.test", "@BÜCHER.test", "@xn--bcher-kva.test"):
        assert [] == await failed_by(Wish(sender=f"noreply{spelling}", to=f"box{spelling}"), found)
    assert ["from"] == await failed_by(Wish(sender="noreply@büchlein.test"), found)


async def test_text_in_any_script_is_found_in_any_case(failed_by):
    found = message(subject="ΚΩΔΙΚΌΣ Straße \U0001f511")
    assert [] == await failed_by(Wish(subject="strasse \U0001f511"), found)
    assert [] == await failed_by(Wish(subject="re:^\\p{Greek}+ .* .$"), found)


async def test_text_that_is_no_unicode_is_compared_all_the_same(failed_by):
    assert [] == await failed_by(Wish(subject="re:^a.b$"), message(subject="a\udc80b"))


@pytest.mark.parametrize(
    "pattern",
    ["re:(", "re:a**", "re:\\1", "re:(?=a)", "re:(a{1000}){1000}", "re:[z-a]", "re:\udc80", "x" * 513, "re:\\C{1001}"],
)
async def test_a_pattern_that_cannot_be_run_is_bad_input(failed_by, pattern):
    with pytest.raises(BadInput, match=r"^subject: "):
        await failed_by(Wish(subject=pattern), message())


async def test_a_pattern_that_would_take_others_for_ever_is_run_to_its_end(failed_by):
    wish = Wish(body="re:^(a+)+$", subject="re:(.*)*(.*)*(.*)*x$")
    assert ["subject", "body"] == await failed_by(
        wish, message(text="a" * 500_000 + "!", html="", subject="a" * 10_000)
    )


@pytest.mark.parametrize("pattern", ["[\\pL\\pN]{30}", "(?:\\pL\\PN|\\pS|.|\\pL{9}){40}"])
async def test_a_pattern_whose_program_is_too_large_is_refused_before_any_mail_is_read(failed_by, pattern):
    with pytest.raises(BadInput, match=r"^body: .* more than 25000 steps"):
        await failed_by(Wish(body="re:" + pattern), message(text="", html=""))


async def test_a_search_that_takes_too_long_is_refused_and_the_next_one_is_answered(failed_by):
    # More states than the fast engine of RE2 remembers: the slow one takes microseconds for each character.
    noise = "".join(random.Random(1).choices("abcdefghij", k=300_000))
    with pytest.raises(BadInput, match=r"^body: takes more than 1 s on one mail"):
        await failed_by(Wish(body="re:(?:.{1,100}a){9}#"), message(text=noise * 3))
    assert [] == await failed_by(Wish(subject="re:Code"), message())


async def test_a_call_has_a_total_of_time_over_all_its_messages():
    async with search.pool(1) as processes:
        call, matchers = Search(processes), Matchers(Wish(body="re:[q-w]+#"))
        call._left = 0.000001
        assert ["body"] == await matchers.failed_by(message(text="x" * 900_000), call)
        with pytest.raises(BadInput, match=r"^body: takes more than 5 s on the mails of this inbox"):
            await matchers.failed_by(message(), call)


async def test_a_search_process_that_dies_is_no_fault_of_the_pattern():
    async with search.pool(1) as processes:
        call = Search(processes)
        assert not await call.finds(Kind.REGEX, "a", ["b"])
        searching = asyncio.create_task(call.finds(Kind.REGEX, "(?:.?){900}!", ["x" * 1_000_000]))
        await asyncio.sleep(0)
        for child in processes._living:
            os.kill(child._running.get_pid(), signal.SIGKILL)
        with pytest.raises(TransientFailure):
            await searching


async def test_a_long_text_that_is_not_ascii_is_searched_elsewhere(failed_by):
    long = "\u00dc" * 900_000 + " der Code"
    assert [] == await failed_by(Wish(body="\u00fc DER code"), message(text=long))
    assert ["body"] == await failed_by(Wish(body="re:^der"), message(text=long, html=""))


async def test_no_process_is_started_for_a_call_without_regular_expressions():
    async with search.pool(1) as processes:
        assert [] == await Matchers(Wish(body="use", sender="noreply")).failed_by(message(), Search(processes))
        assert not processes._living
