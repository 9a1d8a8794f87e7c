"""The listening socket: accepts peers until it is told to stop, then lets running sessions come to an end."""

import asyncio

import structlog

from smtp_ingest.entrypoints.connection import Connection
from smtp_ingest.entrypoints.session import Services

_log = structlog.get_logger()
_BACKLOG = 1024


async def listen(services: Services, stop: asyncio.Event) -> None:
    """Serve until `stop`. The port is shared: the kernel spreads peers over all processes that listen on it."""
    settings = services.settings
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Connection(services, loop),
        settings.bind,
        settings.smtp_port,
        reuse_port=True,
        backlog=_BACKLOG,
    )
    async with server:
        _log.info("smtp_listening", port=server.sockets[0].getsockname()[1])
        await stop.wait()
