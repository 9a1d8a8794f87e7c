"""The composition root: connects what the handlers need and says which event goes to which handler.

| consumer | event | handler |
|---|---|---|
| MAIL / parser | MailReceived | handlers.store_mail.StoreMail |
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from mayfly.bus import connection, topology
from mayfly.bus.claims import Claims
from mayfly.bus.consumer import Consumption
from mayfly.bus.publisher import Publisher
from mayfly.service.clock import system_clock
from mayfly.service.run import Component
from mayfly.store import client, indexes
from mayfly.store.inboxes import Inboxes
from mayfly.store.messages import Messages
from mayfly.store.octets import Octets
from message_parser.adapters.children import children
from message_parser.handlers.store_mail import StoreMail
from message_parser.settings import Settings


@asynccontextmanager
async def build(settings: Settings) -> AsyncIterator[Component]:
    """The parser, connected and proven. Raises TransientFailure, IncompatibleStream."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(
            client.connect(settings.mongo_uri, settings.mongo_database, "mayfly-parser")
        )
        await indexes.ensure(database)
        bus = await stack.enter_async_context(connection.connect(settings.nats_url, "mayfly-parser"))
        await topology.ensure(bus, replicas=settings.nats_replicas)
        pool = await stack.enter_async_context(
            children(settings.children, seconds=settings.parse_seconds, memory_mib=settings.parse_memory_mib)
        )
        handler = StoreMail(
            parser=pool,
            inboxes=Inboxes(database),
            messages=Messages(database),
            octets=Octets(database),
            claims=Claims(bus),
            publisher=Publisher(bus),
            clock=system_clock,
        )
        mail = Consumption(
            bus,
            topology.PARSER,
            handler.handle,
            settled=handler.settled,
            batch=settings.batch,
            lanes=settings.lanes,
        )
        yield Component(
            tasks={"mail": mail.run},
            checks={"broker": bus.check, "store": partial(client.check, database), "mail": mail.check},
        )
