"""One connection of a peer: reads octets and sends replies. Extends aiosmtpd's protocol class.

aiosmtpd starts the connection and keeps its session object. Reader and command loop are our own, for the reasons
measured in docs/adr/0006. The commands are in `session`.
"""

import asyncio
import ssl
from functools import partial
from typing import cast

import structlog
from aiosmtpd.smtp import SMTP

from mayfly.mail.peers import address_of, peer_of
from smtp_ingest import metrics
from smtp_ingest.domain import replies
from smtp_ingest.domain.replies import Reply
from smtp_ingest.entrypoints.budget import Share
from smtp_ingest.entrypoints.inbound import Inbound
from smtp_ingest.entrypoints.patience import Patience
from smtp_ingest.entrypoints.services import Services
from smtp_ingest.entrypoints.session import Session
from smtp_ingest.errors import BadSyntax

_log = structlog.get_logger()
_HANDSHAKE_SECONDS = 10
_MAX_UNSENT_REPLIES = 100
_UNSENT_OCTETS = 16 * 1024
_ENDED_BY_US = 421
_LIMITS = {
    replies.TOO_MANY_ERRORS: "errors",
    replies.TOO_MANY_COMMANDS: "commands",
    replies.TOO_MANY_RCPTS: "recipients",
    replies.FLOOD: "flood",
}


