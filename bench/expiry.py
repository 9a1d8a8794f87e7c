"""`make bench-expiry`: how fast the reaper deletes inboxes and their contents, on its own servers.

Two loads: empty inboxes (target 5,000 a second), and inboxes of 20 messages with 2 kB of raw octets each (target
20,000 messages a second). Uses the reaper's handlers and pacer. Measures from the first lease to
the last. Prints figures; checks no target.
"""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from time import perf_counter

import uvloop

from expiry_reaper.app import assemble_reap
from expiry_reaper.entrypoints.pacer import Pacer
from expiry_reaper.handlers.late import LateMail
from mayfly.bus import topology
from mayfly.bus.connection import connect
from mayfly.records.inbox import Inbox
from mayfly.records.message import Message
from mayfly.records.octets import StoredPart
from mayfly.service.clock import system_clock
from mayfly.store import client, indexes
from mayfly.store.client import Database
from mayfly.store.documents import to_document
from mayfly.store.messages import Messages
from mayfly.store.octets import Octets
from mayfly.testing.builders import make_inbox, make_message
from mayfly_local import throwaway
from mayfly_local.ports import Ports

EMPTY_INBOXES = 20_000
FULL_INBOXES = 1_000
MESSAGES_EACH = 20
CHUNK = 2_000


@contextmanager
def servers() -> Iterator[tuple[str, str]]:
    ports = Ports()
    try:
        with throwaway.mongod(ports) as uri, throwaway.nats_server(ports) as url:
            yield uri, url
    finally:
        ports.release()


def expired(count: int, account_id: str | None) -> list[Inbox]:
    now = datetime.now(UTC)
    return [
        make_inbox(created_at=now - timedelta(hours=1), expires_at=now, account_id=account_id) for _ in range(count)
    ]


def message(inbox: Inbox) -> Message:
    return make_message(
        inbox,
        raw_size=2048,
        subject="Your code",
        text="Your code is 482193. " * 40,
        html="<p>Your code is 482193.</p>" * 20,
    )


async def fill(database: Database, inboxes: list[Inbox], messages_each: int) -> None:
    for start in range(0, len(inboxes), CHUNK):
        await database["inboxes"].insert_many([to_document(inbox) for inbox in inboxes[start : start + CHUNK]])
    octets, messages = Octets(database), Messages(database)
    for start in range(0, len(inboxes) if messages_each else 0, 100):
        batch = [message(inbox) for inbox in inboxes[start : start + 100] for _ in range(messages_each)]
        await messages.insert_missing(batch)
        await octets.insert_missing([StoredPart(m.id, m.inbox_id, "raw", os.urandom(m.raw_size)) for m in batch])


async def measure(uri: str, url: str, name: str, inboxes: list[Inbox], messages_each: int) -> None:
    async with client.connect(uri, "bench_expiry", "bench") as database, connect(url, "bench") as bus:
        await indexes.ensure(database)
        await topology.ensure(bus)
        await fill(database, inboxes, messages_each)
        late = LateMail(Messages(database), Octets(database), system_clock)
        reap = assemble_reap(database, bus, late, system_clock, lease_seconds=60)
        stop = asyncio.Event()

        async def reap_until_done(limit: int) -> int:
            if not (done := await reap(limit)):
                stop.set()
            return done

        pacer = Pacer(reap_until_done, 0.05)
        started = perf_counter()
        await pacer.run(stop)
        seconds = perf_counter() - started
        left = [await database[name].count_documents({}) for name in ("inboxes", "messages", "octets")]
        await database.client.drop_database("bench_expiry")
    total = len(inboxes) * messages_each
    print(
        f"{name}: {len(inboxes)} inboxes in {seconds:.2f} s = {len(inboxes) / seconds:,.0f} inboxes/s, "
        f"{total / seconds:,.0f} messages/s; left (inboxes, messages, octets) {left}; batch {pacer.limit}; "
        f"load average {os.getloadavg()[0]:.1f}"
    )


def main() -> None:
    with servers() as (uri, url), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(measure(uri, url, "empty, anonymous", expired(EMPTY_INBOXES, None), 0))
        runner.run(measure(uri, url, "empty, owned", expired(EMPTY_INBOXES, "account"), 0))
        runner.run(measure(uri, url, f"with {MESSAGES_EACH} messages", expired(FULL_INBOXES, "account"), MESSAGES_EACH))


if __name__ == "__main__":
    main()
