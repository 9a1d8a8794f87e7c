"""Undoes transfer encodings (RFC 2045 section 6), as declared or as the octets show. Called by `mime`.

What is damaged is decoded as far as it goes; what is not in the declared encoding at all stays as it stands. Both give
a warning.
"""

import binascii
import re
from functools import lru_cache
from itertools import islice

from message_parser.domain import charsets, effort, warnings

_IDENTITY = frozenset({"", "7bit", "8bit", "binary", "none", "text", "utf8", "ascii", "usascii", "plain", "identity"})
_QUOTED_PRINTABLE = frozenset({"quotedprintable", "qp", "q", "quoted", "printable", "quotedprintible"})
_BASE64 = frozenset({"base64", "b64", "b", "bas64", "xbase64", "mimebase64"})
_UUENCODE = frozenset({"uuencode", "xuuencode", "uue", "xuue", "uu"})
_NOT_LETTER = re.compile(r"\([^)]*\)|[^a-z0-9]")

_SYMBOLS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_BLANK = b" \t\r\n\v\f"
_FOREIGN = bytes(set(range(256)) - set(_SYMBOLS + b"="))
_ONE_LINE = 76  # symbols, RFC 2045 section 6.8
_WORDS = re.compile(rb"[^\s=][ \t]{1,8}[^\s=]")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_PADDED = re.compile(rb"[A-Za-z0-9+/]+")
_NO_SYMBOL = re.compile(rb"[^A-Za-z0-9+/=_\s-]")
_RULE = re.compile(rb"(?:\A|\n)[-_]{1,998}(?=\r?\n|\Z)")
# Anything beyond is no damage but an attack, and is not repaired.
_MAX_DAMAGES = 500_000
_SOFT_BREAK = re.compile(rb"=[ \t]+(?=\r?\n|\Z)")
_LONE_CR = re.compile(rb"\r(?!\n)")
_ESCAPE = re.compile(rb"=(?:[0-9A-Fa-f]{2}|[ \t]{0,76}(?:\r?\n|\Z))")
# A `=` that is neither one octet nor the end of a line, and an encoded line end. What has none needs no second look.
_UNUSUAL = re.compile(rb"=(?!\r\n|(?!0[AD])[0-9A-F]{2})")
# A line end that was encoded and then written as well. A correct encoder does one of both.
_ENCODED_LINE_END = re.compile(rb"(?:=0[AD]){1,4}(?=\r?\n)")
# Control characters that text does not have; ISO 2022 uses ESC.
_CONTROL = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f]")


@lru_cache(maxsize=256)
def encoding(declared: bytes) -> str:
    """The normal name of a Content-Transfer-Encoding: comments, quotes, blanks and punctuation mean nothing.

    "" for the identity encodings, "?" for an unknown one.
    """
    name = declared.decode("ascii", "replace").lower()
    token = _NOT_LETTER.sub("", name.partition(";")[0])
    if token in _IDENTITY:
        return ""
    if token in _BASE64:
        return "base64"
    if token in _QUOTED_PRINTABLE:
        return "quoted-printable"
    return "uuencode" if token in _UUENCODE else "?"


def decode(octets: bytes, declared: bytes, found: list[str], *, is_text: bool, is_body: bool = True) -> bytes:
    """The decoded content of a part; adds to `found` what was wrong with it.

    `is_text`: what contradicts its encoding can be recognised, because decoded text has no control characters.
    `is_body`: not the octets but the lines matter, so a line end that is encoded and written too is one.
    """
    if not declared:
        return octets
    name = encoding(declared[:200])
    if name == "base64":
        return _base64(octets, found, is_text=is_text)
    if name == "quoted-printable":
        return _quoted_printable(octets, found, is_text=is_text, is_body=is_body)
    if name == "uuencode":
        return _uudecode(octets, found)
    if name == "?":
        found.append(warnings.ENCODING_UNKNOWN)
    return octets


def _base64(octets: bytes, found: list[str], *, is_text: bool) -> bytes:
    symbols = octets.translate(None, _BLANK)
    foreign = symbols.translate(None, _SYMBOLS + b"=")
    if foreign and not _is_url_safe(octets, foreign):
        if is_text:
            return _base64_in_text(octets, found)
        found.append(warnings.BASE64_DAMAGED)
        return _symbols(symbols.translate(None, _FOREIGN), [])
    damages = [warnings.BASE64_DAMAGED] if foreign else []
    decoded = _symbols(symbols.translate(_URL_SAFE) if foreign else symbols, damages)
    if is_text and _is_contradicted(octets, symbols, decoded, suspected=bool(foreign)):
        found.append(warnings.ENCODING_CONTRADICTED)
        return octets
    found += damages
    return decoded


def _is_url_safe(octets: bytes, foreign: bytes) -> bool:
    """Whether it is base64 with the alphabet for URLs (RFC 4648 section 5), not with a rule and words behind it."""
    return not foreign.strip(b"-_") and not _has_words(octets) and not _RULE.search(octets)


def _has_words(octets: bytes) -> bool:
    """Whether there are blanks between characters, as base64 has none: it is searched for them many times faster."""
    return (b" " in octets or b"\t" in octets) and _WORDS.search(octets) is not None


