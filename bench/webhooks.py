"""`make bench-webhooks`: latency of a healthy receiver while 10,000 deliveries wait for dead and slow ones.

Runs a dispatcher process on its own servers. First with the healthy receiver alone; then with 10,000 deliveries for
receivers that do not answer, refuse or are slow, for a number of accounts. Measures from publication of the event to
arrival of the request. Prints figures; checks no target.
"""

import asyncio
import os
import statistics
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from time import perf_counter

import uvloop

from bench.expiry import servers
from mayfly.bus import topology
from mayfly.bus.connection import Bus, connect
from mayfly.bus.publisher import Publisher
from mayfly.events import facts
from mayfly.store import client, indexes
from mayfly.store.client import Database
from mayfly.store.documents import to_document
from mayfly.store.endpoints import Endpoints
from mayfly.testing.builders import make_endpoint, make_inbox, make_stored

WAITING = 10_000
HEALTHY = 300
PAUSE_SECONDS = 0.02


class Receivers:
    """One port for each kind of receiver; records when each message reaches the healthy one."""

    def __init__(self) -> None:
        self.arrived: dict[str, float] = {}
        self.ports: dict[str, int] = {}

    async def healthy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                body = await reader.readexactly(length)
                self.arrived.setdefault(body.split(b'"id":"')[1].split(b'"')[0].decode(), perf_counter())
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def silent(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def slow(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(4)
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        writer.close()


@asynccontextmanager
async def receivers() -> AsyncIterator[Receivers]:
    made = Receivers()
    running = []
    for name in ("healthy", "silent", "slow"):
        server = await asyncio.start_server(getattr(made, name), "127.0.0.1", 0, backlog=1024)
        made.ports[name] = server.sockets[0].getsockname()[1]
        running.append(server)
    made.ports["refusing"] = 9  # discard: no listener
    try:
        yield made
    finally:
        for server in running:
            server.close()


def message(inbox_id: str, account_id: str) -> facts.MessageStored:
    now = datetime.now(UTC)
    return make_stored(inbox_id, account_id=account_id, received_at=now, stored_at=now)


async def account(database: Database, name: str, port: int) -> str:
    """Create an account's inbox and an endpoint on that port; returns the id of both account and inbox."""
    now = datetime.now(UTC)
    inbox = make_inbox(name, id=name, created_at=now, expires_at=now + timedelta(hours=1), account_id=name)
    await database["inboxes"].insert_one(to_document(inbox))
    url = f"http://127.0.0.1:{port}/"
    await Endpoints(database).create(make_endpoint(name, id=name, url=url, created_at=now, format="vaultmail"))
    return name


async def time_healthy(publisher: Publisher, made: Receivers, inbox_id: str) -> list[float]:
    """Seconds from publication to arrival for each of HEALTHY messages, one every PAUSE_SECONDS."""
    published: dict[str, float] = {}
    for _ in range(HEALTHY):
        fact = message(inbox_id, inbox_id)
        published[fact.message_id] = perf_counter()
        await publisher.publish(fact)
        await asyncio.sleep(PAUSE_SECONDS)
    for _ in range(1200):
        if published.keys() <= made.arrived.keys():
            break
        await asyncio.sleep(0.05)
    return [made.arrived.get(message_id, float("inf")) - at for message_id, at in published.items()]


def report(what: str, seconds: list[float]) -> None:
    cuts = statistics.quantiles(seconds, n=100)
    print(
        f"{what}: p50 {cuts[49] * 1000:.1f} ms, p90 {cuts[89] * 1000:.1f} ms, p99 {cuts[98] * 1000:.1f} ms, "
        f"longest {max(seconds) * 1000:.1f} ms ({len(seconds)} deliveries, load average {os.getloadavg()[0]:.1f})"
    )


async def attempts_made(database: Database) -> int:
    return await database["deliveries"].count_documents({"attempts.0": {"$exists": True}})


async def measure(uri: str, url: str, bad_accounts: int) -> None:
    async with (
        receivers() as made,
        client.connect(uri, "bench_webhooks", "bench") as database,
        connect(url, "bench") as bus,
    ):
        await indexes.ensure(database)
        await topology.ensure(bus)
        environment = {
            **os.environ,
            "MAYFLY_MONGO_URI": uri,
            "MAYFLY_MONGO_DATABASE": "bench_webhooks",
            "MAYFLY_NATS_URL": url,
            "MAYFLY_WEBHOOK_ALLOW_CIDRS": "127.0.0.0/8",
            "MAYFLY_LOG_LEVEL": "ERROR",
        }
        dispatcher = await asyncio.create_subprocess_exec(sys.executable, "-m", "webhook_dispatcher", env=environment)
        try:
            await scenario(database, bus, made, bad_accounts)
        finally:
            dispatcher.terminate()
            await dispatcher.wait()
            await database.client.drop_database("bench_webhooks")


async def scenario(database: Database, bus: Bus, made: Receivers, bad_accounts: int) -> None:
    publisher = Publisher(bus)
    well = await account(database, "well", made.ports["healthy"])
    await time_healthy(publisher, made, well)
    report("healthy alone", await time_healthy(publisher, made, well))
    kinds = ("silent", "refusing", "slow")
    bad = [
        await account(database, f"bad-{number}", made.ports[kinds[number % len(kinds)]])
        for number in range(bad_accounts)
    ]
    flood = [message(bad[number % bad_accounts], bad[number % bad_accounts]) for number in range(WAITING)]
    started = perf_counter()
    await publisher.publish_all(flood)
    print(
        f"{WAITING} deliveries for {bad_accounts} dead and slow endpoints published in {perf_counter() - started:.1f} s"
    )
    report("healthy, from that moment on", await time_healthy(publisher, made, well))
    report("healthy, after that", await time_healthy(publisher, made, well))
    print(f"of those {WAITING}, {await attempts_made(database) - 4 * HEALTHY} have had an attempt by now")


def main() -> None:
    for bad_accounts in (3, 60):
        with servers() as (uri, url), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(measure(uri, url, bad_accounts))


if __name__ == "__main__":
    main()
