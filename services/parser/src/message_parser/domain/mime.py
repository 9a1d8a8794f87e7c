"""Reads a raw message into a tree of MIME parts (RFC 2045, RFC 2046). Called by the stage `read_structure`.

No mail is rejected: what the declarations do not explain is read as the octets show it, with a warning, and what
cannot be taken apart stays visible as text. One pass with offsets; only leaves are copied (ADR 0015).
"""

import re
from dataclasses import dataclass

from message_parser.domain import boundaries, limits, transfer, warnings
from message_parser.domain.encoded_words import decode_text
from message_parser.domain.header_section import HeaderSection, read_section
from message_parser.domain.parameters import read_parameters
from message_parser.domain.part import Part

MESSAGES = frozenset({"message/rfc822", "message/global", "message/news"})
_TOKEN_TYPE = re.compile(r"[!#$&^_.+\-\w]{1,100}/[!#$&^_.+\-\w]{1,100}", re.ASCII)
# Types that senders write for what the value says; none of them is registered.
_MEANT = {
    "text": "text/plain",
    "plain": "text/plain",
    "plaintext": "text/plain",
    "text/": "text/plain",
    "text/text": "text/plain",
    "text/txt": "text/plain",
    "text/ascii": "text/plain",
    "text/plaintext": "text/plain",
    "plain/text": "text/plain",
    "txt": "text/plain",
    "html": "text/html",
    "text/htm": "text/html",
    "text/xhtml": "text/html",
    "html/text": "text/html",
    "multipart": "multipart/mixed",
    "multipart/": "multipart/mixed",
}
_LOOKS_LIKE_HTML = re.compile(rb"(?i)[\s\xef\xbb\xbf]{0,100}(?:<!doctype html|<html[\s>]|<head[\s>]|<body[\s>])")
_BLANK_LINES = re.compile(rb"(?:\r?\n){1,20}")
_FIELD = rb"(?i:content-(?:type|transfer-encoding|disposition)[ \t]?:)"
_BEGINS_WITH_FIELD = re.compile(rb"\s{0,20}" + _FIELD)
_HAS_FIELD = re.compile(rb"[\r\n]" + _FIELD)


def read_parts(octets: bytes, header: HeaderSection, found: list[str]) -> Part:
    """The tree of a message; adds to `found` the warnings about what was repaired or left out."""
    return _Reader(octets, found).read(_Entity(header, header.body_start, len(octets)))


def declared_charset(part: Part) -> str:
    """The charset of the first text part that declares one, "" if there is none."""
    if part.content_type.startswith("text/"):
        return part.parameters.get("charset", "")
    return next((charset for child in part.children if (charset := declared_charset(child))), "")


@dataclass(frozen=True, slots=True)
class _Entity:
    """A message or part that is still to be read: its header, where its body begins and ends, how deep it is nested."""

    header: HeaderSection
    start: int
    stop: int
    depth: int = 0


