"""The listening socket: accepts connections until the process stops, then lets open transactions finish."""

import asyncio
from time import monotonic

import structlog

from smtp_ingest.entrypoints.connection import Connection
from smtp_ingest.entrypoints.services import Services

_log = structlog.get_logger()
_BACKLOG = 1024
_LOOK_SECONDS = 1.0
_TIDY_SECONDS = 30.0


async def listen(services: Services, stop: asyncio.Event) -> None:
    """Serve until `stop`, then drain. Several processes share the port; the kernel distributes connections."""
    settings = services.settings
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Connection(services, loop),
        settings.bind,
        settings.smtp_port,
        reuse_port=True,
        backlog=_BACKLOG,
    )
    _log.info("smtp_listening", port=server.sockets[0].getsockname()[1])
    watch = asyncio.create_task(_watch(services))
    try:
        await stop.wait()
        server.close()
        services.is_stopping = True
        while services.connections:
            for connection in list(services.connections):
                connection.stop()
            await asyncio.sleep(_LOOK_SECONDS / 20)
    finally:
        server.close()
        watch.cancel()
        for connection in list(services.connections):
            connection.abort()


async def _watch(services: Services) -> None:
    """Every second close connections that take too long; every 30 s drop unused rate limits."""
    tidied = monotonic()
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        now = monotonic()
        for connection in list(services.connections):
            connection.check_patience(now)
        services.budget.serve()
        if now - tidied > _TIDY_SECONDS:
            tidied = now
            services.rates.forget_full()
            services.recipients.tidy()
