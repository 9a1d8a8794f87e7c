"""The octets of one DATA, whatever chunks they come in.

The rule (docs/adr/0006): only CRLF.CRLF ends DATA, and DATA starts as if after a CRLF. A lone CR, a lone LF and NUL
are octets like any other; a dot that begins a line loses itself (RFC 5321 section 4.5.2). What is past a limit is
counted and dropped, and the end is still looked for, so that the peer can be told.
"""

from typing import Literal

_END = b"\r\n.\r\n"
Fault = Literal["too_big", "line_too_long", "no_room"]


class DataReader:
    """`limit`, `line_limit`: octets on the wire, dot stuffing included, a line without its CRLF."""

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
        """Take a chunk. None while DATA goes on; at its end what the chunk holds beyond it."""
        buffer = self._buffer
        start = max(0, len(buffer) - 4)
        buffer += chunk
        self.received += len(chunk)
        end = buffer.find(_END, start)
        if end < 0:
            # What looks like two octets too many may be the first half of an end.
            self._check(len(buffer), slack=2)
            return None
        rest = bytes(buffer[end + len(_END) :])
        del buffer[end + len(_END) :]
        self.received -= len(rest)
        self._check(end + 2)
        self._end = end
        return rest

    def discard(self, fault: Fault) -> None:
        """Hold nothing more of this message; the end is still looked for."""
        self.fault = self.fault or fault
        del self._buffer[:-4]

    def content(self) -> bytes:
        """Give the message away, un-stuffed, once `feed` has found the end and there is no fault."""
        with memoryview(self._buffer) as view:
            data = bytes(view[2 : self._end + 2])
        self._buffer.clear()
        if data.startswith(b"."):
            data = data[1:]
        return data.replace(b"\r\n.", b"\r\n")

    def has_strays(self) -> bool:
        """Whether a lone CR, a lone LF or NUL is in the message (RFC 5321 section 2.3.8)."""
        pairs = self._buffer.count(b"\r\n")
        return self._buffer.count(b"\r") != pairs or self._buffer.count(b"\n") != pairs or b"\0" in self._buffer

    def _check(self, upto: int, slack: int = 0) -> None:
        """Hold the message, which is `buffer[2:upto]` so far, against the limits; `slack`: octets to let pass."""
        if self.fault is not None:
            self.discard(self.fault)
        elif upto - 2 > self._limit + slack:
            self.discard("too_big")
        elif not self._lines_fit(upto, slack):
            self.discard("line_too_long")

    def _lines_fit(self, upto: int, slack: int) -> bool:
        """Leap from line end to line end, each time to the last one in reach of the limit."""
        while upto - self._line_start > self._line_limit + slack:
            line_end = self._buffer.rfind(b"\r\n", self._line_start, self._line_start + self._line_limit + 2)
            if line_end < 0:
                return False
            self._line_start = line_end + 2
        return True