class _Reader:
    """Reads the parts of one run of octets. `room`: how many parts may still be made."""

    def __init__(self, octets: bytes, found: list[str], room: int = limits.MAX_PARTS) -> None:
        self._octets = octets
        self._found = found
        self._searched = 0
        self.room = room

    def read(self, entity: _Entity, default: str = "text/plain") -> Part:
        """The part, of type `default` where it declares none."""
        self.room -= 1
        declared, parameters = _content_type(entity.header)
        part = _described(entity.header, declared or default, parameters)
        boundary = _boundary(parameters)
        if part.content_type.startswith("multipart/"):
            self._read_multipart(part, entity, boundary)
        elif self._is_hidden_multipart(entity, declared, boundary):
            self._found.append(warnings.TYPE_IS_MULTIPART)
            part.content_type = "multipart/mixed"
            self._read_multipart(part, entity, boundary)
        else:
            self._read_leaf(part, entity, declared)
        return part

    def _read_leaf(self, part: Part, entity: _Entity, declared: str) -> None:
        body = self._octets[entity.start : entity.stop]
        if not declared and entity.header.first("content-type"):
            self._found.append(warnings.TYPE_UNREADABLE)
        if not declared and part.content_type == "text/plain" and _LOOKS_LIKE_HTML.match(body):
            self._found.append(warnings.HTML_UNDECLARED)
            part.content_type = "text/html"
        is_text = (
            part.content_type.startswith(("text/", "message/"))
            and "utf-16" not in part.parameters.get("charset", "").lower()
        )
        encoding = _transfer_encoding(entity.header)
        is_body = part.disposition != "attachment" and not part.filename
        part.octets = transfer.decode(body, encoding, self._found, is_text=is_text, is_body=is_body)

    def _is_hidden_multipart(self, entity: _Entity, declared: str, boundary: bytes) -> bool:
        """Whether a body that is not declared as a multipart is one all the same."""
        if declared and (not boundary or declared in MESSAGES):
            return False
        if boundary:
            return bool(boundaries.split(self._octets, entity.start, entity.stop, boundary, 1).parts)
        is_mime = bool(entity.header.first("mime-version") or entity.header.first("content-type"))
        return is_mime and boundaries.begins_with_delimiter(self._octets, entity.start, entity.stop)

    def _read_multipart(self, part: Part, entity: _Entity, boundary: bytes) -> None:
        self._searched += entity.stop - entity.start
        if entity.depth >= limits.MAX_DEPTH or self._searched > limits.MAX_SEARCHED_OCTETS:
            self._found.append(warnings.TOO_DEEP)
            return
        split = self._split(entity, boundary)
        if split is None:
            self._read_undivided(part, entity)
            return
        default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
        # Where nobody declared the delimiter, text before the first one is no note for old mail programs.
        undelimited = [gap for gap in split.gaps if self._is_part(*gap)]
        if split.is_inferred and self._octets[slice(*split.gaps[0])].strip() and split.gaps[0] not in undelimited:
            undelimited.append(split.gaps[0])
        if undelimited:
            self._found.append(warnings.PART_UNDELIMITED)
        if split.after_close:
            self._found.append(warnings.PART_AFTER_CLOSE)
        for start, stop in sorted(split.parts + undelimited):
            if self.room <= 0:
                self._found.append(warnings.PARTS_CUT)
                return
            part.children.append(self._read_below(entity, start, stop, default))

    def _is_part(self, start: int, stop: int) -> bool:
        """Whether text outside of the delimiter lines is a part that lost its own: a header field begins it."""
        near = min(stop, start + 400)
        begins = _BEGINS_WITH_FIELD.match(self._octets, start, near)
        return (begins or _HAS_FIELD.search(self._octets, start, near)) is not None

    def _read_below(self, above: _Entity, start: int, stop: int, default: str = "text/plain") -> Part:
        header = self._late_header(start, stop) if default == "text/plain" else None
        header = header or read_section(self._octets, start, stop)
        self._found += header.warnings
        return self.read(_Entity(header, min(header.body_start, stop), stop, above.depth + 1), default)

    def _late_header(self, start: int, stop: int) -> HeaderSection | None:
        """A part's header that follows blank lines, where it should begin at once; it is none without a body."""
        blank = _BLANK_LINES.match(self._octets, start, stop)
        if blank is None or not _BEGINS_WITH_FIELD.match(self._octets, blank.end(), stop):
            return None
        header = read_section(self._octets, blank.end(), stop)
        return header if self._octets[header.body_start : stop].strip() else None

    def _split(self, entity: _Entity, boundary: bytes) -> "boundaries.Delimited | None":
        """The parts by the declared boundary, else by the one that the body shows; None when there are no parts.

        Apostrophes may belong to a boundary, and some senders use them as quotes.
        """
        span = (self._octets, entity.start, entity.stop)
        for declared in dict.fromkeys((boundary, boundary.strip(b"'"))):
            split = boundaries.split(*span, declared, self.room + 1) if declared else None
            if split and split.parts:
                return split
        inferred = boundaries.infer(*span)
        split = boundaries.split(*span, inferred, self.room + 1) if inferred else None
        if split is None or not split.parts:
            return None
        split.is_inferred = True
        self._found.append(warnings.BOUNDARY_INFERRED)
        return split

    def _read_undivided(self, part: Part, entity: _Entity) -> None:
        """A multipart without delimiter lines: decode it where it has an encoding, else show it as text."""
        body = self._octets[entity.start : entity.stop]
        if not body.strip():
            return
        declared = _transfer_encoding(entity.header)
        decoded = transfer.decode(body, declared, [], is_text=True)
        if decoded != body:
            self._found.append(warnings.MULTIPART_ENCODED)
            firsts = {
                name: value for name, value in entity.header.firsts.items() if name != "content-transfer-encoding"
            }
            inner = _Reader(decoded, self._found, self.room)
            header = HeaderSection(entity.header.fields, firsts)
            read = inner.read(_Entity(header, 0, len(decoded), entity.depth + 1))
            part.content_type, part.octets, part.children = read.content_type, read.octets, read.children
            self.room = inner.room
            return
        self._found.append(warnings.NO_PARTS)
        if _BEGINS_WITH_FIELD.match(body):
            part.children = [self._read_below(entity, entity.start, entity.stop)]
            return
        part.content_type = "text/html" if _LOOKS_LIKE_HTML.match(body) else "text/plain"
        part.octets = body


def _content_type(header: HeaderSection) -> tuple[str, dict[str, str]]:
    """Type and parameters; "" when there is none that can be read. Of several fields the first readable one counts."""
    parameters: dict[str, str] = {}
    for value in header.every("content-type"):
        declared, read = read_parameters(value)
        declared = _MEANT.get(declared, declared)
        if _TOKEN_TYPE.fullmatch(declared):
            return declared, read
        parameters = parameters or read
    return "", parameters


def _transfer_encoding(header: HeaderSection) -> bytes:
    """Of several fields the first that says how to decode counts."""
    declared = header.every("content-transfer-encoding")
    return next((value for value in declared if transfer.encoding(value[:200])), declared[0] if declared else b"")


def _boundary(parameters: dict[str, str]) -> bytes:
    boundary = parameters.get("boundary", "")
    return boundary.rstrip().encode("utf-8", "surrogateescape")[:200] if boundary else b""


def _described(header: HeaderSection, content_type: str, parameters: dict[str, str]) -> Part:
    field = header.first("content-disposition")
    disposition, disposed = read_parameters(field) if field else ("", {})
    names = (disposed.get("filename"), disposed.get("name"), parameters.get("name"), parameters.get("filename"))
    content_id = header.first("content-id")
    return Part(
        content_type=content_type,
        parameters=parameters,
        disposition="attachment" if disposition.startswith("attach") else disposition,
        filename=next(filter(None, names), ""),
        content_id=(decode_text(content_id, 998).strip("<> ") or None) if content_id else None,
    )
