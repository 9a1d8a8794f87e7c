"""How a mail is taken apart for MailHog's clients: by its octets, undecoded, with MailHog's own oddities."""

from datetime import UTC, datetime
from time import process_time

import pytest

from api_gateway.dialects.mailhog.content import COPIES, Parts, raw_parts, read_mail
from api_gateway.dialects.mailhog.views import Path, item_of, path_of, without_trace
from mayfly.records.message import Message, StoredEnvelope

_ALTERNATIVE = (
    b"From: =?utf-8?q?J=C3=BCrgen?= <j@shop.example>\r\nSubject: first\r\nSubject: second\r\nX-Long: a\r\n\tb\r\n"
    b'content-id: low\r\nContent-Type: multipart/alternative;\r\n boundary="b1"\r\n\r\n'
    b"preamble\r\n--b1\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    b"Gr=C3=BC=C3=9Fe\r\n--b1\r\nContent-Type: text/html\r\n\r\n<p>hi</p>\r\n--b1--\r\n"
)


def _message(**changes: object) -> Message:
    envelope = StoredEnvelope(reverse_path="a@shop.example", forward_path="x@any.example", helo="mail.shop.example")
    now = datetime(2026, 1, 2, 3, 4, 5, 678_000, UTC)
    given = {"recipients": ["x@any.example", "y@other.example"], **changes}
    return Message(
        id="m1", inbox_id="00000000", account_id=None, address="*@a", event_id="e", envelope=envelope,
        received_at=now, stored_at=now, raw_size=1, **given,  # type: ignore[arg-type]
    )  # fmt: skip


def test_header_fields_and_bodies_stay_undecoded() -> None:
    content, _ = read_mail(_ALTERNATIVE)
    assert {
        "From": ["=?utf-8?q?J=C3=BCrgen?= <j@shop.example>"],
        "Subject": ["second"],
        "X-Long": ["a\tb"],
        "content-id": ["low"],
        "Content-Type": ['multipart/alternative; boundary="b1"'],
    } == content.headers
    assert content.body.startswith("preamble\r\n--b1\r\n")
    assert len(_ALTERNATIVE) == content.size


def test_parts_are_what_stands_between_delimiters() -> None:
    _, parts = read_mail(_ALTERNATIVE)
    assert parts is not None
    assert ["preamble", "Gr=C3=BC=C3=9Fe", "<p>hi</p>", "--"] == [part.body for part in parts.parts]
    assert [{}, "quoted-printable"] == [
        parts.parts[0].headers, parts.parts[1].headers["Content-Transfer-Encoding"][0]
    ]  # fmt: skip
    assert b"preamble" == raw_parts(_ALTERNATIVE)[0]


def test_a_multipart_in_a_part_has_its_own_parts() -> None:
    inner = b"Content-Type: multipart/alternative; boundary=in\r\n\r\n--in\r\n\r\none\r\n--in--"
    outer = b"Content-Type: multipart/mixed; boundary=out\r\n\r\n--out\r\n" + inner + b"\r\n--out--\r\n"
    _, parts = read_mail(outer)
    assert parts is not None
    assert parts.parts[0].mime is not None
    # MailHog takes the empty line after the delimiter for the end of the line before, so `one` has no header.
    assert ["one", "--"] == [part.body for part in parts.parts[0].mime.parts]


@pytest.mark.parametrize(
    "mail",
    [
        b"content-type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--",
        b"Subject: x\r\n\r\nplain",
        b"no header",
    ],
)
def test_only_a_content_type_in_this_spelling_makes_parts(mail: bytes) -> None:
    assert read_mail(mail)[1] is None


@pytest.mark.parametrize(
    "declared", ["boundary = b", 'x="boundary=no"; BOUNDARY=b', 'charset=y;\r\n\tboundary="b"', 'boundary="\\b"']
)
def test_the_boundary_is_a_parameter_in_any_spelling(declared: str) -> None:
    mail = f"Content-Type: multipart/mixed; {declared}\r\n\r\n--b\r\n\r\nx\r\n--b--".encode()
    _, parts = read_mail(mail)
    assert parts is not None
    assert ["x", "--"] == [part.body for part in parts.parts]


