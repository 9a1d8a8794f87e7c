"""One connection of a peer: octets in, replies out, on aiosmtpd's protocol class.

aiosmtpd gives the connection its life and its session object. The reader and the loop are ours, because of what
its own were measured to do (docs/adr/0006); what the commands mean stands in `session`.
"""

import asyncio

from aiosmtpd.smtp import SMTP

from smtp_ingest.domain.replies import Reply
from smtp_ingest.entrypoints.inbound import Inbound
from smtp_ingest.entrypoints.session import Services, Session


class Connection(SMTP):  # type: ignore[misc]  # aiosmtpd's own hints do not pass strict, so it is untyped to us
    def __init__(self, services: Services, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(None, hostname=services.settings.smtp_hostname, loop=loop)
        self._services = services
        self._replies: list[bytes] = []
        self.inbound = Inbound()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.inbound.attach(transport)  # type: ignore[arg-type]  # a stream transport, as create_server makes
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        self.inbound.feed(data)

    def eof_received(self) -> bool:
        """What came before the end is still worked on: a peer may send everything, then shut its side."""
        self.inbound.end()
        return self.session.ssl is None

    async def _handle_client(self) -> None:
        session = Session(self._services, self)
        try:
            await self._converse(session)
        except (EOFError, ConnectionError):
            return
        finally:
            if self.transport is not None:
                self.transport.close()

    async def _converse(self, session: Session) -> None:
        self.say(session.greeting())
        while self.transport is not None:
            if not self.inbound.has_line():
                await self.flush()
            reply = await session.next()
            self._reset_timeout()
            self.say(reply)
            if reply.closes:
                await self.flush()
                return

    # -- what the session needs

    @property
    def peer_address(self) -> str:
        return str(self.session.peer[0])

    @property
    def is_secure(self) -> bool:
        return self.session.ssl is not None

    def say(self, reply: Reply) -> None:
        self._replies.append(reply.encode())

    async def flush(self) -> None:
        """Replies go out together when the peer sent commands together (RFC 2920 section 3.2)."""
        if self._replies and self.transport is not None:
            self.transport.write(b"".join(self._replies))
            self._replies.clear()
            await self._drain_helper()
