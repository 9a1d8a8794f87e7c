"""Reads the address lists of From, To, Cc and Reply-To (RFC 5322 section 3.4), valid or not, in one pass.

Called by the stage `header_fields`. Structure is read before encoded words are decoded, so that an encoded comma or
angle bracket never becomes syntax. A field that holds an address gives that address, however it is written.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from message_parser.domain import limits
from message_parser.domain.encoded_words import ENCODED_WORD, decode_text, decode_words

_TOKEN = re.compile(
    rf'(?P<word>{ENCODED_WORD})|"(?P<quoted>(?:[^"\\]|\\.)*)"?|(?P<angle>[<>])|(?P<end>[,;])|(?P<paren>[()])'
    r'|(?P<plain>(?:[^"<>,;()=]|=(?!\?))+|=)',
    re.DOTALL,
)
_WORD = re.compile(ENCODED_WORD)
_BEGINS_COMMENT = re.compile(r'\\.|"(?:[^"\\]|\\.)*"|\(', re.DOTALL)
_IN_COMMENT = re.compile(r"\\.|[()]", re.DOTALL)
# One mailbox without anything that needs care, as most mail has it: a tenth of the time.
_PLAIN = re.compile(rb"[ \t]*(?:([\w .&+/-]{0,200})<)?([\w.+-]{1,200}@[\w.-]{1,100})(?(1)>)[ \t]*", re.ASCII)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_TRIMMED = " \t\r\n'\"<>[]:"
_MAX_ADDRESS_CHARACTERS = 320  # RFC 5321 section 4.5.3.1: 64 + 1 + 255
_ADDRESS = re.compile(
    r'(?:"(?:[^"\\]|\\.){1,200}"|[^\s"<>,;:()\[\]@]{1,200})@'
    r'(?:\[[^\]\s]{1,100}\]|[^\s"<>,;:()@\[\]]{1,255})'
)
_NO_ADDRESS = re.compile(r"[\s<>]")
_EMPTY_BRACKETS = re.compile(r"<\s*>")
_BLANKS = re.compile(r"\s+")
_MAX_EMBEDDED = 1000  # characters searched for an address within a name


@dataclass(slots=True)
class _Element:
    """One entry of the list. `outside`: text before, between and after the brackets; `inside`: of the last `<`.

    `is_open`: within brackets. Quoted strings keep their quotes where an address may be.
    """

    outside: list[str] = field(default_factory=list)
    inside: list[str] | None = None
    comment: list[str] = field(default_factory=list)
    is_open: bool = False

    def add(self, text: str) -> None:
        if self.is_open and self.inside is not None:
            self.inside.append(text)
        else:
            self.outside.append(text)

    def is_in_route(self) -> bool:
        """Whether a comma belongs to an obsolete route (RFC 5322 section 4.4), as in `<@one,@two:sam@acme.example>`."""
        return self.is_open and self.inside is not None and "".join(self.inside[:1]).startswith("@")

    def is_ended_by(self, word: str) -> bool:
        """Whether an encoded word after the address is the comma behind it, as some releases of Python write it."""
        if self.is_open or decode_words(word).strip() != ",":
            return False
        if self.inside is not None:
            return True
        return len(self.outside) == 1 and _ADDRESS.fullmatch(self.outside[0].strip()) is not None

    def open(self) -> None:
        """`<` within brackets: what stood in them was a name."""
        if self.is_open and self.inside is not None and not "".join(self.outside).strip():
            self.outside += self.inside
        self.inside, self.is_open = [], True


def read_mailboxes(value: bytes, charset: str = "") -> list[tuple[str, str]]:
    """Display name (decoded, may be "") and address of each mailbox, at most 500. Groups are flattened.

    `charset`: of raw octets that are no UTF-8.
    """
    if not value:
        return []
    plain = _PLAIN.fullmatch(value)
    if plain:
        return [(" ".join((plain.group(1) or b"").decode().split()), plain.group(2).decode())]
    text = value.decode("utf-8", "surrogateescape")
    if "=?" in text and "@" not in _WORD.sub("", text):
        # The whole list is encoded, as Python's library does with a field that is set in one piece.
        text = decode_words(text, charset)
    mailboxes: list[tuple[str, str]] = []
    pending = ""
    for element in _elements(text):
        mailbox = _mailbox(element, pending, charset)
        if mailbox is None:
            # A comma within a name that nobody quoted: "Doe, Sam <sam@acme.example>".
            pending = _joined(pending, "".join(element.outside).strip())
            continue
        pending = ""
        mailboxes.append(mailbox)
        if len(mailboxes) == limits.MAX_ADDRESSES:
            break
    return mailboxes


def _joined(pending: str, name: str) -> str:
    return f"{pending}, {name}"[:_MAX_EMBEDDED] if pending and name else pending or name


def _mailbox(element: _Element, pending: str, charset: str) -> tuple[str, str] | None:
    outside, comment = "".join(element.outside).strip(), " ".join(element.comment).strip()
    inside = "".join(element.inside).strip() if element.inside is not None else ""
    if "@" in inside or (inside and not _ADDRESS.search(outside[:_MAX_EMBEDDED])):
        return _finished(_joined(pending, outside) or comment, _bracketed(inside), charset)
    match = _ADDRESS.search(outside[:_MAX_EMBEDDED])
    if match is None:
        return None
    around = match.string[: match.start()].removesuffix("mailto:") + match.string[match.end() :]
    return _finished(_joined(pending, around.strip(_TRIMMED)) or comment or inside, match.group().strip("'"), charset)


def _bracketed(inside: str) -> str:
    """The address between `<` and `>`, without an obsolete route (RFC 5322 section 4.4), a scheme and blanks."""
    if inside.startswith('"'):
        return inside
    address = inside.strip(" \t\r\n'\"<>")
    if address.startswith("@") or address.lower().startswith("mailto:"):
        address = address.rpartition(":")[2]
    return _BLANKS.sub("", address) if "@" in address else address


def _finished(name: str, address: str, charset: str) -> tuple[str, str] | None:
    address = decode_text(address.encode("utf-8", "surrogateescape"), charset=charset)
    name = _EMPTY_BRACKETS.sub("", name)
    within = _ADDRESS.search(address) if _NO_ADDRESS.search(address) else None
    if within:
        name, address = name or address[: within.start()], within.group()
    if not address or len(address) > _MAX_ADDRESS_CHARACTERS:
        return None
    return _unquoted(decode_text(name.encode("utf-8", "surrogateescape"), 500, charset)), address


def _unquoted(name: str) -> str:
    """A name without the quotes around all of it; quotes within it belong to it."""
    inner = name[1:-1].strip()
    return inner if name[:1] in ("'", '"') and name[-1:] == name[0] and name[0] not in inner else name


def _comments(text: str) -> dict[int, int]:
    """Start and end of each comment (RFC 5322 section 3.2.2). Within one, quotes, commas and brackets are text.

    A parenthesis that is never closed begins none.
    """
    found: dict[int, int] = {}
    position = 0
    while match := _BEGINS_COMMENT.search(text, position):
        position = match.end()
        if match.group() != "(":
            continue
        depth = 1
        for nested in _IN_COMMENT.finditer(text, position):
            depth += {"(": 1, ")": -1}.get(nested.group(), 0)
            if not depth:
                position = found[match.start()] = nested.end()
                break
        else:
            break
    return found


def _elements(text: str) -> Iterator[_Element]:
    element, position = _Element(), 0
    has_groups = ";" in text
    comments = _comments(text) if "(" in text else {}
    while token := _TOKEN.match(text, position):
        kind, content = token.lastgroup, token.group(token.lastgroup or 0)
        position = token.end()
        if kind == "paren":
            end = comments.get(token.start())
            if end is not None:
                element.comment.append(_ESCAPE.sub(r"\1", text[position : end - 1]))
                position = end
            elif not element.is_open:
                element.add(content)
        elif (kind == "end" and not element.is_in_route()) or (kind == "word" and element.is_ended_by(content)):
            yield element
            element = _Element()
        elif kind == "angle" and content == "<":
            element.open()
        elif kind == "angle":
            element.is_open = False
        elif kind == "quoted":
            _add_quoted(element, content, text[position : position + 1])
        elif kind == "plain" and has_groups and not element.is_open:
            _add_in_group(element, content)
        else:
            element.add(content)
    yield element


def _add_in_group(element: _Element, content: str) -> None:
    """The text before a colon is the name of a group, which `;` ends. A domain in brackets may have colons."""
    before, bracket, domain = content.partition("[")
    group, colon, name = before.rpartition(":")
    if colon:
        element.outside.clear()
        element.comment.clear()
    element.add((name if colon else group + name) + bracket + domain)


def _add_quoted(element: _Element, content: str, following: str) -> None:
    """A quoted string before `@` is a local part and keeps its quotes; in a name they mean nothing."""
    element.add(f'"{content}"' if following == "@" else _ESCAPE.sub(r"\1", content))
