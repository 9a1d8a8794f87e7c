"""The listening sockets: accept connections until the process stops, then lets open transactions finish."""

import asyncio
from collections.abc import Sequence
from time import monotonic

import structlog

from smtp_ingest.entrypoints.connection import Connection
from smtp_ingest.entrypoints.services import Services

_log = structlog.get_logger()
_BACKLOG = 1024
_LOOK_SECONDS = 1.0
_TIDY_SECONDS = 30.0


async def open_ports(services: Services) -> list[asyncio.Server]:
    """Accept connections on every port. Several processes share a port; the kernel distributes connections."""
    servers = [await _serve(services, services.settings.smtp_port)]
    if services.settings.mailpit_smtp_port:
        servers += await _serve_default_space(services, services.settings.mailpit_smtp_port)
    return servers


async def listen(services: Services, servers: Sequence[asyncio.Server], stop: asyncio.Event) -> None:
    """Serve until `stop`, then drain."""
    watch = asyncio.create_task(_watch(services))
    try:
        await stop.wait()
        for server in servers:
            server.close()
        services.is_stopping = True
        while services.connections:
            for connection in list(services.connections):
                connection.stop()
            await asyncio.sleep(_LOOK_SECONDS / 20)
    finally:
        for server in servers:
            server.close()
        watch.cancel()
        for connection in list(services.connections):
            connection.abort()


async def _serve(services: Services, port: int, *, is_open: bool = False) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Connection(services, loop, is_open=is_open),
        services.settings.bind,
        port,
        reuse_port=True,
        backlog=_BACKLOG,
    )
    _log.info("smtp_listening", port=server.sockets[0].getsockname()[1], default_space=is_open)
    return server


async def _serve_default_space(services: Services, port: int) -> list[asyncio.Server]:
    """Serve the default space's port, unless another program has it: no reason not to serve the rest."""
    try:
        return [await _serve(services, port, is_open=True)]
    except OSError as error:
        _log.warning("default_space_not_served", port=port, reason=str(error.strerror))
        return []


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
            services.tidy()
