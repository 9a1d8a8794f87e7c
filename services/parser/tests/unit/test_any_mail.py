"""Parsing returns a result that can be stored, for any input."""

from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from message_parser.domain import warnings
from message_parser.domain.parse import parse
from message_parser.domain.parsed import Parsed

FIELD = st.sampled_from(
    [
        b"Subject: =?utf-8?q?a?=",
        b'From: "a" <a@b.example>, (x',
        b"Content-Type: multipart/mixed; boundary=b",
        b"Content-Type: text/html; charset=utf-7",
        b"Content-Type: message/rfc822",
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: quoted-printable",
        b"Content-Disposition: attachment; filename*0*=utf-8''%ff; filename*1=",
        b"Date: Sat, 99 Nov 2026",
        b" folded",
        b"no colon",
    ]
)
LINE = st.one_of(
    FIELD, st.just(b""), st.just(b"--b"), st.just(b"--b--"), st.binary(max_size=60), st.just(b"<p>482193</p>")
)


def keepable(parsed: Parsed) -> None:
    octets = msgspec.msgpack.encode(parsed)
    assert parsed == msgspec.msgpack.decode(octets, type=Parsed)
    assert len(parsed.attachments) == len(parsed.attachment_octets)


@given(st.binary(max_size=3000))
@settings(max_examples=60, deadline=None)
def test_any_octets(octets):
    keepable(parse(octets))


@given(st.lists(LINE, max_size=30), st.sampled_from([b"\r\n", b"\n"]))
@settings(max_examples=150, deadline=None)
def test_any_arrangement_of_mail_like_lines(lines, newline):
    keepable(parse(newline.join(lines)))


def test_the_page_for_users_explains_every_warning():
    page = (Path(__file__).parents[4] / "docs" / "reading-mail.md").read_text(encoding="utf-8")
    texts = [value for name, value in vars(warnings).items() if name.isupper()] + [
        "malformed header lines were left out"
    ]
    assert [] == [text for text in texts if f"{text}`" not in page]