def _symbols(symbols: bytes, found: list[str]) -> bytes:
    """Decode base64 symbols; blocks that were encoded one by one each have their own padding."""
    stripped = symbols.rstrip(b"=")
    if b"=" not in stripped:
        return _block(stripped, found)
    wanted = stripped.count(b"=") + 1
    taken = effort.take(wanted)
    if taken < wanted:
        found.append(warnings.BASE64_DAMAGED)
    return b"".join([_block(match.group(), found) for match in islice(_PADDED.finditer(stripped), taken)])


def _block(symbols: bytes, found: list[str]) -> bytes:
    if len(symbols) % 4 == 1:
        found.append(warnings.BASE64_DAMAGED)
        symbols = symbols[:-1]
    return binascii.a2b_base64(symbols + b"=" * (-len(symbols) % 4))


def _base64_in_text(octets: bytes, found: list[str]) -> bytes:
    """Base64 with other octets in it: a footer that a mailing list added in plain text, damage, or no base64 at all."""
    trailer_start = _trailer_start(octets)
    encoded, trailer = octets[:trailer_start], octets[trailer_start:]
    symbols = encoded.translate(_URL_SAFE, _BLANK)
    if symbols and b" " in trailer.strip() and _reads_as_text(trailer):
        decoded = _symbols(symbols, [])
        if not _is_contradicted(encoded, symbols, decoded, suspected=True):
            found.append(warnings.BASE64_TRAILER)
            return decoded + b"\r\n" + trailer
    kept = octets.translate(None, _FOREIGN)
    decoded = _symbols(kept, [])
    foreign = len(octets.translate(None, _BLANK)) - len(kept)
    if foreign * 4 > len(kept) or _is_contradicted(octets, kept, decoded, suspected=True):
        found.append(warnings.ENCODING_CONTRADICTED)
        return octets
    found.append(warnings.BASE64_DAMAGED)
    return decoded


def _trailer_start(octets: bytes) -> int:
    """The offset of the first line that no encoder writes: with words, other characters, or nothing but a rule."""
    starts = [match.start() for pattern in (_WORDS, _NO_SYMBOL, _RULE) if (match := pattern.search(octets))]
    return octets.rfind(b"\n", 0, min(starts, default=0) + 1) + 1


def _is_contradicted(octets: bytes, symbols: bytes, decoded: bytes, *, suspected: bool = False) -> bool:
    """Whether `octets` is text that was never encoded: it has words or cannot be base64, and does not decode to text.

    Text in legacy charsets decodes to no UTF-8 either, so that alone proves nothing.
    """
    suspected = suspected or len(symbols) % 4 != 0
    return (_has_words(octets) or (suspected and len(symbols) <= _ONE_LINE)) and not _reads_as_text(decoded)


def _reads_as_text(octets: bytes) -> bool:
    """UTF-8 without control characters, as far as its start shows."""
    start = octets[:4096]
    return not _CONTROL.search(start) and charsets.is_utf_8(start)


def _quoted_printable(octets: bytes, found: list[str], *, is_text: bool, is_body: bool) -> bytes:
    if is_text and octets.isascii() and b"=" in octets and not _UNUSUAL.search(octets):
        return binascii.a2b_qp(octets)
    if is_text and not _ESCAPE.search(octets):
        if b"=" in octets or not octets.isascii():
            found.append(warnings.ENCODING_CONTRADICTED)
        return octets
    if is_text and is_body and (b"=0D" in octets or b"=0A" in octets):
        octets = _ENCODED_LINE_END.sub(b"", octets)
    return binascii.a2b_qp(_prepared(octets))


def _prepared(octets: bytes) -> bytes:
    """Mend what `a2b_qp` would read in another way than RFC 2045 section 6.7 and mail programs do."""
    if octets.count(b"\r") != octets.count(b"\r\n"):
        # The decoder drops everything from `=` and a lone CR to the next LF.
        octets = _LONE_CR.sub(b"\r\n", octets)
    for _ in range(3):
        if not 0 < octets.count(b"==") < _MAX_DAMAGES:
            break
        octets = octets.replace(b"==", b"=3D=")
    return _SOFT_BREAK.sub(b"=", octets) if b"= " in octets or b"=\t" in octets else octets


def _uudecode(octets: bytes, found: list[str]) -> bytes:
    """Decode the lines between `begin` and `end`, or all lines where there is no `begin`."""
    lines = octets.splitlines()
    start = next((number + 1 for number, line in enumerate(lines) if line.startswith(b"begin ")), 0)
    decoded: list[bytes] = []
    taken = effort.take(len(lines) - start)
    if start + taken < len(lines):
        found.append(warnings.UUENCODE_DAMAGED)
    for line in lines[start : start + taken]:
        if line.strip() in (b"end", b"`", b""):
            continue
        try:
            decoded.append(binascii.a2b_uu(line))
        except binascii.Error:
            found.append(warnings.UUENCODE_DAMAGED)
            if start == 0:
                return octets
            break
    return b"".join(decoded)
