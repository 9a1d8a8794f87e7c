"""Reads multipart forms (RFC 7578) with bounds; used by the routes that take a mail as a form."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from litestar import Request
from multipart import MultipartError, MultipartSegment, PushMultipartParser

from api_gateway.refusals import BadInput

_MOST_PARTS = 1000
# A part may name any codec of Python, and some take over linear time (punycode: 1.1 s for 80 kB): only these count.
_CHARSETS = frozenset({"utf-8", "ascii", "iso8859-1", "cp1252"})


@dataclass(frozen=True, slots=True)
class File:
    """A part with a file name."""

    filename: str
    content_type: str
    octets: bytes


@dataclass(slots=True)
class Form:
    """Text fields by name (of equal names the last one), and the files in order, whatever their field names."""

    texts: dict[str, str] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)


async def read_form(request: Request[Any, Any, Any]) -> Form:
    """The form in the body. Raises BadInput for another kind of body, a malformed one, and over 1,000 parts."""
    kind, options = request.content_type
    if kind != "multipart/form-data" or not options.get("boundary"):
        raise BadInput("must be multipart/form-data with a boundary", field="Content-Type")
    reader = _Reader()
    try:
        with PushMultipartParser(options["boundary"], max_segment_count=_MOST_PARTS) as parser:
            async for piece in request.stream():
                reader.add(parser.parse(piece))
                if parser.closed:
                    break
    except (MultipartError, UnicodeError) as error:
        raise BadInput(f"not a valid form: {error}", field="body") from error
    return reader.form


class _Reader:
    def __init__(self) -> None:
        self.form = Form()
        self._octets = bytearray()
        self._segment: MultipartSegment | None = None

    def add(self, events: Iterator[MultipartSegment | bytearray | None]) -> None:
        """Take the parser's events: the head of a part, its octets in pieces, and None at its end."""
        for event in events:
            if isinstance(event, MultipartSegment):
                self._segment, self._octets = event, bytearray()
            elif event is not None:
                self._octets += event
            elif self._segment is not None:
                self._finish(self._segment, bytes(self._octets))

    def _finish(self, segment: MultipartSegment, octets: bytes) -> None:
        if segment.filename:
            self.form.files.append(File(segment.filename, segment.content_type or "text/plain", octets))
        else:
            self.form.texts[segment.name or ""] = _decoded(octets, segment)


def _decoded(octets: bytes, segment: MultipartSegment) -> str:
    try:
        charset = codecs.lookup(segment.charset or "utf-8").name
        if charset not in _CHARSETS:
            raise LookupError(charset)
        return octets.decode(charset)
    except (LookupError, UnicodeError, ValueError) as error:
        raise BadInput("must be text in UTF-8, or in the charset of its Content-Type", field=segment.name) from error
