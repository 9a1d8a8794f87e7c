"""Inboxes and what they hold, made for tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from expiry_reaper.app import assemble_reap
from expiry_reaper.handlers.late import LateMail
from expiry_reaper.handlers.reap import Reap
from mayfly.bus import topology
from mayfly.bus.connection import Bus, connect
from mayfly.events.facts import new_event_id
from mayfly.store import client, indexes
from mayfly.store.client import Database
from mayfly.store.inboxes import Inbox, Inboxes
from mayfly.store.messages import Message, Messages, StoredEnvelope
from mayfly.store.octets import Octets, Part

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class SetClock:
    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class World:
    database: Database
    bus: Bus
    clock: SetClock
    late: LateMail
    reap: Reap

    def another_reap(self) -> Reap:
        """A second reaper on the same store and broker."""
        return assemble_reap(self.database, self.bus, self.late, self.clock, lease_seconds=60)

    async def inbox(self, address: str = "", **fields: Any) -> Inbox:
        inbox_id = new_event_id()
        local_part = address or inbox_id
        given: dict[str, Any] = {"created_at": NOON - timedelta(hours=1), "expires_at": NOON, **fields}
        inbox = Inbox(
            id=inbox_id, address=f"{local_part}@mayfly.test", local_part=local_part, domain="mayfly.test", **given
        )
        await Inboxes(self.database).create(inbox, self.clock())
        return inbox

    async def message(self, inbox: Inbox, octets: bytes = b"raw", message_id: str = "") -> Message:
        message = Message(
            id=message_id or new_event_id(),
            inbox_id=inbox.id,
            account_id=inbox.account_id,
            address=inbox.address,
            event_id=new_event_id(),
            envelope=StoredEnvelope(reverse_path="", forward_path=inbox.address),
            received_at=inbox.created_at,
            stored_at=self.clock(),
            raw_size=len(octets),
        )
        await Messages(self.database).insert_missing([message])
        await Octets(self.database).insert_missing([Part(message.id, inbox.id, "raw", octets)])
        return message

    async def counts(self, *collections: str) -> list[int]:
        return [await self.database[name].count_documents({}) for name in collections]


@asynccontextmanager
async def world(mongo_uri: str, mongo_database: str, nats_url: str) -> AsyncIterator[World]:
    async with client.connect(mongo_uri, mongo_database, "test") as database, connect(nats_url, "test") as bus:
        await indexes.ensure(database)
        await topology.ensure(bus)
        clock = SetClock()
        late = LateMail(Messages(database), Octets(database), clock)
        yield World(database, bus, clock, late, assemble_reap(database, bus, late, clock, lease_seconds=60))
