"""Handles on a running Mayfly: mistakes of callers, odd mails, and waits that end half-way."""

import re
from email.message import EmailMessage
from email.mime.text import MIMEText

import pytest

from mayfly_mail import LinkNotFound, Mayfly, MayflyError, WaitTimeout, operations


@pytest.fixture
def mayfly(stack):
    with Mayfly(stack.http_url, stack.api_key) as mayfly:
        yield mayfly


@pytest.fixture
def inbox(mayfly):
    with mayfly.inbox(ttl=600) as inbox:
        yield inbox


def test_a_wait_for_several_mails_that_ends_half_way_says_which_came(inbox):
    for subject in ("first order", "second order"):
        inbox.inject(subject=subject)
        inbox.wait_for_message(subject=subject, timeout=10)
    with pytest.raises(WaitTimeout) as error:
        inbox.wait_for_messages(3, subject="order", timeout=0.1)
    assert ["first order", "second order"] == [message.subject for message in error.value.found]
    assert ["  came: 'first order' (matches)", "  came: 'second order' (matches)"] == str(error.value).splitlines()[1:]


def test_a_wait_that_nothing_ended_says_that_no_mail_came(inbox):
    with pytest.raises(WaitTimeout, match=r"\n  no mail came$") as error:
        inbox.wait_for_message(timeout=0)
    assert [] == error.value.found


@pytest.mark.parametrize("pattern", [re.compile("a # comment", re.VERBOSE), re.compile(b"a")])
def test_an_expression_that_the_server_would_read_otherwise_is_refused(inbox, pattern):
    with pytest.raises(ValueError, match="regular expression of the server"):
        inbox.wait_for_message(subject=pattern, timeout=0)


def test_a_mail_of_the_older_kind_with_letters_beyond_ascii_in_its_header_is_put_in(inbox):
    mail = MIMEText("grüße", _charset="utf-8")
    mail["From"], mail["Subject"] = "a@b.test", "Grüße"
    inbox.inject(mail)
    message = inbox.wait_for_message(subject="Grüße", timeout=10)
    assert ("Grüße", "grüße") == (message.subject, message.text.strip())


def test_a_mail_with_a_file_comes_back_with_the_same_octets(inbox):
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "Bücher <a@b.test>", "Grüße"
    mail.set_content("böth")
    mail.add_attachment(b"\x00\r\n\xff", maintype="application", subtype="x", filename="ü.bin")
    inbox.inject(mail)
    message = inbox.wait_for_message(from_="Bücher", timeout=10)
    assert b"\x00\r\n\xff" == inbox.attachment(message, "ü.bin") == inbox.attachment(message, 0)
    assert mail.as_bytes(policy=mail.policy.clone(linesep="\r\n")) in inbox.raw(message)


@pytest.mark.parametrize(
    "call",
    [lambda m: m.space(domains="a.test"), lambda m: m.webhooks.create("http://a.test", events="message.received")],
)
def test_one_text_in_place_of_a_list_is_refused_before_anything_is_sent(mayfly, call):
    with pytest.raises(TypeError, match=r"write \[value\]"):
        call(mayfly)


def test_a_fault_plan_is_removed_even_if_the_mails_cannot_be_counted(inbox):
    class Uncounted(Exception):
        pass

    faults = inbox.fault("451 x2")
    faults.refresh = lambda: (_ for _ in ()).throw(Uncounted)
    with pytest.raises(Uncounted), faults:
        assert inbox.fault_plan().steps
    assert inbox.fault_plan() is None


def test_the_clock_is_not_advanced_again_when_no_answer_came(mayfly):
    call = operations.advance_clock(advance_seconds=60)
    assert not mayfly._session.request(call, None).can_repeat
    assert mayfly._session.request(operations.set_maintenance(enabled=True), None).can_repeat


def test_no_key_and_no_token_shows_in_what_is_printed(mayfly, inbox, stack):
    with mayfly.anonymous_inbox() as other, pytest.raises(MayflyError) as error:
        mayfly.open("nobody@mayfly.test", token=other.token)
    shown = f"{mayfly!r} {inbox!r} {other!r} {error.value!r} {inbox.refresh()!r} {mayfly._session.request(operations.health(), None)!r}"
    assert stack.api_key not in shown
    assert other.token not in shown


def test_a_link_that_is_not_there_lists_the_links_that_are(inbox):
    inbox.inject(subject="s", body="https://a.test/verify?t=1 https://a.test/help")
    with pytest.raises(LinkNotFound) as error:
        inbox.wait_for_message(has_link=True, timeout=10).link("/reset")
    assert {"https://a.test/verify?t=1", "https://a.test/help"} == set(error.value.links)
