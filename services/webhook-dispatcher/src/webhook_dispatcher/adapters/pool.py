"""Keeps connections for the next request to the same destination. Used by adapters.sender.

httpcore's own pool looks at every connection it holds at each request, and asks the kernel about each idle one: with
160 connections that was half the time of a request (measured). Here a request looks at one connection.
"""

import ssl
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from time import monotonic

import httpcore

from mayfly.webhooks.destinations import Destination

_KEEP_SECONDS = 15.0
_MAX_IDLE = 1024


class Connections:
    """Idle connections, the one released longest ago first: at most `max_idle`, each for 15 s.

    How many are in use is the caller's to limit (domain.lanes). `backends` dial, by scheme; `now`: a monotonic clock.
    """

    def __init__(
        self,
        backends: Mapping[str, httpcore.AsyncNetworkBackend],
        context: ssl.SSLContext,
        *,
        max_idle: int = _MAX_IDLE,
        now: Callable[[], float] = monotonic,
    ) -> None:
        self._backends = backends
        self._context = context
        self._max_idle = max_idle
        self._now = now
        self._idle: OrderedDict[httpcore.AsyncHTTPConnection, tuple[Destination, float]] = OrderedDict()
        self._at: dict[Destination, list[httpcore.AsyncHTTPConnection]] = {}

    @asynccontextmanager
    async def one(self, destination: Destination) -> AsyncIterator[httpcore.AsyncHTTPConnection]:
        """A connection for one request: a kept one, or one that dials with the request. Kept if it is idle then."""
        connection = await self._kept(destination) or self._new(destination)
        try:
            yield connection
        finally:
            if connection.is_idle() and not connection.is_closed():
                self._idle[connection] = (destination, self._now() + _KEEP_SECONDS)
                self._at.setdefault(destination, []).append(connection)
            else:
                await connection.aclose()
            await self._drop_old()

    async def aclose(self) -> None:
        for connection in list(self._idle):
            await self._drop(connection)

    async def _kept(self, destination: Destination) -> httpcore.AsyncHTTPConnection | None:
        while there := self._at.get(destination):
            connection = there[-1]  # the one released last, so that others can expire
            if not connection.has_expired():
                self._forget(connection)
                return connection
            await self._drop(connection)
        return None

    def _new(self, destination: Destination) -> httpcore.AsyncHTTPConnection:
        origin = httpcore.Origin(destination.scheme.encode(), destination.host.encode(), destination.port)
        return httpcore.AsyncHTTPConnection(
            origin,
            ssl_context=self._context,
            keepalive_expiry=_KEEP_SECONDS,
            network_backend=self._backends[destination.scheme],
        )

    async def _drop_old(self) -> None:
        while self._idle:
            oldest, (_, expires_at) = next(iter(self._idle.items()))
            if len(self._idle) <= self._max_idle and self._now() < expires_at:
                return
            await self._drop(oldest)

    async def _drop(self, connection: httpcore.AsyncHTTPConnection) -> None:
        self._forget(connection)
        await connection.aclose()

    def _forget(self, connection: httpcore.AsyncHTTPConnection) -> None:
        destination, _ = self._idle.pop(connection)
        self._at[destination].remove(connection)
        if not self._at[destination]:
            del self._at[destination]
