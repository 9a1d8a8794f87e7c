"""Reads the address lists of From, To, Cc and Reply-To (RFC 5322 section 3.4), valid or not, in one pass.

Called by the stage `header_fields`. Structure is read before encoded words are decoded, so that an encoded comma or
angle bracket never becomes syntax.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from message_parser.domain import limits
from message_parser.domain.encoded_words import decode_text

_TOKEN = re.compile(
    r'"(?P<quoted>(?:[^"\\]|\\.)*)"?|<(?P<angle>[^>]*)>?|(?P<end>[,;])|(?P<paren>[()])|(?P<words>[^"<,;()]+)', re.DOTALL
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_TRIMMED = " \t\r\n'\"<>"
_MAX_ADDRESS_CHARACTERS = 320  # RFC 5321 section 4.5.3.1: 64 + 1 + 255


@dataclass(slots=True)
class _Element:
    words: list[str] = field(default_factory=list)
    angle: str | None = None
    comment: list[str] = field(default_factory=list)


def read_mailboxes(value: bytes) -> list[tuple[str, str]]:
    """Display name (decoded, may be "") and address of each mailbox, at most 500. Groups are flattened."""
    if not value:
        return []
    text = value[: limits.MAX_FIELD_VALUE_CHARACTERS * 4].decode("utf-8", "replace")
    mailboxes: list[tuple[str, str]] = []
    for element in _elements(text):
        mailbox = _mailbox(element)
        if mailbox and len(mailboxes) < limits.MAX_ADDRESSES:
            mailboxes.append(mailbox)
    return mailboxes


def _mailbox(element: _Element) -> tuple[str, str] | None:
    words = " ".join(element.words).strip()
    comment = " ".join(element.comment).strip()
    if element.angle is not None:
        name, address = words or comment, element.angle.strip(_TRIMMED)
    else:
        name, address = comment, next((word.strip(_TRIMMED) for word in words.split() if "@" in word), "")
    if not address or len(address) > _MAX_ADDRESS_CHARACTERS:
        return None
    return decode_text(name.encode(), 500).strip("'\""), decode_text(address.encode())


def _elements(text: str) -> Iterator[_Element]:
    element, depth = _Element(), 0
    for token in _TOKEN.finditer(text):
        kind, content = token.lastgroup, token.group(token.lastgroup or 0)
        if kind == "paren":
            depth = max(0, depth + (1 if content == "(" else -1))
        elif depth:
            element.comment.append(content)
        elif kind == "end":
            yield element
            element = _Element()
        elif kind == "quoted":
            element.words.append(_ESCAPE.sub(r"\1", content))
        elif kind == "angle":
            element.angle = content
        else:
            # The text before a colon is the name of a group.
            element.words.append(content.rpartition(":")[2].strip())
    yield element
