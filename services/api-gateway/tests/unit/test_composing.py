"""Mail composed from a form: what another reader finds in it is what was put in, however large."""

import email
from email.message import EmailMessage
from email.policy import SMTP, default

import pytest

from api_gateway.messages.composing import compose


def read(text="", html=None, files=()):
    message = EmailMessage(policy=SMTP)
    message["Subject"] = "x"
    octets = compose(message, text, html, files)
    assert b"\n" not in octets.replace(b"\r\n", b"")
    assert max(map(len, octets.split(b"\r\n"))) <= 998
    return email.message_from_bytes(octets, policy=default)


@pytest.mark.parametrize("size", [0, 1, 56, 57, 58, 65_536, 65_537, 300_001])
def test_files_of_any_size_are_what_they_were(size):
    octets = bytes(number * 7 % 256 for number in range(size))
    files = [("a.bin", "application/pdf", octets), ("b.bin", "nonsense", octets[::-1])]
    found = list(read("hello", files=files).iter_attachments())
    assert [octets, octets[::-1]] == [part.get_content() for part in found]
    assert ["application/pdf", "application/octet-stream"] == [part.get_content_type() for part in found]
    assert ["a.bin", "b.bin"] == [part.get_filename() for part in found]


@pytest.mark.parametrize("times", [1, 20_000])
def test_texts_of_any_size_are_what_they_were(times):
    text, html = "Gr\u00fc\u00dfe \u4e00\n" * times, "<p>Gr\u00fc\u00dfe</p>\n" * times
    mail = read(text, html, [("f", "text/plain", b"x" * 100_000)])
    assert text == mail.get_body(["plain"]).get_content().replace("\r\n", "\n")
    assert html == mail.get_body(["html"]).get_content().replace("\r\n", "\n")


def test_a_large_text_alone_is_a_mail_of_one_part():
    mail = read("x" * 100_000)
    assert ("text/plain", "x" * 100_000) == (mail.get_content_type(), mail.get_content().rstrip())
