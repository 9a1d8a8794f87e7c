"""Decodes the text of header fields: encoded words (RFC 2047), UTF-8 (RFC 6532) and raw octets of other charsets.

Called by the stages `header_fields` and `links`, and by `addresses`, `mime` and `parameters`. One pass over bounded
input. Text between functions may hold octets that are no UTF-8 as lone surrogates (PEP 383); what comes out has none.
"""

import binascii
import re
from urllib.parse import unquote_to_bytes

from message_parser.domain import charsets, limits

# Ends at the next word at the latest, so a word that never ends costs no more than its own length. Blanks within a
# word are forbidden, but senders fold long words.
ENCODED_WORD = (
    r"=\?([^\s?=*]{1,60})(?:\*[^?\s]{0,20})?\?([bBqQ])"
    r"\?([^?=]*(?:(?:=(?!\?(?!=))|\?(?!=))[^?=]*)*)\?="
)
_ENCODED_WORD = re.compile(ENCODED_WORD)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufeff]")
_RAW = re.compile("[\x1b\ud800-\udfff]")
# Three octets of UTF-8 in three symbols each, and what delimits and folds the words.
_MAX_OCTETS_PER_CHARACTER = 16
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


def decode_text(value: bytes, limit: int = limits.MAX_FIELD_VALUE_CHARACTERS, charset: str = "") -> str:
    """The text of an unstructured field: white space collapsed, no control characters, at most `limit` long.

    `charset`: of raw octets that are no UTF-8, as the body declares it.
    """
    value = value[: limit * _MAX_OCTETS_PER_CHARACTER]
    if value.isascii() and b"\x1b" not in value:
        text = value.decode("ascii")
        text = decode_words(text) if "=?" in text else text
    else:
        text = decode_words(value.decode("utf-8", "surrogateescape"), charset)
    return " ".join(_CONTROL.sub("", text[:limit]).split())


def decode_words(text: str, charset: str = "") -> str:
    """Decode encoded words; white space between two adjacent ones is dropped (RFC 2047 section 6.2).

    Adjacent words of one charset are decoded together, because mailers split characters across words.
    """
    pieces: list[str] = []
    pending: list[tuple[str, str]] = []
    declared = ""
    last = 0
    for match in _ENCODED_WORD.finditer(text):
        word = (match.group(2).lower(), match.group(3))
        between = text[last : match.start()]
        last = match.end()
        if pending and not between.strip() and match.group(1).lower() == declared:
            pending.append(word)
            continue
        pieces.append(_decoded(pending, declared))
        if between.strip() or not pending:
            pieces.append(_raw(between, charset))
        pending, declared = [word], match.group(1).lower()
    pieces.append(_decoded(pending, declared))
    pieces.append(_raw(text[last:], charset))
    return "".join(pieces)


def _raw(text: str, charset: str) -> str:
    """Text outside of encoded words; its raw octets are UTF-8, or in the charset of the body."""
    if not _RAW.search(text):
        return text
    return charsets.decode_raw(text.encode("utf-8", "surrogateescape"), charset)


def _decoded(words: list[tuple[str, str]], charset: str) -> str:
    if not words:
        return ""
    text = charsets.decode_declared(b"".join([_octets(*word) for word in words]), charset)
    if len(words) > 1 and "\ufffd" in text and {encoding for encoding, _ in words} == {"b"}:
        # Some mailers cut the base64 text itself, at any symbol.
        joined = charsets.decode_declared(_octets("b", "".join([payload for _, payload in words])), charset)
        return text if "\ufffd" in joined else joined
    return text


def _octets(encoding: str, payload: str) -> bytes:
    octets = payload.encode("utf-8", "surrogateescape")
    if encoding == "q":
        return unquote_to_bytes(octets.replace(b"%", b"%25").replace(b"=", b"%").replace(b"_", b" "))
    symbols = _NOT_BASE64.sub(b"", octets)
    symbols = symbols[: len(symbols) - (len(symbols) % 4 == 1)]
    return binascii.a2b_base64(symbols + b"=" * (-len(symbols) % 4))
