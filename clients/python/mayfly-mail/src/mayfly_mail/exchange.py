"""One request and its response on a connection: taken from the pool or opened, given back or closed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from mayfly_mail.connection import Connection, Line, Pool, opened
from mayfly_mail.effects import Steps, now
from mayfly_mail.http1 import Head, ProtocolError, ResponseReader, encode
from mayfly_mail.operation import Response

__tracebackhide__ = True  # pytest shows the line of the caller

MAX_BODY = 128 * 1024 * 1024
_YOUNG_SECONDS = 1.0
_SLOWEST = 16384  # octets a second, once the first `Request.seconds` are over


@dataclass(frozen=True)
class Request:
    """What to send. `can_repeat`: sent twice it does no more than once. `seconds`: the longest silence."""

    method: str
    target: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)
    can_repeat: bool = False
    seconds: float = 30.0
    connect_seconds: float = 10.0


class NotSent(Exception):
    """There is no connection: the server has seen nothing of the request."""


class Lost(Exception):
    """The connection broke, or timed out, after the request was sent: nobody knows if it was carried out."""


class Silent(Lost):
    """Nothing at all came in time."""


class Stale(Lost):
    """An idle connection ended, or was silent, before any octet of the response: as if it had been closed before."""


def exchange(pool: Pool, line: Line, request: Request) -> Steps[Response]:
    """Send the request and return the whole response. Raises NotSent, Lost, and ValueError for what cannot be sent."""
    channel = yield from begin(pool, line, request, MAX_BODY)
    try:
        body = yield from _whole(channel, request.seconds)
    except BaseException:
        channel.close()
        raise
    channel.finish(pool)
    return Response(channel.head.status, channel.head.headers, body)


def _whole(channel: Channel, seconds: float) -> Steps[bytes]:
    """Read a whole body. Raises Lost for one that comes so slowly that it would never end."""
    started, received, parts = (yield from now()), 0, []
    while part := (yield from channel.read()):
        parts.append(part)
        received += len(part)
        if (yield from now()) - started > seconds + received / _SLOWEST:
            raise Lost("its answer came too slowly")
    return b"".join(parts)


def begin(pool: Pool, line: Line, request: Request, max_body: int | None) -> Steps[Channel]:
    """Send the request and return once the head has come, so that the body can be read as it comes."""
    octets = _octets(line, request)
    connection = pool.take() if request.can_repeat else pool.take(_YOUNG_SECONDS)
    if connection is not None:
        try:
            return (yield from _sent(connection, request, octets, max_body))
        except Silent as error:
            pool.close()  # the network forgot them, as after a laptop's sleep: the others are no better
            raise Stale(str(error)) from error
    try:
        connection = yield from opened(line, request.connect_seconds)
    except (OSError, ProtocolError) as error:
        raise NotSent(_reason(error)) from error
    try:
        return (yield from _sent(connection, request, octets, max_body))
    except Stale as error:
        raise Lost(str(error)) from error


def _octets(line: Line, request: Request) -> bytes:
    target = line.base.prefix + request.target
    fields = [("Host", line.base.authority), *request.headers.items()]
    if line.names_whole_url:
        target = f"http://{line.base.authority}{target}"
        if line.proxy and line.proxy.authorization:
            fields.append(("Proxy-Authorization", line.proxy.authorization))
    body = b"" if request.body is None and request.method in {"POST", "PUT", "PATCH"} else request.body
    return encode(request.method, target, fields, body)


def _sent(connection: Connection, request: Request, octets: bytes, max_body: int | None) -> Steps[Channel]:
    channel = Channel(connection, ResponseReader(request.method, max_body), request.seconds)
    try:
        try:
            yield from connection.write(octets, request.seconds)
        except OSError as error:
            # A server that refuses a request early has answered: that says more than the broken pipe. It would take
            # the next request for the rest of this one.
            channel.can_reuse = False
            yield from channel.read_head(error)
        else:
            yield from channel.read_head(None)
    except BaseException:
        channel.close()
        raise
    return channel


class Channel:
    """A response whose body is still coming."""

    def __init__(self, connection: Connection, reader: ResponseReader, seconds: float) -> None:
        self._connection = connection
        self._reader = reader
        self._seconds = seconds
        self.can_reuse = True

    @property
    def head(self) -> Head:
        assert self._reader.head is not None
        return self._reader.head

    def read_head(self, write_error: OSError | None) -> Steps[None]:
        """Read until the head has come. Raises Stale if nothing at all came, else Lost."""
        started = yield from now()
        while self._reader.head is None:
            try:
                yield from self._feed()
                if (yield from now()) - started > self._seconds:
                    raise Lost("its answer came too slowly") from TimeoutError()
            except Lost as error:
                if self._reader.has_begun:
                    raise
                if isinstance(error.__cause__, TimeoutError):
                    raise Silent(str(error)) from error.__cause__
                raise Stale(_reason(write_error) if write_error else str(error)) from (write_error or error.__cause__)

    def read(self) -> Steps[bytes]:
        """Return the next octets of the body; empty once it is whole. Raises Lost."""
        while not (part := self._reader.take()) and not self._reader.is_complete:
            yield from self._feed()
        return part

    def finish(self, pool: Pool) -> None:
        """Keep the connection if it can be used again."""
        if self.can_reuse and self._reader.is_complete and self._reader.can_reuse:
            pool.give(self._connection)
        else:
            self.close()

    def close(self) -> None:
        self._connection.close()

    def interrupt(self) -> None:
        """End a read that another thread or task is waiting in. It closes the connection: a descriptor that is closed
        under a read may be another connection's before the read is told.
        """
        self._connection.shut_down()

    def _feed(self) -> Steps[None]:
        try:
            data = yield from self._connection.read(self._seconds)
            if data:
                self._reader.feed(data)
            else:
                self._reader.feed_end()
        except (OSError, ProtocolError) as error:
            raise Lost(_reason(error)) from error


def _reason(error: Exception) -> str:
    """Say for people what went wrong on a connection."""
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    if isinstance(error, ConnectionError) and error.errno:
        return os.strerror(error.errno)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
