"""Composes the mail of a body of POST /api/v1/send. Called in a thread; pure but for the boundaries.

Texts and files are in Base64, so that they arrive to the letter.
"""

import binascii
import re
import secrets
from base64 import b64decode
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from typing import Annotated
from urllib.parse import quote

from msgspec import Meta, Struct, field

from api_gateway.dialects.mailpit.addresses import address_in
from api_gateway.dialects.mailpit.sniffing import media_type_in
from api_gateway.messages import base64_lines, media_type_of
from api_gateway.refusals import BadInput
from mayfly.events.facts import new_event_id

_MOST = 1_000
_SINGLE_LINE = 900
_RESTRICTED = frozenset(
    [
        "to",
        "from",
        "cc",
        "bcc",
        "reply-to",
        "date",
        "subject",
        "content-type",
        "mime-version",
        "content-transfer-encoding",
    ]
)
_KEY = re.compile(r"[!-9;-~]{1,200}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}", re.ASCII)
_BASE64_GROUP = 4


class Person(Struct, frozen=True):
    email: str = ""
    name: str = ""


class File(Struct, frozen=True):
    """`content` in Base64, also as a data URL; with a `contentid` it is shown within the HTML."""

    content: str = ""
    filename: str = ""
    contenttype: str = ""
    contentid: str = ""


_People = Annotated[list[Person], Meta(max_length=_MOST)]


class Letter(Struct, frozen=True):
    """The body of POST /api/v1/send, with lower-case names."""

    from_: Person = field(name="from", default=Person())
    to: _People = []
    cc: _People = []
    bcc: Annotated[list[str], Meta(max_length=_MOST)] = []
    replyto: _People = []
    subject: str = ""
    text: str = ""
    html: str = ""
    tags: list[str] = []
    headers: dict[str, str] = {}
    attachments: Annotated[list[File], Meta(max_length=100)] = []


def recipients_of(letter: Letter) -> list[str]:
    """The addresses of To, Cc and Bcc, each once. Raises BadInput for what is none, also in Reply-To."""
    fields = {
        "To": [person.email for person in letter.to],
        "Cc": [person.email for person in letter.cc],
        "Bcc": letter.bcc,
    }
    addresses = [_address(text, name) for name, texts in fields.items() for text in texts]
    for person in letter.replyto:
        _address(person.email, "Reply-To")
    return list(dict.fromkeys(addresses))


def compose(letter: Letter, now: datetime) -> bytes:
    """The mail in octets; `recipients_of` has accepted its addresses.

    Raises BadInput for headers and files that cannot be sent.
    """
    return b"".join([*_header(letter, now), *_body(letter)])


def _address(text: str, field: str) -> str:
    address = address_in(text)
    if address is None:
        raise BadInput(f"invalid {field} address: {text}")
    return address


def _header(letter: Letter, now: datetime) -> Iterator[bytes]:
    if sender := address_in(letter.from_.email):
        yield f"Return-Path: <{sender}>\r\n".encode(errors="replace")
    yield _field("Date", format_datetime(now))
    yield _people("From", [letter.from_])
    for name, people in (("To", letter.to), ("Cc", letter.cc), ("Reply-To", letter.replyto)):
        if people:
            yield _people(name, people)
    if letter.bcc:
        yield f"Bcc: {', '.join(letter.bcc)}\r\n".encode(errors="replace")
    yield _field("Subject", letter.subject)
    if letter.tags:
        yield _field("X-Tags", ", ".join(letter.tags))
    if "message-id" not in map(str.lower, letter.headers):
        yield _field("Message-ID", f"<{new_event_id()}@mayfly>")
    restricted = _RESTRICTED | {"x-tags"} if letter.tags else _RESTRICTED
    for name, value in letter.headers.items():
        if not _KEY.fullmatch(name):
            raise BadInput(f'invalid header key: "{name}"')
        if name.lower() in restricted:
            raise BadInput(f'cannot overwrite header: "{name}"')
        yield _field(name, value)
    yield b"Mime-Version: 1.0\r\n"


