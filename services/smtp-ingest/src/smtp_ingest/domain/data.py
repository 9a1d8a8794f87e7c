"""Reads the octets of one DATA, in chunks of any size.

Only CRLF.CRLF ends DATA, and DATA starts as if after a CRLF (docs/adr/0006). A lone CR, a lone LF and NUL are ordinary
octets. Dot stuffing is removed once the message is complete, see `_unstuffed`. Beyond a limit, octets are counted,
dropped while the reader still looks for the end, so that the peer gets its reply.
"""

from typing import Literal

_END = b"\r\n.\r\n"
Fault = Literal["too_big", "no_room"]


class DataReader:
    """`limit`: most octets of the message, dot stuffing included."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer = bytearray(b"\r\n")
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
        return _unstuffed(data[1:] if data.startswith(b".") else data)

    def has_strays(self) -> bool:
        """Whether the message contains a lone CR, a lone LF or NUL (RFC 5321 section 2.3.8)."""
        pairs = self._buffer.count(b"\r\n")
        return self._buffer.count(b"\r") != pairs or self._buffer.count(b"\n") != pairs or b"\0" in self._buffer

    def _check(self, upto: int, slack: int = 0) -> None:
        """Check the message so far, `buffer[2:upto]`, against the limit. `slack`: octets to tolerate beyond it."""
        if self.fault is not None:
            self.discard(self.fault)
        elif upto - 2 > self._limit + slack:
            self.discard("too_big")


def _unstuffed(data: bytes) -> bytes:
    """The message without the dots that the sender added at line starts (RFC 5321 section 4.5.2).

    Every sender adds one after CRLF. After a lone LF some do (Python's smtplib, for a message given as octets), and
    some do not (curl). One that does leaves no line there that starts with a single dot. So the dots after lone LFs
    count as added when all of them are doubled; a single one shows that none was added, and all stay.
    """
    dots = data.count(b"\n.")
    if not dots:
        return data
    after_lone_lf = dots - data.count(b"\r\n.")
    doubled = data.count(b"\n..") - data.count(b"\r\n..")
    if after_lone_lf and after_lone_lf == doubled:
        return data.replace(b"\n.", b"\n")
    return data.replace(b"\r\n.", b"\r\n")
