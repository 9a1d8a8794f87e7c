"""The store and the broker, connected and checked: what every process needs. Opened once by each `app.build`."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

import structlog

from mayfly.bus import connection, topology
from mayfly.bus.connection import Bus
from mayfly.failures import TransientFailure
from mayfly.service.probes import Check
from mayfly.service.settings import ServiceSettings
from mayfly.store import client, indexes, migrations
from mayfly.store.client import Database

_log = structlog.get_logger()

PATIENCE_SECONDS = 30.0
_PAUSE_SECONDS = 0.1


@dataclass(frozen=True)
class Foundation:
    """`checks`: readiness of `store` and `broker`, for the process's Component."""

    database: Database
    bus: Bus
    checks: Mapping[str, Check]


@asynccontextmanager
async def open_foundation(
    settings: ServiceSettings, name: str, *, patience: float = PATIENCE_SECONDS
) -> AsyncIterator[Foundation]:
    """Connect to store and broker; create indexes and streams, and migrate documents; close both at the end.

    `name`: how the servers list this process. Waits for servers that start at the same time, as after a power cut.
    Raises TransientFailure when one of them does not answer for `patience` seconds, IncompatibleStream when a stream
    exists with settings that cannot be changed.
    """
    clock = asyncio.get_running_loop().time
    deadline, told = clock() + patience, False
    async with AsyncExitStack() as stack:
        while True:
            try:
                foundation = await _opened(settings, name, stack)
                break
            except TransientFailure as failure:
                await stack.aclose()
                if clock() >= deadline:
                    raise
                if not told:
                    _log.info("waiting", reason=failure.reason, seconds=patience)
                told = True
            await asyncio.sleep(_PAUSE_SECONDS)
        yield foundation


async def _opened(settings: ServiceSettings, name: str, stack: AsyncExitStack) -> Foundation:
    store = client.connect(settings.mongo_uri, settings.mongo_database, name)
    database = await stack.enter_async_context(store)
    await indexes.ensure(database)
    await migrations.apply(database)
    bus = await stack.enter_async_context(connection.connect(settings.nats_url, name))
    await topology.ensure(bus, replicas=settings.nats_replicas)
    return Foundation(database, bus, {"store": partial(client.check, database), "broker": bus.check})