def _body(letter: Letter) -> Iterator[bytes]:
    files = [(file, _octets(file)) for file in letter.attachments]
    bodies = [_leaf("text/plain; charset=utf-8", letter.text.encode(errors="replace"))] * bool(
        letter.text or not letter.html
    )
    if letter.html:
        bodies.append(_leaf("text/html; charset=utf-8", letter.html.encode(errors="replace")))
    shown = _multipart("alternative", bodies)
    inline = [_file(file, octets) for file, octets in files if file.contentid]
    attached = [_file(file, octets) for file, octets in files if not file.contentid]
    yield from _multipart("mixed", [_multipart("related", [shown, *inline]), *attached])


_Part = list[bytes]


def _multipart(kind: str, parts: Sequence[_Part]) -> _Part:
    """The parts as one; a single part stays as it is."""
    if len(parts) == 1:
        return parts[0]
    boundary = f"=_{secrets.token_hex(16)}".encode()
    pieces = [b'Content-Type: multipart/%s;\r\n boundary="%s"\r\n\r\n' % (kind.encode(), boundary)]
    for part in parts:
        pieces += [b"--%s\r\n" % boundary, *part, b"\r\n"]
    return [*pieces, b"--%s--\r\n" % boundary]


def _file(file: File, octets: bytes) -> _Part:
    kind = "/".join(media_type_of(file.contenttype)) if file.contenttype else media_type_in(octets)
    fields = [f"Content-Disposition: {'inline' if file.contentid else 'attachment'}{_filename(file.filename)}"]
    if file.contentid:
        fields.append(f"Content-ID: <{_plain(file.contentid).strip('<>')}>")
    return _leaf(kind, octets, *fields)


def _filename(name: str) -> str:
    name = _plain(name)
    if not name:
        return ""
    if name.isascii():
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'; filename="{escaped}"'
    return f"; filename*=utf-8''{quote(name, safe='')}"


def _leaf(content_type: str, octets: bytes, *fields: str) -> _Part:
    header = "".join(
        f"{field}\r\n" for field in (f"Content-Type: {content_type}", "Content-Transfer-Encoding: base64", *fields)
    )
    return [header.encode(), b"\r\n", b"\r\n".join(base64_lines(octets)), b"\r\n"]


def _octets(file: File) -> bytes:
    content = file.content.rpartition(",")[2].replace("\r", "").replace("\n", "")
    try:
        return b64decode(content, validate=True)
    except (binascii.Error, ValueError) as error:
        legal = _BASE64.match(content)
        place = legal.end() if legal else 0
        place = place if place < len(content) else len(content) // _BASE64_GROUP * _BASE64_GROUP
        reason = f"illegal base64 data at input byte {place}"
        raise BadInput(f'error decoding base64 attachment "{file.filename}": {reason}') from error


def _people(field: str, people: Sequence[Person]) -> bytes:
    mailboxes = ",\r\n ".join(map(_mailbox, people))
    return f"{field}: {mailboxes}\r\n".encode(errors="replace")


def _mailbox(person: Person) -> str:
    address = address_in(person.email) or _plain(person.email)
    name = _plain(person.name)
    if not name:
        return f"<{address}>"
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}" <{address}>' if name.isascii() else f"{_encoded(name)} <{address}>"


def _field(name: str, value: str) -> bytes:
    value = _plain(value)
    written = value if value.isascii() and len(value) <= _SINGLE_LINE else _encoded(value)
    return f"{name}: {written}\r\n".encode()


def _encoded(value: str) -> str:
    """As encoded words (RFC 2047)."""
    return Header(value, "utf-8", maxlinelen=76).encode(linesep="\r\n")


def _plain(text: str) -> str:
    """Without line ends and other control characters, which would begin another header field."""
    return _CONTROL.sub(" ", text).strip()