class Connection(SMTP):  # type: ignore[misc]  # aiosmtpd's own hints do not pass strict, so it is untyped to us
    """`is_open`: at the port where the default space takes every address."""

    def __init__(self, services: Services, loop: asyncio.AbstractEventLoop, *, is_open: bool = False) -> None:
        # Skips aiosmtpd's constructor, which scans all its attributes for each connection (150 of the 600 us that a
        # connection with one mail takes). The attributes we use are set here.
        asyncio.StreamReaderProtocol.__init__(self, asyncio.StreamReader(loop=loop), loop=loop)
        self.loop = loop
        self.transport: asyncio.Transport | None = None
        self._original_transport = None
        self._services = services
        self._replies: list[bytes] = []
        self._is_counted = False
        self._closing = False
        self.inbound = Inbound()
        self.peer_address = self.peer = ""
        self.is_secure = False
        self.patience = Patience(services.settings)
        self.smtp_session = Session(services, self, is_open=is_open)

    def _reset_timeout(self, duration: float | None = None) -> None:
        """Disable aiosmtpd's timer per connection; `Patience` replaces it."""

    # -- called by the transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports do not inherit from asyncio's classes.
        self._attach(cast("asyncio.Transport", transport))
        self._services.connections.add(self)
        self.patience.wait_for_command()
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        self.inbound.feed(data)

    def eof_received(self) -> bool:
        """Process what was received: a peer may send everything and then close its side."""
        self.inbound.end()
        return not self.is_secure

    def connection_lost(self, error: Exception | None) -> None:
        """Wake a session that reads, so that it ends; one that waits for the broker finishes first."""
        asyncio.StreamReaderProtocol.connection_lost(self, error)
        self.transport = None
        self.inbound.drop()
        self._services.connections.discard(self)
        if self._is_counted:
            self._services.occupancy.leave(self.peer)

    def _attach(self, transport: asyncio.Transport) -> None:
        transport.set_write_buffer_limits(high=_UNSENT_OCTETS)
        self.inbound.attach(transport)

    # -- the command loop

    async def _handle_client(self) -> None:
        try:
            if await self._admit():
                await self._converse()
        except (EOFError, ConnectionError):
            pass
        except Exception:  # noqa: BLE001 - the edge of a session: logged, 421, and the other sessions go on
            _log.exception("session_failed", peer=self.peer_address)
            self.cut_off(replies.BROKEN, "failure")
        finally:
            if self.transport is not None:
                self.transport.close()

    async def _admit(self) -> bool:
        """Determine the peer's address and check the connection limits."""
        services, peer = self._services, self.session.peer
        self._know_peer(str(peer[0]) if peer else "")
        if services.is_trusted_proxy(self.peer_address):
            try:
                self._know_peer(await self.inbound.proxy_peer() or self.peer_address)
            except BadSyntax:
                return self._turn_away(None, "proxy")
        if self.transport is None:
            # Already lost: connection_lost ran before the connection was counted.
            return False
        exempt = services.is_exempt(self.peer_address)
        if not services.occupancy.enter(self.peer, exempt=exempt):
            return self._turn_away(replies.TOO_MANY_FROM_IP, "per_ip")
        self._is_counted = True
        if services.is_full and not services.make_room(self.peer):
            return self._turn_away(replies.TOO_MANY_CONNECTIONS, "total")
        ahead = services.budget.share(self.peer, exempt=exempt)
        ahead.give_way = partial(self.cut_off, replies.CROWDED, "no_room")
        self.inbound.book = partial(self._book, ahead)
        metrics.CONNECTIONS.labels("accepted").inc()
        return True

    def _know_peer(self, address: str) -> None:
        self.peer_address, self.peer = str(address_of(address) or address), peer_of(address)

    def _book(self, share: Share, unread: int) -> None:
        """Book the commands that the peer sent ahead; without room for them, close the connection."""
        if not unread:
            share.give_back()
        elif not share.covers(unread):
            self.cut_off(replies.CROWDED, "no_room")

    def _turn_away(self, reply: Reply | None, reason: str) -> bool:
        metrics.CONNECTIONS.labels(reason).inc()
        if reply is not None:
            self.say(reply)
            self._send()
        return False

    async def _converse(self) -> None:
        session = self.smtp_session
        self.say(session.greeting())
        while self.transport is not None:
            if not self.inbound.has_line() or len(self._replies) > _MAX_UNSENT_REPLIES:
                await self.flush()
            reply = await session.next()
            self.patience.wait_for_command()
            if reply is not None:
                self.say(reply)
                if reply.closes:
                    if reply.code == _ENDED_BY_US:
                        metrics.CUT_OFF.labels(_LIMITS.get(reply, "limits")).inc()
                    await self.flush()
                    return
            if self._services.is_stopping and not session.is_busy:
                self.cut_off(replies.STOPPING, "stop")
                return

    # -- called by the session

    def say(self, reply: Reply) -> None:
        self._replies.append(reply.encode())

    async def flush(self) -> None:
        """Send the queued replies together (RFC 2920 section 3.2)."""
        self._send()
        if self._paused:
            await self._drain_helper()

    def _send(self) -> None:
        if self._replies and self.transport is not None:
            self.transport.write(b"".join(self._replies))
            self._replies.clear()

    async def start_tls(self, context: ssl.SSLContext) -> None:
        """Reply 220 and start TLS. Raises ConnectionError when the handshake fails.

        Nothing is awaited before `loop.start_tls`, so that plain text already received is dropped and no more arrives.
        """
        transport = self.transport
        if transport is None:
            raise ConnectionResetError("the peer is gone")
        transport.pause_reading()
        self.inbound.attach(transport)
        self.say(replies.READY_FOR_TLS)
        self._send()
        try:
            secure = await self.loop.start_tls(
                transport, self, context, server_side=True, ssl_handshake_timeout=_HANDSHAKE_SECONDS
            )
        except (OSError, ssl.SSLError) as error:
            raise ConnectionResetError("no TLS handshake") from error
        if secure is None:
            raise ConnectionResetError("the peer is gone")
        self.is_secure = True
        self.transport = secure
        self._attach(secure)

    # -- called by the listener

    def check_patience(self, now: float) -> None:
        """Close the connection when the peer is too slow; called once a second."""
        if self.transport is None:
            return
        if self._closing:
            self.transport.abort()
        elif self.patience.is_over(now, self.inbound.data_reader):
            slow = self.inbound.data_reader is not None
            self.cut_off(replies.SLOW_DATA if slow else replies.IDLE, "slow_data" if slow else "idle")

    def stop(self) -> None:
        """Close the connection if no transaction is open."""
        if self.inbound.is_waiting and not self.smtp_session.is_busy:
            self.cut_off(replies.STOPPING, "stop")

    def abort(self) -> None:
        if self.transport is not None:
            self.transport.abort()

    def cut_off(self, reply: Reply, reason: str) -> None:
        metrics.CUT_OFF.labels(reason).inc()
        self._closing = True
        if self.transport is not None:
            self.say(reply)
            self._send()
            self.transport.close()
        self.inbound.drop()
