"""Benchmark: mails per second that one parser process stores, from fetch to ack, on real servers.

`make bench-parser`. For each kind of mail (bench.parser_mails) and all of them mixed: publishes a backlog, starts one
parser with two children, and measures until all are stored and acked. Prints CPU time and memory by process and the
share of each step, then the latency of single sign-up mails. Everything is on, as users run it; `authentication=false`
switches SPF, DKIM and DMARC off, which run after this path.

    python -m bench.parser [mails=20000] [alone=200] [authentication=true] [kinds=sign-up,newsletter,attachment,mix]

`mails`: sign-up mails; of the larger kinds as many as have about the same work.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from urllib.request import urlopen

from bench import options
from bench.parser_mails import KINDS, sign_up_mail
from bench.processes import children_of, cpu_of_servers, memory, own_cpu, peak_mib
from mayfly.bus import connection, topology
from mayfly.bus.connection import Bus
from mayfly.events import codec, subjects
from mayfly.mail.message_id import derive_message_id
from mayfly.records.inbox import Inbox
from mayfly.service.clock import system_clock
from mayfly.store import client, indexes
from mayfly.store.creations import Creations
from mayfly.store.messages import Messages
from mayfly.testing.builders import UNLIMITED, make_inbox, make_mail
from mayfly_local import throwaway
from mayfly_local.ports import Ports

INBOXES = 50
_SHARES = {"sign-up": 1.0, "newsletter": 0.1, "attachment": 0.1, "mix": 0.25}
_SAMPLE = 50  # mails, for their mean size


@dataclass(frozen=True)
class Rig:
    """Two servers with inboxes, on which a parser can be started."""

    bus: Bus
    database: client.Database
    inboxes: list[Inbox]
    mongo_uri: str
    nats_url: str
    probe_port: int
    authentication: str

    @contextmanager
    def parser(self) -> Iterator["subprocess.Popen[bytes]"]:
        parser = start_parser(self)
        try:
            yield parser
        finally:
            parser.terminate()
            parser.wait(20)


@asynccontextmanager
async def rig(authentication: str = "true") -> AsyncIterator[Rig]:
    ports = Ports()
    with throwaway.mongod(ports) as mongo_uri, throwaway.nats_server(ports) as nats_url:
        async with (
            client.connect(mongo_uri, "bench", "bench") as database,
            connection.connect(nats_url, "bench") as bus,
        ):
            await indexes.ensure(database)
            await topology.ensure(bus)
            inboxes = await make_inboxes(Creations(database))
            yield Rig(bus, database, inboxes, mongo_uri, nats_url, ports.take(), authentication)


async def main() -> None:
    given = options.read(mails="20000", alone="200", authentication="true", kinds=",".join(KINDS))
    mails, alone, kinds = int(given["mails"]), int(given["alone"]), given["kinds"].split(",")
    async with rig(given["authentication"]) as servers:
        print(f"load average before: {os.getloadavg()[0]:.2f}")
        for kind in kinds:
            count = int(mails * _SHARES[kind])
            octets = sum(len(KINDS[kind](number)) for number in range(_SAMPLE)) // _SAMPLE
            print(f"{kind}: {count} mails of {octets} octets")
            await fill(servers.bus, servers.inboxes, count, kind)
            with servers.parser() as parser:
                await measure_backlog(servers.bus, count, parser, servers.probe_port)
                if kind == "sign-up":
                    await measure_alone(servers.bus, servers.database, servers.inboxes, alone)


async def make_inboxes(store: Creations) -> list[Inbox]:
    now = system_clock()
    made = [
        make_inbox(f"bench{number}", created_at=now, expires_at=now + timedelta(hours=1)) for number in range(INBOXES)
    ]
    for inbox in made:
        await store.create(inbox, UNLIMITED, now)
    return made


async def publish(bus: Bus, inbox: Inbox, octets: bytes) -> str:
    event = make_mail(inbox, octets=octets, received_at=system_clock())
    kind, payload = codec.encode(event)
    await bus.jetstream.publish(
        subjects.mail(event), payload, timeout=30, headers={subjects.TYPE_HEADER: kind, "Nats-Msg-Id": event.event_id}
    )
    return event.event_id


async def fill(bus: Bus, inboxes: list[Inbox], mails: int, kind: str) -> None:
    make = KINDS[kind]
    for start in range(0, mails, 50):
        numbers = range(start, min(start + 50, mails))
        await asyncio.gather(*(publish(bus, inboxes[number % INBOXES], make(number)) for number in numbers))


def start_parser(rig: Rig) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "MAYFLY_MONGO_URI": rig.mongo_uri,
        "MAYFLY_MONGO_DATABASE": "bench",
        "MAYFLY_NATS_URL": rig.nats_url,
        "MAYFLY_PROBE_PORT": str(rig.probe_port),
        "MAYFLY_AUTHENTICATION": rig.authentication,
        "MAYFLY_LOG_LEVEL": os.environ.get("MAYFLY_LOG_LEVEL", "INFO"),
    }
    return subprocess.Popen([sys.executable, "-m", "message_parser"], env=environment, stdout=subprocess.DEVNULL)


async def measure_backlog(bus: Bus, mails: int, parser: "subprocess.Popen[bytes]", probe_port: int) -> None:
    first = await until(bus, lambda waiting: waiting < mails)
    print_memory("memory at the start", parser.pid)
    if first == 0:
        print("  too few mails to measure")
        return
    began, cpu_before = time.monotonic(), cpu_seconds(parser.pid)
    await until(bus, lambda waiting: waiting == 0)
    seconds = time.monotonic() - began
    cpu = {name: spent - cpu_before.get(name, 0) for name, spent in cpu_seconds(parser.pid).items()}
    print(f"backlog: {first} mails in {seconds:.2f} s = {first / seconds:.0f} mails/s")
    for name, spent in sorted(cpu.items()):
        share = spent / sum(cpu.values())
        print(f"  CPU of {name:<12} {spent:6.2f} s = {1e6 * spent / first:6.0f} us a mail, {share:.0%}")
    for step, spent in step_seconds(probe_port).items():
        print(f"  step {step:<14} {spent:6.2f} s of group time (groups overlap)")
    print_memory("memory at the end", parser.pid)
    children = ", ".join(f"{peak_mib(child):.0f}" for child in children_of(parser.pid))
    print(f"  peak RSS in MiB: parser {peak_mib(parser.pid):.0f}, its children {children}")


async def until(bus: Bus, reached: Callable[[int], bool]) -> int:
    """Wait until at most this many mails are not acked; returns their number."""
    while True:
        info = await bus.jetstream.consumer_info(topology.PARSER.stream, topology.PARSER.name)
        waiting = (info.num_pending or 0) + (info.num_ack_pending or 0)
        if reached(waiting):
            return waiting
        # Polling uses the cores that are measured.
        await asyncio.sleep(0.05)


async def measure_alone(bus: Bus, database: client.Database, inboxes: list[Inbox], count: int) -> None:
    times: list[float] = []
    messages = Messages(database)
    for number in range(count):
        inbox = inboxes[number % INBOXES]
        began = time.perf_counter()
        event_id = await publish(bus, inbox, sign_up_mail(10_000_000 + number))
        message_id = derive_message_id(event_id, inbox.id)
        while not await messages.existing([message_id]):  # noqa: ASYNC110 - it is the reading that is measured
            await asyncio.sleep(0.0005)
        times.append(1000 * (time.perf_counter() - began))
    times.sort()
    print(
        f"alone: {count} mails, published to readable: p50 {times[count // 2]:.1f} ms, "
        f"p99 {times[count * 99 // 100]:.1f} ms, longest {times[-1]:.1f} ms"
    )


def cpu_seconds(parser: int) -> dict[str, float]:
    """CPU time so far of the parser, its children and the two servers."""
    children = sum(own_cpu(child) for child in children_of(parser))
    return {"parser": own_cpu(parser), "children": children, **cpu_of_servers()}


def print_memory(title: str, parser: int) -> None:
    """Resident and proportional memory (shared pages divided among those who share them) of the parser's processes."""
    found = [memory(pid) for pid in [parser, *children_of(parser)]]
    print(f"  {title}, RSS/PSS in MiB: {', '.join(f'{rss:.0f}/{pss:.0f}' for rss, pss in found)}")


def step_seconds(probe_port: int) -> dict[str, float]:
    with urlopen(f"http://127.0.0.1:{probe_port}/metrics") as answer:
        lines = answer.read().decode().splitlines()
    prefix = 'mayfly_parser_step_seconds_sum{step="'
    return {line[len(prefix) :].partition('"')[0]: float(line.split()[-1]) for line in lines if line.startswith(prefix)}


if __name__ == "__main__":
    asyncio.run(main())
