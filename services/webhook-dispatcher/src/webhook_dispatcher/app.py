"""The composition root: which parts make a dispatcher, and which event goes to which handler."""

import random
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from time import monotonic

from mayfly.bus import connection, topology
from mayfly.bus.consumer import Consumption
from mayfly.bus.publisher import Publisher
from mayfly.bus.schedule import Schedule
from mayfly.service.clock import system_clock
from mayfly.service.rounds import TimedRounds
from mayfly.service.run import Component
from mayfly.store import client, indexes
from mayfly.store.deliveries import Deliveries
from mayfly.store.endpoints import Endpoints
from mayfly.store.inboxes import Inboxes
from mayfly.webhooks.destinations import parse_policy
from mayfly.webhooks.formats import Format
from webhook_dispatcher.adapters.connections import Resolver
from webhook_dispatcher.adapters.sender import open_sender
from webhook_dispatcher.domain.formats import WIRES, Wire
from webhook_dispatcher.domain.lanes import Bounds, Lanes
from webhook_dispatcher.handlers.attempts import Attempts
from webhook_dispatcher.handlers.fan_out import FanOut
from webhook_dispatcher.handlers.health import Health
from webhook_dispatcher.handlers.recovery import Recovery
from webhook_dispatcher.settings import Settings

_NAME = "webhook-dispatcher"
_RECOVERY_SECONDS = 30.0
_BATCH = 400  # a flood is passed on in few round trips, and what is behind it comes sooner


@asynccontextmanager
async def build(settings: Settings, wires: Mapping[Format, Wire] = WIRES) -> AsyncIterator[Component]:
    """A dispatcher, connected and proven, until the context ends."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(client.connect(settings.mongo_uri, settings.mongo_database, _NAME))
        await indexes.ensure(database)
        bus = await stack.enter_async_context(connection.connect(settings.nats_url, _NAME))
        await topology.ensure(bus, replicas=settings.nats_replicas)
        policy = parse_policy(settings.webhook_allow_cidrs)
        sender = await stack.enter_async_context(open_sender(policy, settings.webhook_ca_file, Resolver()))
        endpoints, deliveries, publisher = Endpoints(database), Deliveries(database), Publisher(bus)
        chance = random.SystemRandom().random
        fan_out = FanOut(endpoints, deliveries, publisher, system_clock)
        attempts = Attempts(
            endpoints=endpoints,
            deliveries=deliveries,
            inboxes=Inboxes(database),
            publisher=publisher,
            sender=sender,
            health=Health(endpoints, publisher),
            lanes=Lanes(Bounds(), monotonic, chance),
            clock=system_clock,
            chance=chance,
            wires=wires,
        )
        events = Consumption(bus, topology.DISPATCHER, fan_out, batch=_BATCH)
        due = Consumption(bus, topology.ATTEMPTS, attempts, batch=_BATCH)
        recovery = Recovery(deliveries, Schedule(bus), publisher, system_clock)
        yield Component(
            tasks={
                "events": events.run,
                "attempts": due.run,
                "recovery": TimedRounds(recovery, _RECOVERY_SECONDS).run,
            },
            checks={
                "store": partial(client.check, database),
                "broker": bus.check,
                "events": events.check,
                "attempts": due.check,
            },
        )
