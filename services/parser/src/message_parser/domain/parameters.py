"""Reads `value; name=value` of Content-Type and Content-Disposition (RFC 2045 section 5.1). Called by `mime`.

Understands continuations and charsets (RFC 2231), and the ways in which senders break the grammar: comments, missing
semicolons, commas, blanks around `=`, unquoted blanks, quotes that are not closed or not escaped. Length and number
are bounded; time is linear.
"""

import re
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from message_parser.domain import charsets, limits
from message_parser.domain.comments import without_comments
from message_parser.domain.encoded_words import decode_words

_WELL_FORMED = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
_HEAD = re.compile(r'\s*"?\s*([^\s;,"=/]*(?:\s*/\s*[^\s;,"=]*)?)')
_COMMENT = r"\((?:[^()\\]|\\.){0,200}\)"
_SEPARATORS = re.compile(rf"(?:[;,\s]|{_COMMENT})*")
_NAMES = "charset|boundary|name|filename|format|delsp|type|report-type|protocol|micalg|method|reply-type"
# A quote ends a value only before a separator, with or without a comment; senders forget to escape those within names.
_PARAMETER = re.compile(
    rf'([^\s=;,"(]{{1,60}})\s?(?:{_COMMENT}\s?)?=\s?(?:'
    rf'"((?:[^"\\]|\\.|"(?!\s?(?:{_COMMENT}\s?)?(?:[;,]|$)|\s?[a-z*-]{{2,20}}\s?=))*)"?'
    rf"|((?:[^;\s]|\s(?!(?:{_NAMES})\*?\d*\*?\s?=))*))",
    re.DOTALL | re.IGNORECASE,
)
# Before a letter or digit a backslash is part of a Windows path, which senders do not escape.
_ESCAPE = re.compile(r"\\([^A-Za-z0-9])")
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")
_FILE_NAMES = frozenset({"name", "filename"})
_PAIR = re.compile(r"\\(.)", re.DOTALL)


def read_parameters(field: bytes) -> tuple[str, dict[str, str]]:
    """The value in lower case, and its decoded parameters by lower-case name, not to be changed."""
    return _remembered(field) if len(field) <= _REMEMBERED_OCTETS else _read(field)


def _read(field: bytes) -> tuple[str, dict[str, str]]:
    value = field[: limits.MAX_PART_FIELD_CHARACTERS].decode("utf-8", "surrogateescape")
    if _WELL_FORMED.fullmatch(value):
        return value.lower(), {}
    if value.lstrip().startswith("=?"):
        # Forbidden (RFC 2047 section 5), and what Python's library makes of a field that is set in one piece.
        value = decode_words(value)
    value = " ".join(value.split())
    head, semicolon, rest = value.partition(";")
    value = (without_comments(head) if "(" in head else head) + semicolon + rest
    matched = _HEAD.match(value)
    kind = "".join(matched.group(1).split()).lower() if matched else ""
    return kind, _parameters(value, matched.end() if matched else 0)


# Most parts are declared in few ways.
_REMEMBERED_OCTETS = 80
_remembered = lru_cache(maxsize=1024)(_read)


def _parameters(value: str, position: int) -> dict[str, str]:
    plain: dict[str, str] = {}
    sections: dict[str, list[tuple[int, bool, str]]] = {}
    for _ in range(limits.MAX_PARAMETERS):
        separators = _SEPARATORS.match(value, position)
        position = separators.end() if separators else position
        match = _PARAMETER.match(value, position)
        if match is None:
            position = value.find(";", position) + 1
            if not position:
                break
            continue
        position = match.end()
        name, quoted, bare = match.group(1).lower(), match.group(2), match.group(3)
        content = _bare(name, bare) if quoted is None else _unescaped(name, quoted)
        _add(name, content, plain, sections)
    return plain | {name: _join(pieces) for name, pieces in sections.items()}


def _unescaped(name: str, content: str) -> str:
    return (_ESCAPE if name.partition("*")[0] in _FILE_NAMES else _PAIR).sub(r"\1", content)


def _bare(name: str, content: str) -> str:
    """Apostrophes around a boundary belong to it (RFC 2046 section 5.1.1); around anything else they mean quotes."""
    content = content.strip().rstrip(",")
    if name.partition("*")[0] in _FILE_NAMES:
        return content
    content = without_comments(content).strip()
    return content if name == "boundary" else content.strip("'")


def _add(name: str, content: str, plain: dict[str, str], sections: dict[str, list[tuple[int, bool, str]]]) -> None:
    match = _SECTION.fullmatch(name) if "*" in name else None
    if match is None:
        is_plain = name == "boundary" or (content.isascii() and "=?" not in content)
        plain.setdefault(name, content if is_plain else decode_words(content))
    else:
        number = int(match.group(2) or 0)
        sections.setdefault(match.group(1), []).append((number, bool(match.group(3)), content))


def _join(pieces: list[tuple[int, bool, str]]) -> str:
    """Join the sections of one parameter. The first one names the charset for all (RFC 2231 section 4.1)."""
    pieces.sort(key=lambda piece: piece[0])
    charset = ""
    octets = b""
    for index, (_, extended, content) in enumerate(pieces):
        text = content
        if extended and index == 0 and content.count("'") >= 2:  # noqa: PLR2004 - charset'language'text
            charset, _, text = content.split("'", 2)
        encoded = text.encode("utf-8", "surrogateescape")
        octets += unquote_to_bytes(encoded) if extended else encoded
    joined = charsets.decode_declared(octets, charset or "utf-8")
    return decode_words(joined) if "=?" in joined else joined
