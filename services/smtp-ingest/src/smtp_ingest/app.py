"""Composition root of smtp-ingest: which store, which broker, which handlers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from mayfly.bus import claims, publisher, topology
from mayfly.bus.connection import connect as connect_bus
from mayfly.service.clock import system_clock
from mayfly.service.run import Component
from mayfly.store import client, domains, inboxes, indexes
from smtp_ingest.entrypoints.listener import listen
from smtp_ingest.entrypoints.session import Services
from smtp_ingest.handlers.reception import Reception
from smtp_ingest.handlers.recipients import Recipients
from smtp_ingest.settings import Settings


@asynccontextmanager
async def build(settings: Settings) -> AsyncIterator[Component]:
    """The service, its dependencies proven. Raises TransientFailure, IncompatibleStream."""
    async with (
        client.connect(settings.mongo_uri, settings.mongo_database, "smtp-ingest") as database,
        connect_bus(settings.nats_url, "smtp-ingest") as bus,
    ):
        await indexes.ensure(database)
        await topology.ensure(bus, replicas=settings.nats_replicas)
        services = Services(
            settings,
            Recipients(inboxes.Inboxes(database), domains.Domains(database), system_clock),
            Reception(publisher.Publisher(bus), claims.Claims(bus), system_clock, settings.smtp_hostname),
        )
        yield Component(
            tasks={"smtp": partial(listen, services)},
            checks={"store": partial(client.check, database), "broker": bus.check},
        )
