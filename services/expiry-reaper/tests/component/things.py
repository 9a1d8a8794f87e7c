"""A reaper on real servers, with inboxes and messages to reap."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from expiry_reaper.app import assemble_reap
from expiry_reaper.handlers.late import LateMail
from expiry_reaper.handlers.reap import Reap
from mayfly.bus import topology
from mayfly.bus.connection import Bus, connect
from mayfly.records.inbox import Inbox
from mayfly.records.message import Message
from mayfly.records.octets import StoredPart
from mayfly.store import client, indexes
from mayfly.store.client import Database
from mayfly.store.creations import Creations
from mayfly.store.messages import Messages
from mayfly.store.octets import Octets
from mayfly.testing.builders import NOON, UNLIMITED, make_inbox, make_message
from mayfly.testing.clock import SettableClock


def make_due_inbox(address: str = "", **fields: Any) -> Inbox:
    """An inbox that expires at noon, which is now."""
    return make_inbox(address, **{"created_at": NOON - timedelta(hours=1), "expires_at": NOON} | fields)


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
        inbox = make_due_inbox(local_part, **fields)
        await Creations(self.database).create(inbox, UNLIMITED, self.clock())
        return inbox

    async def message(self, inbox: Inbox, octets: bytes = b"raw") -> Message:
        stored = make_message(inbox, stored_at=self.clock(), raw_size=len(octets))
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
