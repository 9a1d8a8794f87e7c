"""The store and the broker, connected and checked: what every process needs. Opened once by each `app.build`."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from mayfly.bus import connection, topology
from mayfly.bus.connection import Bus
from mayfly.service.probes import Check
from mayfly.service.settings import ServiceSettings
from mayfly.store import client, indexes, migrations
from mayfly.store.client import Database


@dataclass(frozen=True)
class Foundation:
    """`checks`: readiness of `store` and `broker`, for the process's Component."""

    database: Database
    bus: Bus
    checks: Mapping[str, Check]


@asynccontextmanager
async def open_foundation(settings: ServiceSettings, name: str) -> AsyncIterator[Foundation]:
    """Connect to store and broker; create indexes and streams, and migrate documents; close both at the end.

    `name`: how the servers list this process. Raises TransientFailure when one of them does not answer,
    IncompatibleStream when a stream exists with settings that cannot be changed.
    """
    async with client.connect(settings.mongo_uri, settings.mongo_database, name) as database:
        await indexes.ensure(database)
        await migrations.apply(database)
        async with connection.connect(settings.nats_url, name) as bus:
            await topology.ensure(bus, replicas=settings.nats_replicas)
            yield Foundation(database, bus, {"store": partial(client.check, database), "broker": bus.check})
