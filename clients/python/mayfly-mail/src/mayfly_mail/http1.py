"""HTTP/1.1 without any socket (RFC 9112): writes requests, reads responses from octets as they come.

A hostile server cannot make it grow: head, interim responses, lines of chunks, trailers and bodies have limits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

MAX_HEAD = 65536
MAX_FIELDS = 200
MAX_LINE = 4096
MAX_TRAILERS = 16384
MAX_INTERIM = 16

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t -~\x80-\xff]*")
_TARGET = re.compile(r"[!-~]+")
_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9]{2})(?: .*)?")
_BLANK_LINE = re.compile(rb"\n\r?\n")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?")
_NUMBER = re.compile(r"[0-9]{1,18}")
_SWITCHING, _NO_CONTENT, _NOT_MODIFIED = 101, 204, 304
_FINAL, _REDIRECTION = 200, 300


class ProtocolError(Exception):
    """The server's octets are no HTTP/1.1 response, or exceed a limit. The text quotes none of them."""


class Octets(bytes):
    """Octets of a request, which has credentials: a traceback shows how many there are."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{len(self)} octets>"


def encode(method: str, target: str, fields: Iterable[tuple[str, str]], body: bytes | None) -> Octets:
    """Write a request. ValueError for anything that could end a line: no value can add a field or a request."""
    if not _TOKEN.fullmatch(method):
        raise ValueError("a method has letters only")
    if not _TARGET.fullmatch(target):
        raise ValueError("a request target has no blanks, line ends or letters beyond ASCII")
    lines = [f"{method} {target} HTTP/1.1"]
    for name, value in fields:
        if not _TOKEN.fullmatch(name):
            raise ValueError("a field name has letters, digits and hyphens only")
        if not _VALUE.fullmatch(value):
            raise ValueError(f"{name}: a field value cannot have line ends or other control characters")
        lines.append(f"{name}: {value}")
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return Octets("\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b""))


class Head(NamedTuple):
    """Status and fields of a response; names in lower case, repeated ones joined by commas."""

    status: int
    headers: Mapping[str, str]
    minor: int


class ResponseReader:
    """Reads one response: `feed` octets, `take` the body's. `head` is None until it has come."""

    def __init__(self, method: str, max_body: int | None = None) -> None:
        self.head: Head | None = None
        self.is_complete = False
        self.can_reuse = False
        self._method = method
        self._max_body = max_body
        self._buffer = bytearray()
        self._body = bytearray()
        self._received = 0
        self._interim = 0
        self._left: int | None = None  # of the body or chunk; None: until the connection ends
        self._state = self._read_head
        self._searched = 0
        self._trailers = 0

    @property
    def has_begun(self) -> bool:
        """Whether any octet of the response has come."""
        return self.head is not None or bool(self._buffer) or self._interim > 0

    def feed(self, data: bytes) -> None:
        """Take the next octets; ProtocolError when they are no HTTP, or too many."""
        if self.is_complete and data:
            self.can_reuse = False  # octets nobody asked for
            return
        self._buffer += data
        while not self.is_complete and self._state():
            pass
        if self.is_complete and self._buffer:
            self.can_reuse = False

    def feed_end(self) -> None:
        """The connection ended; ProtocolError if it did so within the response."""
        self.can_reuse = False
        if self.is_complete:
            return
        if self.head is not None and self._state == self._read_until_end:
            self.is_complete = True
            return
        raise ProtocolError("the connection ended before the response did")

    def take(self) -> bytes:
        """Return the octets of the body that came since the last call."""
        taken = bytes(self._body)
        self._body.clear()
        return taken

    # ---- states: each consumes what it can, and says whether there may be more to do

    def _read_head(self) -> bool:
        end = _end_of_head(self._buffer, self._searched)
        if end is None:
            self._searched = max(0, len(self._buffer) - 3)
            if len(self._buffer) > MAX_HEAD:
                raise ProtocolError(f"a response head over {MAX_HEAD} octets")
            return False
        if end > MAX_HEAD:
            raise ProtocolError(f"a response head over {MAX_HEAD} octets")
        head = _parse_head(bytes(self._buffer[:end]))
        del self._buffer[:end]
        self._searched = 0
        if head.status < _FINAL:
            self._count_interim(head)
            return True
        self.head = head
        self._begin_body(head)
        return True

    def _count_interim(self, head: Head) -> None:
        self._interim += 1
        if head.status == _SWITCHING:
            raise ProtocolError("the server switched to a protocol that nobody asked for")
        if self._interim > MAX_INTERIM:
            raise ProtocolError("too many interim responses")

    def _begin_body(self, head: Head) -> None:
        self.can_reuse = _keeps_alive(head)
        coding = head.headers.get("transfer-encoding")
        is_tunnel = self._method == "CONNECT" and head.status < _REDIRECTION
        if is_tunnel or self._method == "HEAD" or head.status in {_NO_CONTENT, _NOT_MODIFIED}:
            self.is_complete = True
        elif coding is not None:
            if coding.strip().lower() != "chunked":
                raise ProtocolError("a transfer coding other than chunked")
            if "content-length" in head.headers:
                self.can_reuse = False  # RFC 9112 section 6.1: someone in between may have been misled
            self._state = self._read_chunk_size
        elif (length := _content_length(head.headers)) is None:
            self.can_reuse = False
            self._state = self._read_until_end
        else:
            self._check_size(length)
            self._left = length
            self._state = self._read_length
            self.is_complete = length == 0

    def _read_length(self) -> bool:
        self.is_complete = self._consume() == 0
        return False

    def _read_until_end(self) -> bool:
        self._check_size(self._received + len(self._buffer))
        self._received += len(self._buffer)
        self._body += self._buffer
        self._buffer.clear()
        return False

    def _read_chunk_size(self) -> bool:
        line = self._line()
        if line is None:
            return False
        match = _CHUNK.fullmatch(line)
        if match is None:
            raise ProtocolError("a chunk without a size")
        self._left = int(match[1], 16)
        self._check_size(self._received + self._left)
        self._state = self._read_chunk if self._left else self._read_trailers
        return True

    def _read_chunk(self) -> bool:
        if self._consume():
            return False
        self._state = self._read_chunk_end
        return True

    def _read_chunk_end(self) -> bool:
        line = self._line()
        if line is None:
            return False
        if line:
            raise ProtocolError("a chunk that is longer than its size")
        self._state = self._read_chunk_size
        return True

    def _read_trailers(self) -> bool:
        line = self._line()
        if line is None:
            return False
        self._trailers += len(line) + 2
        if self._trailers > MAX_TRAILERS:
            raise ProtocolError(f"trailers over {MAX_TRAILERS} octets")
        self.is_complete = not line
        return True

    def _consume(self) -> int:
        """Move octets of known number to the body; return how many are still to come."""
        assert self._left is not None
        part = self._buffer[: self._left]
        del self._buffer[: len(part)]
        self._body += part
        self._received += len(part)
        self._left -= len(part)
        return self._left

    def _line(self) -> bytes | None:
        end = self._buffer.find(b"\n")
        if end > MAX_LINE or (end < 0 and len(self._buffer) > MAX_LINE):
            raise ProtocolError(f"a line over {MAX_LINE} octets within a chunked body")
        if end < 0:
            return None
        line = bytes(self._buffer[:end]).removesuffix(b"\r")
        del self._buffer[: end + 1]
        return line

    def _check_size(self, size: int) -> None:
        if self._max_body is not None and size > self._max_body:
            raise ProtocolError(f"a response body over {self._max_body} octets")


