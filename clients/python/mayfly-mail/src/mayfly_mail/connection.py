"""A connection to the server, plain or by TLS, directly or through a proxy; and the pool of those that are idle."""

from __future__ import annotations

import weakref
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from mayfly_mail.clock import monotonic
from mayfly_mail.effects import Steps, connect, read, write
from mayfly_mail.http1 import ProtocolError, ResponseReader, encode
from mayfly_mail.route import Base, Proxy

if TYPE_CHECKING:
    from mayfly_mail.effects import Wire
    from mayfly_mail.tls import Tls

__tracebackhide__ = True  # pytest shows the line of the caller

_IDLE_SECONDS = 60.0
_LARGEST_POOL = 32
_MAX_PROXY_BODY = 65536


class Line(NamedTuple):
    """What a connection needs: the server, the proxy if there is one, and the authorities that it is checked by."""

    base: Base
    proxy: Proxy | None = None
    ca_file: str | None = None

    @property
    def names_whole_url(self) -> bool:
        """Whether a request names the whole URL: that is how a proxy learns where plain HTTP goes."""
        return self.proxy is not None and self.base.scheme == "http"


class Connection:
    """One connection. `idle_since`: when its last response ended."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.tls: Tls | None = None
        self.idle_since = 0.0
        # A client that nobody closes leaves no socket behind. Unlike __del__, this comes before the socket's own end,
        # also in a cycle of references and when the interpreter ends.
        weakref.finalize(self, wire.close)

    def write(self, data: bytes, seconds: float) -> Steps[None]:
        yield from write(self.wire, data, seconds) if self.tls is None else self.tls.write(data, seconds)

    def read(self, seconds: float) -> Steps[bytes]:
        return (yield from read(self.wire, seconds) if self.tls is None else self.tls.read(seconds))

    def is_stale(self) -> bool:
        """Whether the server has closed it, or sent what nobody asked for."""
        if self.tls is not None and self.tls.has_unread:
            return True
        self.wire.setblocking(False)
        try:
            self.wire.recv(1)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True

    def close(self) -> None:
        self.wire.close()

    def shut_down(self) -> None:
        """End it, but keep its descriptor: whoever reads is told."""
        from socket import SHUT_RDWR

        with suppress(OSError):
            self.wire.shutdown(SHUT_RDWR)


class Pool:
    """Idle connections, the newest taken first. Its steps are single operations of a deque, so threads need no lock."""

    def __init__(self) -> None:
        self._idle: deque[Connection] = deque()

    def take(self, youngest: float = _IDLE_SECONDS) -> Connection | None:
        """Return a usable connection that was idle for at most `youngest` seconds; close those that are not."""
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return None
            if monotonic() - connection.idle_since <= youngest and not connection.is_stale():
                return connection
            connection.close()

    def give(self, connection: Connection) -> None:
        connection.idle_since = monotonic()
        self._idle.append(connection)
        if len(self._idle) > _LARGEST_POOL:
            self._idle.popleft().close()

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()


def opened(line: Line, seconds: float) -> Steps[Connection]:
    """Connect, through the proxy if there is one, and shake hands for https. Raises OSError, ProtocolError."""
    base, proxy = line.base, line.proxy
    host, port = (proxy.host, proxy.port) if proxy else (base.host, base.port)
    connection = Connection((yield from connect(host, port, seconds)))
    try:
        if base.scheme == "https":
            if proxy:
                yield from _tunnel(connection, base, proxy, seconds)
            from mayfly_mail.tls import Tls

            tls = Tls(connection.wire, base.host, line.ca_file)
            yield from tls.handshake(seconds)
            connection.tls = tls
    except BaseException:
        connection.close()
        raise
    return connection


def _tunnel(connection: Connection, base: Base, proxy: Proxy, seconds: float) -> Steps[None]:
    """Ask the proxy for a tunnel to the server (RFC 9110 section 9.3.6)."""
    host = f"[{base.host}]" if ":" in base.host else base.host
    target = f"{host}:{base.port}"
    fields = [("Host", target)] + ([("Proxy-Authorization", proxy.authorization)] if proxy.authorization else [])
    yield from connection.write(encode("CONNECT", target, fields, None), seconds)
    reader = ResponseReader("CONNECT", _MAX_PROXY_BODY)
    while reader.head is None:
        data = yield from connection.read(seconds)
        reader.feed(data) if data else reader.feed_end()
    if not 200 <= reader.head.status < 300:  # noqa: PLR2004 - the class of success
        raise ProtocolError(f"the proxy refused a tunnel with status {reader.head.status}")
