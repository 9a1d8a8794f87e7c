"""Buffers what a peer sent: a PROXY header, command lines, or the octets of one DATA."""

import asyncio
from collections.abc import Callable

from smtp_ingest.domain.data import DataReader
from smtp_ingest.domain.proxy import parse_proxy_header

COMMAND_OCTETS = 2048  # RFC 5321 section 4.5.3.1.4 asks for 512; extensions add to it
_UNREAD_LIMIT = 65_536
# What every connection may send ahead (RFC 2920); only what is beyond it is booked.
_FREE_OCTETS = 4096


def _free(_octets: int) -> None:
    """Books nothing: before a peer is known."""


class CommandTooLong(Exception):
    """A complete line was too long for a command; it has been dropped."""


class EndlessLine(Exception):
    """Too many octets arrived without a line end."""


class Inbound:
    """Filled by the transport, read by the session's task. Pauses the transport while too much is unread.

    `book`: books that many unread octets, called when there are many, and with 0 when there are few again.
    """

    def __init__(self) -> None:
        self.book: Callable[[int], None] = _free
        self._is_booked = False
        self._unread = bytearray()
        self._data: DataReader | None = None
        self._progress: Callable[[DataReader], None] | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._pause: asyncio.Future[None] | None = None
        self._transport: asyncio.Transport | None = None
        self._paused = False
        self._ended = False
        self._skipped = 0

    @property
    def is_waiting(self) -> bool:
        """Whether the session waits for the peer."""
        return self._waiter is not None and not self._waiter.done()

    @property
    def data_reader(self) -> DataReader | None:
        """The reader of the current DATA; None outside DATA."""
        return self._data

    def attach(self, transport: asyncio.Transport) -> None:
        """Switch to this transport and drop unread octets (RFC 3207 section 4.2)."""
        self._transport = transport
        self._unread.clear()
        self._paused = False

    def feed(self, chunk: bytes) -> None:
        if self._data is not None:
            rest = self._data.feed(chunk)
            if rest is None:
                assert self._progress is not None
                self._progress(self._data)
                return
            self._data = None
            chunk = rest
        self._unread += chunk
        if len(self._unread) > _UNREAD_LIMIT and not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()
        self._wake()
        self._book()

    def drop(self) -> None:
        """Forget what is unread, and end: the connection is closed."""
        self._unread.clear()
        self._book()
        self.end()

    def end(self) -> None:
        """Record that the peer sends nothing more."""
        self._ended = True
        self._wake()
        if self._pause is not None and not self._pause.done():
            self._pause.set_result(None)

    async def pause(self, seconds: float) -> None:
        """Let the peer wait, but no longer than until it ends."""
        if not self._ended:
            self._pause = asyncio.get_running_loop().create_future()
            await asyncio.wait({self._pause}, timeout=seconds)

    def has_line(self) -> bool:
        return b"\n" in self._unread

    async def proxy_peer(self) -> str | None:
        """Read a PROXY header; the proxied peer's address, None for the balancer itself. Raises BadSyntax, EOFError."""
        while (header := parse_proxy_header(bytes(self._unread))) is None:
            await self._more()
        del self._unread[: header.length]
        return header.peer

    async def line(self, limit: int = COMMAND_OCTETS) -> bytes:
        """Read one line of at most `limit` octets, line end included.

        Raises CommandTooLong, EndlessLine; EOFError when the peer has ended.
        """
        while (end := self._unread.find(b"\n")) < 0:
            if len(self._unread) > limit:
                self._skipped += len(self._unread)
                self._unread.clear()
                self._book()
            if self._skipped > _UNREAD_LIMIT:
                raise EndlessLine
            await self._more()
        line = bytes(self._unread[: end + 1])
        del self._unread[: end + 1]
        self._book()
        self._resume()
        if self._skipped or len(line) > limit:
            self._skipped = 0
            raise CommandTooLong
        return line

    async def data(self, reader: DataReader, progress: Callable[[DataReader], None]) -> None:
        """Feed `reader` up to the end of DATA, calling `progress` for every chunk before the end.

        Raises EOFError when the peer ends before.
        """
        begun = bytes(self._unread)
        self._unread.clear()
        self._book()
        self._data, self._progress = reader, progress
        self._resume()
        try:
            if begun:
                self.feed(begun)
            while self._data is not None:
                await self._more()
        finally:
            self._data = self._progress = None

    async def _more(self) -> None:
        if self._ended:
            raise EOFError
        self._resume()
        self._waiter = asyncio.get_running_loop().create_future()
        await self._waiter

    def _book(self) -> None:
        unread = len(self._unread)
        if unread > _FREE_OCTETS or self._is_booked:
            self._is_booked = unread > _FREE_OCTETS
            self.book(unread if self._is_booked else 0)

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _resume(self) -> None:
        if self._paused and len(self._unread) <= _UNREAD_LIMIT and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()