def test_a_multipart_without_a_boundary_has_no_parts() -> None:
    _, parts = read_mail(b"Content-Type: multipart/mixed\r\n\r\nx")
    assert parts is not None
    assert [] == parts.parts


def test_a_mail_of_100000_parts_or_levels_is_cut() -> None:
    many = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 100_000
    _, parts = read_mail(many)
    assert parts is not None
    assert 1_000 == len(parts.parts)
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(10_000))
    assert read_mail(deep)[1] is not None


def test_octets_that_are_no_utf_8_are_shown_as_replacements() -> None:
    content, _ = read_mail(b"Subject: caf\xe9\r\n\r\ncaf\xe9")
    assert ("caf\ufffd", "caf\ufffd", 21) == (content.headers["Subject"][0], content.body, content.size)


def test_an_item_has_the_envelope_the_trace_fields_and_the_mail_as_sent() -> None:
    trace = (
        b"Return-Path: <a@shop.example>\r\nReceived: from mail.shop.example ([127.0.0.1])\r\n\tby mayfly with SMTP id 1;\r\n"
        b"\tFri, 02 Jan 2026 03:04:05 +0000\r\n"
    )
    item = item_of(_message(), trace + b"Subject: hi\r\n\r\nbody\r\n")
    assert "Subject: hi\r\n\r\nbody" == item.raw.data
    assert 19 == item.content.size
    assert ["<a@shop.example>"] == item.content.headers["Return-Path"]
    assert item.content.headers["Received"][0].startswith("from mail.shop.example ([127.0.0.1])\r\n\tby mayfly")
    assert ["m1"] == item.content.headers["Message-ID"]
    assert [
        Path(relays=None, mailbox="x", domain="any.example"),
        Path(relays=None, mailbox="y", domain="other.example"),
    ] == item.to
    assert ["x@any.example", "y@other.example"] == item.raw.to


def test_a_mail_that_was_injected_has_no_trace_to_take_away() -> None:
    assert ("", b"Subject: x\r\n\r\ny") == without_trace(b"Subject: x\r\n\r\ny\r\n", "")
    assert b"Return-Path: <b@c>\r\n\r\ny" == without_trace(b"Return-Path: <b@c>\r\n\r\ny", "a@b")[1]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", Path(relays=None, mailbox="", domain="")),
        ("a@b@c", Path(relays=None, mailbox="a", domain="b@c")),
        ("@r1,@r2:a@b", Path(relays=["@r1", "@r2"], mailbox="a", domain="b")),
    ],
)
def test_paths(path: str, expected: Path) -> None:
    assert expected == path_of(path)


def _nested(levels: int, inside: bytes) -> bytes:
    heads = (b'Content-Type: multipart/mixed; boundary="b%02d"\r\n\r\n--b%02d\r\n' % (n, n) for n in range(levels))
    return b"".join(heads) + b"Content-Type: text/plain\r\n\r\n" + inside


def _octets_in(parts: Parts | None) -> int:
    return sum(len(part.body) + _octets_in(part.mime) for part in parts.parts) if parts else 0


def test_nested_multiparts_repeat_no_mail_more_than_a_few_times() -> None:
    mail = _nested(20, b"x" * 100_000)
    content, parts = read_mail(mail)
    assert len(content.body) + _octets_in(parts) + len(mail) <= COPIES * len(mail)
    assert _octets_in(parts) >= 3 * 100_000


@pytest.mark.parametrize("delimiters", [b"--b1" * 5_000_000, b"--b1x" * 4_000_000], ids=["empty parts", "short parts"])
def test_no_number_of_delimiters_holds_up_the_gateway(delimiters: bytes) -> None:
    mail = b'Content-Type: multipart/mixed; boundary="b1"\r\n\r\n' + delimiters
    begun = process_time()
    assert [len(raw_parts(mail)), len(read_mail(mail)[1].parts)] in [[0, 0], [1_000, 1_000]]  # type: ignore[union-attr]
    assert process_time() - begun < 1