def _end_of_head(buffer: bytearray, start: int) -> int | None:
    """Return where the head ends, after its blank line; a lone LF ends a line, too (RFC 9112 section 2.2)."""
    blank = _BLANK_LINE.search(buffer, start)
    return blank.end() if blank else None


def _parse_head(octets: bytes) -> Head:
    status_line, *lines = octets.rstrip(b"\r\n").replace(b"\r\n", b"\n").split(b"\n")
    match = _STATUS.fullmatch(status_line)
    if match is None:
        raise ProtocolError("no HTTP/1.1 status line")
    if len(lines) > MAX_FIELDS:
        raise ProtocolError(f"more than {MAX_FIELDS} header fields")
    headers: dict[str, str] = {}
    for line in lines:
        name, value = _field(line)
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return Head(int(match[2]), headers, int(match[1]))


def _field(line: bytes) -> tuple[str, str]:
    name, colon, value = line.decode("latin-1").partition(":")
    if not colon or not _TOKEN.fullmatch(name):
        raise ProtocolError("a header line that is no field")
    value = value.strip(" \t")
    if not _VALUE.fullmatch(value):
        raise ProtocolError("a header field with control characters")
    return name.lower(), value


def _content_length(headers: Mapping[str, str]) -> int | None:
    if (given := headers.get("content-length")) is None:
        return None
    lengths = {part.strip() for part in given.split(",")}
    length = lengths.pop()
    if lengths or not _NUMBER.fullmatch(length):
        raise ProtocolError("a Content-Length that is no number, or several that differ")
    return int(length)


def _keeps_alive(head: Head) -> bool:
    options = {option.strip().lower() for option in head.headers.get("connection", "").split(",")}
    return "close" not in options and (head.minor > 0 or "keep-alive" in options)
