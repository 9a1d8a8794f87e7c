"""Reads the octets of one DATA, in chunks of any size.

Only CRLF.CRLF ends DATA, and DATA starts as if after a CRLF (docs/adr/0006). A lone CR, a lone LF and NUL are ordinary
octets; a leading dot of a line is removed (RFC 5321 section 4.5.2). Beyond a limit, octets are counted, dropped while
the reader still looks for the end, so that the peer gets its reply.
"""

from typing import Literal

_END = b"\r\n.\r\n"
Fault = Literal["too_big", "line_too_long", "no_room"]


class DataReader:
    """`limit`, `line_limit`: most octets of message and line, dot stuffing included, the line's CRLF excluded."""

    def __init__(self, limit: int, line_limit: int) -> None:
        self._limit = limit
        self._line_limit = line_limit
        self._buffer = bytearray(b"\r\n")
        self._line_start = 2
        self._end = -1
        self.received = 0
        self.fault: Fault | None = None

    @property
    def held(self) -> int:
        """Octets in memory."""
        return len(self._buffer)

    def feed(self, chunk: bytes) -> bytes | None:
        """Add a chunk. Returns None while DATA continues; at its end, the octets of the chunk after the end."""
        buffer = self._buffer
        start = max(0, len(buffer) - 4)
        buffer += chunk
        self.received += len(chunk)
        end = buffer.find(_END, start)
        if end < 0:
            # The last two octets may be the beginning of CRLF.CRLF, so they do not count yet.
            self._check(len(buffer), slack=2)
            return None
        rest = bytes(buffer[end + len(_END) :])
        del buffer[end + len(_END) :]
        self.received -= len(rest)
        self._check(end + 2)
        self._end = end
        return rest

    def discard(self, fault: Fault) -> None:
        """Drop this message's octets, and keep looking for the end."""
        self.fault = self.fault or fault
        del self._buffer[:-4]

    def content(self) -> bytes:
        """The message without dot stuffing, once. Only after `feed` found the end, and without a fault."""
        with memoryview(self._buffer) as view:
            data = bytes(view[2 : self._end + 2])
        self._buffer.clear()
        if data.startswith(b"."):
            data = data[1:]
        return data.replace(b"\r\n.", b"\r\n")

    def has_strays(self) -> bool:
        """Whether the message contains a lone CR, a lone LF or NUL (RFC 5321 section 2.3.8)."""
        pairs = self._buffer.count(b"\r\n")
        return self._buffer.count(b"\r") != pairs or self._buffer.count(b"\n") != pairs or b"\0" in self._buffer

    def _check(self, upto: int, slack: int = 0) -> None:
        """Check the message so far, `buffer[2:upto]`, against the limits. `slack`: octets to tolerate beyond them."""
        if self.fault is not None:
            self.discard(self.fault)
        elif upto - 2 > self._limit + slack:
            self.discard("too_big")
        elif not self._lines_fit(upto, slack):
            self.discard("line_too_long")

    def _lines_fit(self, upto: int, slack: int) -> bool:
        """Check line lengths in few steps: go from a line's start to the last line end within the limit, and repeat."""
        while upto - self._line_start > self._line_limit + slack:
            line_end = self._buffer.rfind(b"\r\n", self._line_start, self._line_start + self._line_limit + 2)
            if line_end < 0:
                return False
            self._line_start = line_end + 2
        return True
