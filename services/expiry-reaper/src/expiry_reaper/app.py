"""The composition root: which parts make a reaper, and what it does in rounds."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from expiry_reaper.entrypoints.rounds import PacedRounds, TimedRounds
from expiry_reaper.handlers.leftovers import Leftovers
from expiry_reaper.handlers.reap import Reap
from expiry_reaper.settings import Settings
from mayfly.bus import connection, topology
from mayfly.bus.claims import Claims
from mayfly.bus.publisher import Publisher
from mayfly.service.clock import system_clock
from mayfly.service.run import Component
from mayfly.store import client, indexes
from mayfly.store.deliveries import Deliveries
from mayfly.store.endpoints import Endpoints
from mayfly.store.inboxes import Inboxes
from mayfly.store.messages import Messages
from mayfly.store.octets import Octets

_NAME = "expiry-reaper"


@asynccontextmanager
async def build(settings: Settings) -> AsyncIterator[Component]:
    """A reaper, connected and proven, until the context ends."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(client.connect(settings.mongo_uri, settings.mongo_database, _NAME))
        await indexes.ensure(database)
        bus = await stack.enter_async_context(connection.connect(settings.nats_url, _NAME))
        await topology.ensure(bus, replicas=settings.nats_replicas)
        reap = Reap(
            inboxes=Inboxes(database),
            messages=Messages(database),
            holdings=(Octets(database), Deliveries(database), Endpoints(database)),
            publisher=Publisher(bus),
            clock=system_clock,
            lease_seconds=settings.reap_lease_seconds,
        )
        leftovers = Leftovers(Claims(bus), system_clock)
        yield Component(
            tasks={
                "inboxes": PacedRounds(reap, settings.reap_seconds).run,
                "leftovers": TimedRounds(leftovers, settings.leftovers_seconds).run,
            },
            checks={"store": partial(client.check, database), "broker": bus.check},
        )
