"""What a criterion finds in a message, and that no pattern can hold up the process."""

import pytest

from api_gateway.live.matchers import Matchers, Wish
from api_gateway.refusals import BadInput
from mayfly.records.message import Link, Message, StoredEnvelope
from mayfly.testing.builders import make_inbox, make_message


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
def test_a_message_that_meets_all_criteria_fails_none(wish):
    assert [] == Matchers(wish).failed_by(message())


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
def test_every_criterion_that_is_not_met_is_named(wish, failed):
    assert failed == Matchers(wish).failed_by(message())


def test_text_in_any_script_is_found_in_any_case():
    found = message(subject="ΚΩΔΙΚΌΣ Straße \U0001f511")
    assert [] == Matchers(Wish(subject="strasse \U0001f511")).failed_by(found)
    assert [] == Matchers(Wish(subject="re:^\\p{Greek}+ .* .$")).failed_by(found)


def test_text_that_is_no_unicode_is_compared_all_the_same():
    assert [] == Matchers(Wish(subject="re:^a.b$")).failed_by(message(subject="a\udc80b"))


@pytest.mark.parametrize(
    "pattern",
    ["re:(", "re:a**", "re:\\1", "re:(?=a)", "re:(a{1000}){1000}", "re:[z-a]", "re:\udc80", "x" * 513, "re:\\C{1001}"],
)
def test_a_pattern_that_cannot_be_run_is_bad_input(pattern):
    with pytest.raises(BadInput, match=r"^subject: "):
        Matchers(Wish(subject=pattern))


def test_a_pattern_that_would_take_others_for_ever_is_run_to_its_end():
    matchers = Matchers(Wish(body="re:^(a+)+$", subject="re:(.*)*(.*)*(.*)*x$"))
    assert ["subject", "body"] == matchers.failed_by(message(text="a" * 500_000 + "!", html="", subject="a" * 10_000))
