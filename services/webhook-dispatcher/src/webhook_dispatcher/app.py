"""The composition root: builds the dispatcher, and maps each event to its handler."""

import random
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from time import monotonic

from mayfly.bus import topology
from mayfly.bus.consumer import Consumption
from mayfly.bus.publisher import Publisher
from mayfly.bus.schedule import Schedule
from mayfly.service.clock import system_clock
from mayfly.service.foundation import open_foundation
from mayfly.service.run import Component
from mayfly.service.ticker import Ticker
from mayfly.store.api_keys import ApiKeys
from mayfly.store.deliveries import Deliveries
from mayfly.store.endpoints import Endpoints
from mayfly.store.inboxes import Inboxes
from mayfly.webhooks.destinations import parse_policy
from mayfly.webhooks.formats import Format
from webhook_dispatcher.adapters.connections import Resolver
from webhook_dispatcher.adapters.sender import open_sender
from webhook_dispatcher.domain.formats import WIRES, Wire
from webhook_dispatcher.domain.lanes import LaneLimits, Lanes
from webhook_dispatcher.handlers.attempts import Attempts
from webhook_dispatcher.handlers.courier import Courier
from webhook_dispatcher.handlers.fan_out import BATCH, FanOut
from webhook_dispatcher.handlers.first_attempts import FirstAttempts
from webhook_dispatcher.handlers.health import Health
from webhook_dispatcher.handlers.listeners import Listeners
from webhook_dispatcher.handlers.recovery import Recovery
from webhook_dispatcher.settings import Settings

_NAME = "webhook-dispatcher"
_RECOVERY_SECONDS = 30.0
_DUE_AT_ONCE = 200


@asynccontextmanager
async def build(settings: Settings, wires: Mapping[Format, Wire] = WIRES) -> AsyncIterator[Component]:
    """A dispatcher, connected and checked, until the context ends."""
    async with AsyncExitStack() as stack:
        foundation = await stack.enter_async_context(open_foundation(settings, _NAME))
        database, bus = foundation.database, foundation.bus
        policy = parse_policy(settings.webhook_allow_cidrs)
        sender = await stack.enter_async_context(open_sender(policy, settings.webhook_ca_file, Resolver()))
        endpoints, deliveries, publisher = Endpoints(database), Deliveries(database), Publisher(bus)
        chance = random.SystemRandom().random
        inboxes, health = Inboxes(database), Health(endpoints, ApiKeys(database), publisher)
        lanes = Lanes(LaneLimits(), monotonic, chance)
        courier = Courier(
            deliveries=deliveries,
            publisher=publisher,
            sender=sender,
            health=health,
            lanes=lanes,
            clock=system_clock,
            chance=chance,
            wires=wires,
        )
        fan_out = FanOut(
            listeners=Listeners(endpoints),
            deliveries=deliveries,
            inboxes=inboxes,
            health=health,
            first_attempts=FirstAttempts(publisher=publisher, courier=courier, lanes=lanes, clock=system_clock),
            clock=system_clock,
        )
        attempts = Attempts(
            endpoints=endpoints,
            deliveries=deliveries,
            inboxes=inboxes,
            publisher=publisher,
            health=health,
            courier=courier,
            lanes=lanes,
            clock=system_clock,
        )
        events = Consumption(bus, topology.DISPATCHER, fan_out, batch=BATCH)
        due = Consumption(bus, topology.ATTEMPTS, attempts, batch=_DUE_AT_ONCE)
        recovery = Recovery(deliveries, Schedule(bus), publisher, system_clock)
        yield Component(
            tasks={
                "events": events.run,
                "attempts": due.run,
                "recovery": Ticker(recovery, _RECOVERY_SECONDS).run,
            },
            checks={**foundation.checks, "events": events.check, "attempts": due.check},
        )
