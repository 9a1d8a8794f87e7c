"""`make bench-webhooks`: what a webhook costs, and how soon it arrives, alone and behind the backlog of dead receivers.

Runs a dispatcher process with default settings on its own servers, for three loads: healthy endpoints only, one event
at a time and a burst; then 10,000 events for endpoints that do not answer, refuse or are slow, with events for a
healthy one behind them. Measures from publication of the event to arrival of the request; `make bench-live` measures
from SMTP 250. Prints figures; checks no target.

    python -m bench.webhooks [bad=0,3,60]
"""

import asyncio
import os
import statistics
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import perf_counter

import uvloop

from bench import options
from bench.expiry import servers
from bench.processes import cpu_of_servers, own_cpu, peak_mib
from mayfly.bus import topology
from mayfly.bus.connection import Bus, connect
from mayfly.bus.publisher import Publisher
from mayfly.events import facts
from mayfly.store import client, indexes
from mayfly.store.client import Database
from mayfly.store.documents import to_document
from mayfly.store.endpoints import Endpoints
from mayfly.testing.builders import make_endpoint, make_inbox, make_stored
from mayfly.webhooks.formats import new_secret

DATABASE = "bench_webhooks"
WAITING = 10_000
HEALTHY = 300
BURST = 3_000
BURST_ENDPOINTS = 20
PAUSE_SECONDS = 0.02


@dataclass
class Receivers:
    """One port for each kind of receiver; records when each message reaches the healthy one, and how often."""

    arrived: dict[str, float] = field(default_factory=dict)
    requests: int = 0
    ports: dict[str, int] = field(default_factory=dict)

    async def healthy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                body = await reader.readexactly(length)
                self.requests += 1
                self.arrived.setdefault(body.split(b'"subject":"')[1].split(b'"')[0].decode(), perf_counter())
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

    async def have(self, names: set[str], seconds: float = 60) -> None:
        for _ in range(int(seconds / 0.05)):
            if names <= self.arrived.keys():
                return
            await asyncio.sleep(0.05)


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


@dataclass(frozen=True)
class Rig:
    """A dispatcher at work on servers of its own."""

    database: Database
    bus: Bus
    receivers: Receivers
    dispatcher: int

    async def account(self, name: str, kind: str) -> str:
        """Create an account with an inbox and an endpoint of that kind; returns the id of both account and inbox."""
        now = datetime.now(UTC)
        inbox = make_inbox(name, id=name, created_at=now, expires_at=now + timedelta(hours=1), account_id=name)
        await self.database["inboxes"].insert_one(to_document(inbox))
        url = f"http://127.0.0.1:{self.receivers.ports[kind]}/"
        secret = new_secret("standard")
        await Endpoints(self.database).create(make_endpoint(name, id=name, url=url, created_at=now, secret=secret))
        return name

    async def spent(self) -> dict[str, float]:
        """So far: seconds of CPU of each process, commands of the store, messages of the broker."""
        cpu = {"dispatcher": own_cpu(self.dispatcher), **cpu_of_servers()}
        found = {f"CPU {name}": seconds for name, seconds in cpu.items()}
        status = await self.database.command("serverStatus")
        for name in ("insert", "query", "update", "delete"):
            found[f"store {name}"] = status["opcounters"][name]
        found["store commands"] = sum(
            status["metrics"]["commands"].get(name, {}).get("total", 0)
            for name in ("find", "insert", "update", "delete", "getMore", "findAndModify", "bulkWrite")
        )
        for stream in ("EVENTS", "DELIVERIES"):
            state = (await self.bus.jetstream.stream_info(stream)).state
            found[f"broker stored in {stream}"] = state.last_seq
        for consumer in (topology.DISPATCHER, topology.ATTEMPTS):
            info = await self.bus.jetstream.consumer_info(consumer.stream, consumer.name)
            found[f"broker delivered to {consumer.name}"] = info.delivered.consumer_seq if info.delivered else 0
        return found

    async def settled(self) -> None:
        """Wait until no event of the stream EVENTS waits and no delivery of a healthy endpoint is pending."""
        while True:
            info = await self.bus.jetstream.consumer_info("EVENTS", topology.DISPATCHER.name)
            waiting = (info.num_pending or 0) + (info.num_ack_pending or 0)
            well = {"status": "pending", "endpoint_id": {"$regex": "^well"}}
            if not waiting and not await self.database["deliveries"].find_one(well):
                return
            await asyncio.sleep(0.1)


def message(inbox_id: str, subject: str) -> facts.MessageStored:
    now = datetime.now(UTC)
    return make_stored(inbox_id, account_id=inbox_id, subject=subject, received_at=now, stored_at=now)


async def time_healthy(rig: Rig, publisher: Publisher, inbox_id: str) -> list[float]:
    """Seconds from publication to arrival for each of HEALTHY messages, one every PAUSE_SECONDS."""
    published: dict[str, float] = {}
    start = perf_counter()
    for number in range(HEALTHY):
        fact = message(inbox_id, facts.new_event_id())
        published[fact.subject] = perf_counter()
        await publisher.publish(fact)
        await asyncio.sleep(max(0.0, start + (number + 1) * PAUSE_SECONDS - perf_counter()))
    await rig.receivers.have(set(published))
    return [rig.receivers.arrived.get(subject, float("inf")) - at for subject, at in published.items()]


