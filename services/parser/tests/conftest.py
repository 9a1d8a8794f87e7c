"""Fixtures: a real parser on real servers, and access to the store and the bus around it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any

import pytest

from mayfly.bus import connection, topology
from mayfly.bus.claims import Claims
from mayfly.bus.connection import Bus
from mayfly.bus.publisher import Publisher
from mayfly.events import facts
from mayfly.events.facts import INLINE_LIMIT_OCTETS
from mayfly.records.inbox import Extent, Inbox
from mayfly.records.message import Message
from mayfly.service.clock import system_clock
from mayfly.store import client, indexes
from mayfly.store.client import Database
from mayfly.store.creations import Creations
from mayfly.store.inboxes import Inboxes
from mayfly.store.messages import Messages
from mayfly.testing.builders import UNLIMITED, make_inbox, make_mail
from message_parser.settings import Settings


class World:
    """`receive` publishes a mail as smtp-ingest does; `message` waits until the parser has stored it."""

    def __init__(self, bus: Bus, database: Database, settings: Settings) -> None:
        self.bus = bus
        self.database = database
        self.settings = settings
        self.claims = Claims(bus)
        self.publisher = Publisher(bus)
        self.messages = Messages(database)
        self.inboxes = Inboxes(database)

    async def inbox(self, *, expires_at: datetime | None = None) -> Inbox:
        now = system_clock()
        inbox = make_inbox(created_at=now, expires_at=expires_at or now + timedelta(hours=1), account_id="account-1")
        await Creations(self.database).create(inbox, UNLIMITED, now)
        return inbox

    async def receive(self, octets: bytes, inboxes: Sequence[Inbox], **envelope: Any) -> facts.MailReceived:
        event = await self.event(octets, inboxes, **envelope)
        await self.publisher.publish(event)
        return event

    async def event(self, octets: bytes, inboxes: Sequence[Inbox], **envelope: Any) -> facts.MailReceived:
        event_id = facts.new_event_id()
        inline = len(octets) <= INLINE_LIMIT_OCTETS
        held = octets if inline else await self.claims.put(event_id, octets)
        sender = {"reverse_path": "bounce@sender.example", "helo": "mx.sender.example", "peer_address": "192.0.2.10"}
        return make_mail(*inboxes, octets=held, received_at=system_clock(), event_id=event_id, **sender, **envelope)

    async def message(self, inbox: Inbox, seconds: float = 15) -> Message:
        """The newest message of the inbox, once there is one."""
        return (await self.messages_of(inbox, 1, seconds))[0]

    async def messages_of(self, inbox: Inbox, count: int, seconds: float = 15) -> list[Message]:
        async with asyncio.timeout(seconds):
            while len(found := await self.messages.newest(Extent(inbox.id), 1000)) < count:
                await asyncio.sleep(0.01)
        return found

    async def drained(self, seconds: float = 15) -> None:
        """Return once every mail on the stream is acked or a dead letter."""
        async with asyncio.timeout(seconds):
            while True:
                parser = await self.bus.jetstream.consumer_info("MAIL", "parser")
                if not parser.num_pending and not parser.num_ack_pending:
                    return
                await asyncio.sleep(0.01)

    async def events(self) -> list[facts.Fact]:
        """Everything on the stream EVENTS, in order."""
        from mayfly.events import codec, subjects

        state = (await self.bus.jetstream.stream_info("EVENTS")).state
        found = [await self.bus.jetstream.get_msg("EVENTS", n) for n in range(state.first_seq or 1, state.last_seq + 1)]
        return [codec.decode((raw.headers or {})[subjects.TYPE_HEADER], raw.data or b"") for raw in found]

    async def count(self, collection: str) -> int:
        return await self.database[collection].count_documents({})


@pytest.fixture
async def world(mongo_uri: str, mongo_database: str, clean_nats: str) -> AsyncIterator[World]:
    settings = Settings(
        mongo_uri=mongo_uri,
        mongo_database=mongo_database,
        nats_url=clean_nats,
        children=1,
        authentication=False,
        verdict_nice=0,  # a test waits for the verdicts of its mails, on a machine that other tests keep busy
    )
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(client.connect(mongo_uri, mongo_database, "test"))
        await indexes.ensure(database)
        bus = await stack.enter_async_context(connection.connect(clean_nats, "test"))
        await topology.ensure(bus)
        yield World(bus, database, settings)


StartParser = Callable[..., Awaitable[None]]


@pytest.fixture
async def start_parser(world: World) -> AsyncIterator[StartParser]:
    """Starts a parser in this process: `await start_parser()`. It is drained and closed after the test."""
    from message_parser.app import build

    stop = asyncio.Event()
    async with AsyncExitStack() as stack:
        tasks: list[asyncio.Task[None]] = []

        async def start(settings: Settings = world.settings) -> None:
            component = await stack.enter_async_context(build(settings, fetch_seconds=0.1))
            tasks.extend(asyncio.create_task(task(stop)) for task in component.tasks.values())

        yield start
        stop.set()
        await asyncio.gather(*tasks)
