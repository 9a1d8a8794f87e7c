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
from mayfly.records.inbox import Inbox
from mayfly.records.message import Message, StoredEnvelope
from mayfly.records.octets import StoredPart
from mayfly.store import client, indexes
from mayfly.store.client import Database
from mayfly.store.inboxes import Inboxes
from mayfly.store.messages import Messages
from mayfly.store.octets import Octets
from mayfly.testing.clock import SettableClock

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def made(local_part: str = "", **fields: Any) -> Inbox:
    """An inbox that expires at noon."""
    inbox_id = new_event_id()
    name = local_part or inbox_id
    given: dict[str, Any] = {"created_at": NOON - timedelta(hours=1), "expires_at": NOON, **fields}
    return Inbox(id=inbox_id, address=f"{name}@mayfly.test", local_part=name, domain="mayfly.test", **given)


def message(inbox: Inbox, now: datetime, octets: bytes = b"raw") -> Message:
    return Message(
        id=new_event_id(),
        inbox_id=inbox.id,
        account_id=inbox.account_id,
        address=inbox.address,
        event_id=new_event_id(),
        envelope=StoredEnvelope(reverse_path="", forward_path=inbox.address),
        received_at=inbox.created_at,
        stored_at=now,
        raw_size=len(octets),
    )


@dataclass
class World:
    database: Database
    bus: Bus
    clock: SettableClock
    late: LateMail
    reap: Reap

    def another_reap(self) -> Reap:
        """A second reaper on the same store and broker."""
        return assemble_reap(self.database, self.bus, self.late, self.clock, lease_seconds=60)

    async def inbox(self, local_part: str = "", **fields: Any) -> Inbox:
        inbox = made(local_part, **fields)
        await Inboxes(self.database).create(inbox, self.clock())
        return inbox

    async def message(self, inbox: Inbox, octets: bytes = b"raw") -> Message:
        stored = message(inbox, self.clock(), octets)
        await Messages(self.database).insert_missing([stored])
        await Octets(self.database).insert_missing([StoredPart(stored.id, inbox.id, "raw", octets)])
        return stored

    async def counts(self, *collections: str) -> list[int]:
        return [await self.database[name].count_documents({}) for name in collections]


@asynccontextmanager
async def world(mongo_uri: str, mongo_database: str, nats_url: str) -> AsyncIterator[World]:
    async with client.connect(mongo_uri, mongo_database, "test") as database, connect(nats_url, "test") as bus:
        await indexes.ensure(database)
        await topology.ensure(bus)
        clock = SettableClock(NOON)
        late = LateMail(Messages(database), Octets(database), clock)
        yield World(database, bus, clock, late, assemble_reap(database, bus, late, clock, lease_seconds=60))