def report(what: str, seconds: list[float]) -> None:
    cuts = statistics.quantiles(seconds, n=100)
    print(
        f"{what}: p50 {cuts[49] * 1000:.1f} ms, p90 {cuts[89] * 1000:.1f} ms, p99 {cuts[98] * 1000:.1f} ms, "
        f"longest {max(seconds) * 1000:.1f} ms ({len(seconds)} deliveries, load average {os.getloadavg()[0]:.1f})",
        flush=True,
    )


def report_costs(before: dict[str, float], after: dict[str, float], deliveries: int) -> None:
    each = {name: (after[name] - before[name]) / deliveries for name in after}
    cpu = {name: value for name, value in each.items() if name.startswith("CPU")}
    parts = ", ".join(f"{name.removeprefix('CPU ')} {value * 1e6:.0f}" for name, value in cpu.items())
    print(f"  CPU a delivery: {sum(cpu.values()) * 1e6:.0f} us ({parts})")
    for kind in ("store", "broker"):
        told = [f"{name.removeprefix(kind)} {each[name]:.2f}" for name in each if name.startswith(kind)]
        print(f"  {kind} a delivery:{','.join(told)}", flush=True)


async def measure_healthy(rig: Rig) -> None:
    """One event at a time, and a burst for several endpoints."""
    publisher = Publisher(rig.bus)
    well = await rig.account("well", "healthy")
    await time_healthy(rig, publisher, well)
    before = await rig.spent()
    report("healthy alone, 50 a second", await time_healthy(rig, publisher, well))
    await rig.settled()
    report_costs(before, await rig.spent(), HEALTHY)
    busy = [await rig.account(f"well-{number}", "healthy") for number in range(BURST_ENDPOINTS)]
    burst = [message(busy[number % len(busy)], facts.new_event_id()) for number in range(BURST)]
    before, started, seen = await rig.spent(), perf_counter(), rig.receivers.requests
    await publisher.publish_all(burst)
    await rig.receivers.have({fact.subject for fact in burst})
    seconds = perf_counter() - started
    await rig.settled()
    print(f"burst of {BURST} for {BURST_ENDPOINTS} healthy endpoints: all arrived after {seconds:.1f} s")
    report_costs(before, await rig.spent(), BURST)
    print(f"  requests beyond one each: {rig.receivers.requests - seen - BURST}")


async def measure_behind_dead(rig: Rig, bad_accounts: int) -> None:
    """10,000 events for dead and slow endpoints, and at the same time the events of a healthy one behind them."""
    publisher = Publisher(rig.bus)
    well = await rig.account("well-behind", "healthy")
    await time_healthy(rig, publisher, well)
    kinds = ("silent", "refusing", "slow")
    bad = [await rig.account(f"bad-{number}", kinds[number % len(kinds)]) for number in range(bad_accounts)]
    flood = [message(bad[number % bad_accounts], "flood") for number in range(WAITING)]
    before, started = await rig.spent(), perf_counter()
    await publisher.publish_all(flood)
    print(f"{WAITING} events for {bad_accounts} dead and slow endpoints published in {perf_counter() - started:.1f} s")
    report("  healthy, behind them", await time_healthy(rig, publisher, well))
    await rig.settled()
    print(f"  all {WAITING} are acked after {perf_counter() - started:.1f} s")
    report_costs(before, await rig.spent(), WAITING + HEALTHY)
    report("  healthy, after that", await time_healthy(rig, publisher, well))
    tried = {"attempts.0": {"$exists": True}, "endpoint_id": {"$regex": "^bad"}}
    print(f"  of the {WAITING}, {await rig.database['deliveries'].count_documents(tried)} have had an attempt by now")
    print(f"  peak RSS of the dispatcher: {peak_mib(rig.dispatcher):.0f} MiB", flush=True)


@asynccontextmanager
async def rig(uri: str, url: str) -> AsyncIterator[Rig]:
    async with (
        receivers() as made,
        client.connect(uri, DATABASE, "bench") as database,
        connect(url, "bench") as bus,
    ):
        await indexes.ensure(database)
        await topology.ensure(bus)
        environment = {
            **os.environ,
            "MAYFLY_MONGO_URI": uri,
            "MAYFLY_MONGO_DATABASE": DATABASE,
            "MAYFLY_NATS_URL": url,
            "MAYFLY_WEBHOOK_ALLOW_CIDRS": "127.0.0.0/8",
        }
        dispatcher = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "webhook_dispatcher", env=environment, stdout=subprocess.DEVNULL
        )
        try:
            yield Rig(database, bus, made, dispatcher.pid)
        finally:
            dispatcher.terminate()
            await dispatcher.wait()


async def measure(uri: str, url: str, bad_accounts: int) -> None:
    async with rig(uri, url) as made:
        if bad_accounts:
            await measure_behind_dead(made, bad_accounts)
        else:
            await measure_healthy(made)


def main() -> None:
    for bad_accounts in map(int, options.read(bad="0,3,60")["bad"].split(",")):
        with servers() as (uri, url), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(measure(uri, url, bad_accounts))


if __name__ == "__main__":
    main()
