"""The source of a message as Mailpit shows it: as received, with the fields that it adds on arrival. Pure.

Mailpit writes them into the mail that it keeps; here the raw mail stays as received, and they are made when it is read.
"""

import re
from itertools import islice

from api_gateway.dialects.mailpit.views import message_id_of
from mayfly.records.message import Message

_END = re.compile(rb"\r?\n\r?\n")
# Only at the start of a line: tried at every octet of a long line without a colon, it would take hours for one mail.
_FIELD = re.compile(rb"(?m:^)([^\s:]+)[ \t]*:[ \t]*((?:[^\r\n]|\r?\n[ \t]|\r(?!\n))*)\r?\n?")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+", re.ASCII)
_FOLD = re.compile(rb"\r?\n[ \t]+")
# Read of one header; what follows stays as it is.
_MOST_OCTETS = 2 * 1024 * 1024
_MOST_FIELDS = 10_000


def source_of(message: Message, raw: bytes) -> bytes:
    """The mail with Return-Path, Message-ID and Bcc as Mailpit adds them; what is there already stays.

    Bcc: recipients that no field names.
    """
    source = raw
    if message.envelope.reverse_path:
        source = _set(source, b"Return-Path", f"<{message.envelope.reverse_path}>".encode())
    if not message.header_message_id:
        source = b"Message-ID: <%s>\r\n" % message_id_of(message).encode() + source
    written = _value(source, b"bcc")
    unnamed = _unnamed(message, written)
    if unnamed:
        source = _set(source, b"Bcc", ", ".join(filter(None, [written, *unnamed])).encode())
    return source


def fields_of(source: bytes) -> dict[str, list[str]]:
    """The header fields, undecoded and unfolded, sorted; names as Go writes them, such as `Message-Id`."""
    fields: dict[str, list[str]] = {}
    for match in islice(_FIELD.finditer(_header(source)), _MOST_FIELDS):
        value = _FOLD.sub(b" ", match[2]).strip()
        fields.setdefault(_canonical(match[1].decode(errors="replace")), []).append(value.decode(errors="replace"))
    return dict(sorted(fields.items()))


def return_path_of(message: Message) -> str:
    """The reverse-path; of a mail without one that of its field Return-Path, else the address of its From field."""
    if message.envelope.reverse_path:
        return message.envelope.reverse_path
    written = (value for name, value in message.headers if name.lower() == "return-path")
    return next(written, "").strip("<> ") or message.from_address


def _header(source: bytes) -> bytes:
    end = _END.search(source, 0, _MOST_OCTETS)
    return source[: end.start() if end else _MOST_OCTETS]


def _canonical(name: str) -> str:
    """The name with a capital at the start of each word; unchanged where it is no token (RFC 9110, section 5.6.2)."""
    return "-".join(word.capitalize() for word in name.split("-")) if _TOKEN.fullmatch(name) else name


def _value(source: bytes, name: bytes) -> str:
    found = _find(source, name)
    return _FOLD.sub(b" ", found[2]).strip().decode(errors="replace") if found else ""


def _set(source: bytes, name: bytes, value: bytes) -> bytes:
    """The source with this value in the first field of that name, or in a new one at the top."""
    found = _find(source, name.lower())
    if found is None:
        return name + b": " + value + b"\r\n" + source
    if found[2] == value:
        return source
    return source[: found.start()] + name + b": " + value + b"\r\n" + source[found.end() :]


def _find(source: bytes, name: bytes) -> "re.Match[bytes] | None":
    fields = islice(_FIELD.finditer(source, 0, len(_header(source)) + 2), _MOST_FIELDS)
    return next((field for field in fields if field[1].lower() == name), None)


def _unnamed(message: Message, written: str) -> list[str]:
    """The blind copies that are in no Bcc field: recipients of the envelope alone."""
    named = written.lower()
    paths = {path.lower() for path in message.recipients if not path.startswith("*@")}
    return [address for address in message.bcc if address.lower() in paths and address.lower() not in named]
