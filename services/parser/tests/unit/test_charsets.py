"""Text is read in the charset that its octets show."""

import pytest

from mayfly.testing.mails import mail
from message_parser.domain.parse import parse


@pytest.mark.parametrize(
    ("charset", "octets", "expected"),
    [
        ("utf-8", "é".encode(), "é"),
        ("iso-8859-1", b"\x93quoted\x94", "“quoted”"),
        ("koi8-r", "код".encode("koi8-r"), "код"),
        ("shift_jis", "認証".encode("cp932"), "認証"),
        ("big5", "驗證".encode("big5"), "驗證"),
        ("", "é".encode(), "é"),
        ("us-ascii", "é".encode(), "é"),
        ("iso-8859-1; x=y", b"\xe9", "é"),
        ('"utf-8"', "é".encode(), "é"),
    ],
)
def test_bodies_are_read_in_their_charset(charset, octets, expected):
    field = f"Content-Type: text/plain; charset={charset}" if charset else "Content-Type: text/plain"
    assert expected == parse(mail(field, body=octets)).text


def test_an_undeclared_charset_is_guessed():
    text = "Ваш код подтверждения готов, введите его на странице входа, пожалуйста. " * 5
    assert text.strip() == parse(mail(body=text.encode("windows-1251"))).text.strip()


def test_damaged_text_is_read_with_a_warning():
    parsed = parse(mail("Content-Type: text/plain; charset=utf-8", body=b"ok \xff\xfe then"))
    assert ("partial", "ok \ufffd\ufffd then") == (parsed.parse_status, parsed.text)
    assert ["octets outside the declared charset were replaced"] == parsed.warnings


def test_a_html_charset_is_taken_from_its_meta():
    octets = mail("Content-Type: text/html", body='<meta charset="windows-1251"><p>код</p>'.encode("windows-1251"))
    assert "код" == parse(octets).text
