"""Runs granian, the HTTP server, as a task in the event loop of the process, which handles the signals itself."""

import asyncio

import structlog
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server

from api_gateway.edge.envelope import Application
from mayfly.failures import TransientFailure

_log = structlog.get_logger()
_BACKLOG = 1024
# The server accepts no further connections above this number. Its default is the backlog: 1,024 open event streams
# would block it.
_CONNECTIONS = 16_384


class HttpServer:
    """Serves `application` on `address`:`port`; other processes may serve the same port (SO_REUSEPORT).

    HTTP/1.1 only: HTTP/2 without TLS is used only by proxies configured for it, and supporting it costs 12 KiB per
    connection (measured).
    """

    def __init__(self, application: Application, address: str, port: int) -> None:
        self.port = port
        self._server = Server(
            application,
            address,
            port,
            interface=Interfaces.ASGINL,
            http=HTTPModes.http1,
            log_enabled=False,
            backlog=_BACKLOG,
            backpressure=_CONNECTIONS,
        )
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Bind and listen. Raises TransientFailure when the port is taken."""
        self._serving = asyncio.create_task(self._server.serve())
        await asyncio.sleep(0)
        if self._serving.done():
            reason = str(self._serving.exception() or "it stopped").partition("\n")[0]
            raise TransientFailure(f"cannot serve HTTP: {reason}")

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop`; requests in flight are finished. Raises whatever exception ends the server earlier."""
        if self._serving is None:
            await self.start()
        serving = self._serving
        assert serving is not None
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        self._server.stop()
        await serving
