"""Decodes the text of header fields: RFC 2047 encoded words and RFC 6532 UTF-8, in one pass over bounded input.

Called by the stages `header_fields` and `links`, and by `addresses` and `parameters`.
"""

import binascii
import re
from urllib.parse import unquote_to_bytes

from message_parser.domain import charsets, limits

# No piece of the pattern can match where the next one could, so a failing match takes linear time.
_ENCODED_WORD = re.compile(r"=\?([A-Za-z0-9._:-]{1,60})(?:\*[A-Za-z0-9-]{0,20})?\?([bBqQ])\?([^?\s]*)\?=")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def decode_text(value: bytes, limit: int = limits.MAX_FIELD_VALUE_CHARACTERS) -> str:
    """The text of an unstructured field: white space collapsed, no control characters, at most `limit` long."""
    text = _from_octets(value[: limit * 4])
    if "=?" in text:
        text = decode_words(text)
    return " ".join(_CONTROL.sub("", text[:limit]).split())


def decode_words(text: str) -> str:
    """Decode encoded words; white space between two adjacent ones is dropped (RFC 2047 section 6.2).

    Adjacent words of one charset are decoded together, because mailers split characters across words.
    """
    pieces: list[str] = []
    pending: list[bytes] = []
    charset = ""
    last = 0
    for match in _ENCODED_WORD.finditer(text):
        octets = _word_octets(match.group(2), match.group(3))
        between = text[last : match.start()]
        last = match.end()
        if pending and not between.strip() and match.group(1).lower() == charset:
            pending.append(octets)
            continue
        pieces.append(charsets.decode_declared(b"".join(pending), charset))
        if between.strip() or not pending:
            pieces.append(between)
        pending, charset = [octets], match.group(1).lower()
    pieces.append(charsets.decode_declared(b"".join(pending), charset))
    pieces.append(text[last:])
    return "".join(pieces)


def _word_octets(encoding: str, payload: str) -> bytes:
    if encoding in "qQ":
        return unquote_to_bytes(payload.replace("%", "%25").replace("=", "%").replace("_", " "))
    octets = payload.encode("ascii", "ignore").rstrip(b"=")
    try:
        return binascii.a2b_base64(octets + b"=" * (-len(octets) % 4))
    except binascii.Error:
        return b""


def _from_octets(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace")
