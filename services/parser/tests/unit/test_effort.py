"""What Python does step by step is bounded for all parts of a mail together."""

import pytest

from mayfly.testing.mails import mail
from message_parser.domain import charsets, effort, flowed, limits, transfer, warnings
from message_parser.domain.parse import parse, parse_batch

CYRILLIC = "Ваш код подтверждения для входа".encode("cp1251")


def leave(steps):
    effort.renew()
    effort.take(limits.MAX_STEPS - steps)


@pytest.mark.parametrize(
    ("charset", "octets", "whole"),
    [
        ("euc-jp", b"\xad\xa1" * 30, "①" * 30),
        ("iso-2022-jp", b"\x1b$B-!\x1b(B" * 20, "①" * 20),
        ("", CYRILLIC, CYRILLIC.decode("cp1251")),
    ],
)
def test_a_second_text_has_the_steps_that_the_first_one_left(charset, octets, whole):
    leave(1_500 if not charset else 100)
    assert whole == charsets.decode(octets, charset)[0]
    assert whole != charsets.decode(octets, charset)[0]


def test_flowed_lines_stay_as_they_are_when_no_steps_are_left():
    leave(100)
    text = "a \n" * 60 + "end"
    assert "a " * 60 + "end" == flowed.unflow(text, delete_space=False)
    assert text == flowed.unflow(text, delete_space=False)


@pytest.mark.parametrize(
    ("encoding", "octets", "warning"),
    [
        (b"base64", b"YQ==" * 40, warnings.BASE64_DAMAGED),
        (b"uuencode", b"!80\r\n" * 60, warnings.UUENCODE_DAMAGED),
    ],
)
def test_encoded_content_is_cut_with_a_warning_when_no_steps_are_left(encoding, octets, warning):
    leave(100)
    found: list[str] = []
    whole = transfer.decode(octets, encoding, found, is_text=False)
    assert (set(b"a"), []) == (set(whole), found)
    cut = transfer.decode(octets, encoding, found, is_text=False)
    assert (True, [warning]) == (whole.startswith(cut) and len(cut) < len(whole), found)


def test_each_mail_has_all_steps():
    octets = mail("Content-Type: text/plain; charset=euc-jp", body=b"\xad\xa1" * 30)
    leave(0)
    assert "①" * 30 == parse(octets).text
    leave(0)
    assert 3 * ["①" * 30] == [parsed.text for parsed in parse_batch([octets] * 3)]
