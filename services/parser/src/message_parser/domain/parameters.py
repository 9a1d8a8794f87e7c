"""Reads `value; name=value` of Content-Type and Content-Disposition (RFC 2045 section 5.1). Called by `mime`.

Understands continuations and charsets (RFC 2231). Length and number are bounded; a broken parameter is left out.
"""

import re
from urllib.parse import unquote_to_bytes

from message_parser.domain import charsets, limits
from message_parser.domain.encoded_words import decode_words

_PARAMETER = re.compile(r';\s*([^\s=;"]{1,60})\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")


def read_parameters(value: str) -> tuple[str, dict[str, str]]:
    """The value in lower case, and its decoded parameters by lower-case name."""
    value = value[: limits.MAX_PART_FIELD_CHARACTERS]
    head = value.partition(";")[0].strip().lower()
    if ";" not in value:
        return head, {}
    plain: dict[str, str] = {}
    sections: dict[str, list[tuple[int, bool, str]]] = {}
    for count, match in enumerate(_PARAMETER.finditer(value)):
        if count == limits.MAX_PARAMETERS:
            break
        name, quoted, bare = match.group(1).lower(), match.group(2), match.group(3)
        content = _ESCAPE.sub(r"\1", quoted) if quoted is not None else (bare or "").strip()
        _add(name, content, plain, sections)
    return head, plain | {name: _join(pieces) for name, pieces in sections.items()}


def _add(name: str, content: str, plain: dict[str, str], sections: dict[str, list[tuple[int, bool, str]]]) -> None:
    match = _SECTION.fullmatch(name) if "*" in name else None
    if match is None:
        plain.setdefault(name, decode_words(content) if "=?" in content else content)
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
        octets += unquote_to_bytes(text) if extended else text.encode()
    return charsets.decode_declared(octets, charset or "utf-8")
