"""Reads a raw message into a tree of MIME parts (RFC 2045, RFC 2046). Called by the stage `read_structure`.

No mail is rejected: what the declarations do not explain is read as the octets show it, with a warning, and what
cannot be taken apart stays visible as text. One pass with offsets; only leaves are copied (ADR 0015).
"""

import re

from message_parser.domain import boundaries, limits, transfer, warnings
from message_parser.domain.encoded_words import decode_text
from message_parser.domain.header_section import HeaderSection, read_section
from message_parser.domain.parameters import read_parameters
from message_parser.domain.part import Part

_MESSAGES = frozenset({"message/rfc822", "message/global", "message/news"})
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
_BEGINS_WITH_FIELD = re.compile(rb"(?i)\s{0,20}content-(?:type|transfer-encoding|disposition)[ \t]?:")


def read_parts(octets: bytes, header: HeaderSection, found: list[str]) -> Part:
    """The tree of a message; adds to `found` the warnings about what was repaired or left out."""
    return _Reader(octets, found).part(header, header.body_start, len(octets))


def declared_charset(part: Part) -> str:
    """The charset of the first text part that declares one, "" if there is none."""
    if part.content_type.startswith("text/"):
        return part.parameters.get("charset", "")
    return next((charset for child in part.children if (charset := declared_charset(child))), "")


class _Reader:
    """Reads parts of one run of octets. `room`: how many parts may still be made."""

    def __init__(self, octets: bytes, found: list[str], room: int = limits.MAX_PARTS) -> None:
        self._octets = octets
        self._found = found
        self.room = room

    def part(self, header: HeaderSection, start: int, stop: int, depth: int = 0, default: str = "text/plain") -> Part:
        """The part with this header and the body `octets[start:stop]`."""
        self.room -= 1
        declared, parameters = _content_type(header)
        part = _described(header, declared or default, parameters)
        boundary = _boundary(parameters)
        if part.content_type.startswith("multipart/"):
            self._read_multipart(part, header, boundary, start, stop, depth)
        elif self._is_hidden_multipart(declared, header, boundary, start, stop):
            self._found.append(warnings.TYPE_IS_MULTIPART)
            part.content_type = "multipart/mixed"
            self._read_multipart(part, header, boundary, start, stop, depth)
        else:
            self._read_leaf(part, header, declared, start, stop)
        return part

    def _read_leaf(self, part: Part, header: HeaderSection, declared: str, start: int, stop: int) -> None:
        body = self._octets[start:stop]
        if not declared and header.first("content-type"):
            self._found.append(warnings.TYPE_UNREADABLE)
        if not declared and part.content_type == "text/plain" and _LOOKS_LIKE_HTML.match(body):
            self._found.append(warnings.HTML_UNDECLARED)
            part.content_type = "text/html"
        is_text = part.content_type.startswith("text/") and "utf-16" not in part.parameters.get("charset", "").lower()
        part.octets = transfer.decode(body, header.first("content-transfer-encoding"), self._found, is_text=is_text)

    def _is_hidden_multipart(
        self, declared: str, header: HeaderSection, boundary: bytes, start: int, stop: int
    ) -> bool:
        """Whether a body that is not declared as a multipart is one all the same."""
        if declared and (not boundary or declared in _MESSAGES):
            return False
        if boundary:
            return bool(boundaries.split(self._octets, start, stop, boundary, 1).parts)
        is_mime = bool(header.first("mime-version") or header.first("content-type"))
        return is_mime and boundaries.begins_with_delimiter(self._octets, start, stop) is not None

    def _read_multipart(
        self, part: Part, header: HeaderSection, boundary: bytes, start: int, stop: int, depth: int
    ) -> None:
        if depth >= limits.MAX_DEPTH:
            self._found.append(warnings.TOO_DEEP)
            return
        split = self._split(boundary, start, stop)
        if split is None:
            self._read_undivided(part, header, start, stop, depth)
            return
        default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
        if _BEGINS_WITH_FIELD.match(self._octets[start : min(split.preamble_end, start + 100)]):
            self._found.append(warnings.PART_UNDELIMITED)
            split.parts.insert(0, (start, split.preamble_end))
        if split.after_close:
            self._found.append(warnings.PART_AFTER_CLOSE)
        for part_start, part_stop in split.parts:
            if self.room <= 0:
                self._found.append(warnings.PARTS_CUT)
                return
            part.children.append(self._section(part_start, part_stop, depth + 1, default))

    def _section(self, start: int, stop: int, depth: int, default: str) -> Part:
        while self._octets.startswith((b"\r\n", b"\n"), start) and _BEGINS_WITH_FIELD.match(
            self._octets[start : min(stop, start + 100)]
        ):
            start = self._octets.index(b"\n", start) + 1
        header = read_section(self._octets, start, stop)
        self._found += header.warnings
        return self.part(header, min(header.body_start, stop), stop, depth, default)

    def _split(self, boundary: bytes, start: int, stop: int) -> "boundaries.Delimited | None":
        """The parts by the declared boundary, else by the one that the body shows; None when there are no parts."""
        split = boundaries.split(self._octets, start, stop, boundary, self.room + 1) if boundary else None
        if split is not None and split.parts:
            return split
        inferred = boundaries.infer(self._octets, start, stop)
        split = boundaries.split(self._octets, start, stop, inferred, self.room + 1) if inferred else None
        if split is None or not split.parts:
            return None
        self._found.append(warnings.BOUNDARY_INFERRED)
        return split

    def _read_undivided(self, part: Part, header: HeaderSection, start: int, stop: int, depth: int) -> None:
        """A multipart without delimiter lines: decode it where it has an encoding, else show it as text."""
        body = self._octets[start:stop]
        if not body.strip():
            return
        declared = header.first("content-transfer-encoding")
        decoded = transfer.decode(body, declared, [], is_text=True) if declared else body
        if decoded != body:
            self._found.append(warnings.MULTIPART_ENCODED)
            reader = _Reader(decoded, self._found, self.room)
            plain = HeaderSection()
            plain.firsts = {name: value for name, value in header.firsts.items() if name != "content-transfer-encoding"}
            read = reader.part(plain, 0, len(decoded), depth + 1)
            part.content_type, part.octets, part.children = read.content_type, read.octets, read.children
            self.room = reader.room
            return
        self._found.append(warnings.NO_PARTS)
        if _BEGINS_WITH_FIELD.match(body[:100]):
            part.children = [self._section(start, stop, depth + 1, "text/plain")]
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


def _boundary(parameters: dict[str, str]) -> bytes:
    boundary = parameters.get("boundary", "")
    return boundary.rstrip().encode("utf-8", "surrogateescape")[:200] if boundary else b""


def _described(header: HeaderSection, content_type: str, parameters: dict[str, str]) -> Part:
    field = header.first("content-disposition")
    disposition, disposed = read_parameters(field) if field else ("", {})
    content_id = header.first("content-id")
    return Part(
        content_type=content_type,
        parameters=parameters,
        disposition="attachment" if disposition.startswith("attach") else disposition,
        filename=disposed.get("filename") or disposed.get("name") or parameters.get("name") or parameters.get("filename", ""),
        content_id=(decode_text(content_id, 998).strip("<> ") or None) if content_id else None,
    )
