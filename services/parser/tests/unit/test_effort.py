"""What Python does step by step is bounded for all parts of a mail together."""

import pytest

from mayfly.testing.mails import multipart
from message_parser.domain import limits, warnings
from message_parser.domain.parse import parse, parse_batch

CYRILLIC = "Ваш код подтверждения для входа".encode("cp1251").decode("latin-1")
PLAIN = "Content-Type: text/plain"


@pytest.fixture(autouse=True)
def _few_steps(monkeypatch):
    monkeypatch.setattr(limits, "MAX_STEPS", 100)


def mail_of_parts(part, count=2):
    return multipart(*[part] * count).decode().encode("latin-1")


@pytest.mark.parametrize(
    ("part", "whole", "warning"),
    [
        (f"{PLAIN}; charset=euc-jp\r\n\r\n" + "\xad\xa1" * 30, "①" * 30, warnings.CHARSET_DAMAGED),
        (f"{PLAIN}; charset=iso-2022-jp\r\n\r\n" + "\x1b$B-!\x1b(B" * 20, "①" * 20, warnings.CHARSET_DAMAGED),
        (f"{PLAIN}; format=flowed\r\n\r\n" + "a \r\n" * 60 + "end", "a " * 60 + "end", None),
        (f"{PLAIN}\r\nContent-Transfer-Encoding: base64\r\n\r\n" + "YQ==" * 40, "a" * 40, warnings.BASE64_DAMAGED),
        (f"{PLAIN}\r\nContent-Transfer-Encoding: uuencode\r\n\r\n" + "!80\r\n" * 60, "a" * 60, warnings.UUENCODE_DAMAGED),
    ],
)  # fmt: skip
def test_a_second_part_has_the_steps_that_the_first_one_left(part, whole, warning):
    assert whole == parse(mail_of_parts(part, 1)).text.strip()
    parsed = parse(mail_of_parts(part))
    assert (1, warning is None) == (parsed.text.count(whole), warning not in parsed.warnings)


def test_charsets_are_guessed_in_a_bounded_number_of_parts(monkeypatch):
    monkeypatch.setattr(limits, "MAX_STEPS", 2_500)
    parsed = parse(mail_of_parts(f"{PLAIN}\r\n\r\n{CYRILLIC}", 5))
    assert 2 == parsed.text.count("Ваш код подтверждения для входа")


def test_one_mail_of_a_batch_does_not_spend_the_steps_of_another():
    part = f"{PLAIN}; charset=euc-jp\r\n\r\n" + "\xad\xa1" * 30
    assert 3 * ["①" * 30] == [parsed.text.strip() for parsed in parse_batch([mail_of_parts(part, 1)] * 3)]
