"""`make chaos-cluster`: breaks the parts of a cluster on this machine one by one under load, and counts the mails.

Starts `mayfly_local.cluster` in its own folder and sends mails at a steady rate. Meanwhile kills the leader of the
stream MAIL, makes MongoDB's primary step down, kills the primary, and restarts every server and service once. A mail
that got 250 must be stored exactly once, one without a clear reply at most once. Exits 1 when one is lost or doubled.

Recovery time of a fault: until the first mail from which on every mail (until the next fault) was accepted at the
first try and readable within five seconds, Mayfly's stated limit.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from pymongo import MongoClient

from mayfly.bus.connection import Bus, connect
from mayfly.events import codec, facts, subjects
from mayfly_local import cluster, servers
from mayfly_local.ports import Ports, why_not
from mayfly_local.processes import TETHER

INBOXES = 40
PROMPT_SECONDS = 5.0  # stated limit: readable within 5 s
SERVICES = ("smtp-ingest", "parser", "api-gateway", "webhook-dispatcher", "expiry-reaper")


@dataclass
class Sent:
    """One mail: when sending began and ended (epoch seconds), and its result."""

    token: str
    begun: float
    ended: float = 0.0
    result: str = "unclear"
    readable: float | None = None


@dataclass
class Fault:
    name: str
    at: float = 0.0


@dataclass
class Cluster:
    """The running cluster: its ports, pid files and addresses."""

    folder: Path
    ports: dict[str, int]
    process: asyncio.subprocess.Process | None = None
    sent: list[Sent] = field(default_factory=list)

    @property
    def mongo_uri(self) -> str:
        return cluster.mongo_uri([self.ports["MAYFLY_MONGO_PORT"] + n for n in range(cluster.SIZE)])

    def bus(self) -> AbstractAsyncContextManager[Bus]:
        ports = [self.ports["MAYFLY_NATS_PORT"] + n for n in range(cluster.SIZE)]
        return connect(",".join(servers.nats_url(port) for port in ports), "chaos")

    def pid(self, name: str) -> int:
        return int((self.folder / "run" / f"{name}.pid").read_text())

    async def start(self) -> None:
        """Start the cluster and wait until it is ready. Raises RuntimeError with its output otherwise."""
        own = {name: str(port) for name, port in self.ports.items()}
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("MAYFLY_")}
        environment = {**inherited, **own, "MAYFLY_DATA_DIR": str(self.folder)}
        output = self.folder / "output.log"
        with output.open("wb") as file:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", str(TETHER), str(os.getpid())),
                *(sys.executable, "-m", "mayfly_local.cluster"),
                env=environment,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        for _ in range(1200):
            if "Mayfly is ready" in output.read_text():
                return
            if self.process.returncode is not None:
                break
            await asyncio.sleep(0.1)
        raise RuntimeError(output.read_text())

    async def stop(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.terminate()
            await self.process.wait()

    async def make_inboxes(self) -> list[str]:
        key = (self.folder / "api-key").read_text().strip()
        url = f"http://127.0.0.1:{self.ports['MAYFLY_HTTP_PORT']}"
        async with httpx.AsyncClient(base_url=url, headers={"X-API-Key": key}, trust_env=False, timeout=30) as client:
            answers = [await client.post("/api/v1/inboxes", json={}) for _ in range(INBOXES)]
        return [answer.raise_for_status().json()["address"] for answer in answers]


# ---- Load


async def send_steadily(running: Cluster, inboxes: Sequence[str], rate: float, stop: asyncio.Event) -> None:
    """Send a mail every 1/`rate` seconds, each in its own task, so that a slow one does not delay others."""
    tasks: set[asyncio.Task[None]] = set()
    begun, number = time.monotonic(), 0
    while not stop.is_set():
        mail = Sent(f"chaos-{number:06}", time.time())
        running.sent.append(mail)
        task = asyncio.create_task(send(running.ports["MAYFLY_SMTP_PORT"], inboxes[number % len(inboxes)], mail))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        number += 1
        await asyncio.sleep(max(0.0, begun + number / rate - time.monotonic()))
    await asyncio.gather(*tasks)


async def send(port: int, address: str, mail: Sent) -> None:
    """Send one mail on its own connection. `result` becomes accepted or refused, or stays unclear."""
    try:
        async with asyncio.timeout(60):
            mail.result = await converse(port, address, mail.token)
    except ConnectionRefusedError:
        mail.result = "refused"
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        mail.result = "unclear"
    mail.ended = time.time()


async def converse(port: int, address: str, token: str) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def say(line: str) -> str:
        writer.write(line.encode() + b"\r\n")
        return await answer(reader)

    try:
        codes = [await answer(reader), await say("HELO chaos.test"), await say("MAIL FROM:<chaos@example.com>")]
        codes += [await say(f"RCPT TO:<{address}>"), await say("DATA")]
        if any(code[0] not in "23" for code in codes):
            return "refused"
        head = f"From: chaos@example.com\r\nTo: {address}\r\nSubject: {token}\r\n"
        final = await say(f"{head}\r\nYour code is 482193\r\n.")
        # 451 after DATA may mean that only the ack was lost.
        return "accepted" if final.startswith("250") else "unclear"
    finally:
        writer.close()


async def answer(reader: asyncio.StreamReader) -> str:
    """The code of a reply; raises IncompleteReadError when the connection ends first."""
    while True:
        line = (await reader.readuntil(b"\n")).decode()
        if line[3:4] != "-":
            return line[:3]


# ---- Faults


async def kill_stream_leader(running: Cluster) -> str:
    leader = await stream_leader(running)
    os.kill(running.pid(leader), signal.SIGKILL)
    return f"SIGKILL {leader}, leader of MAIL"


async def stream_leader(running: Cluster) -> str:
    async with running.bus() as bus:
        info = json.loads((await bus.client.request("$JS.API.STREAM.INFO.MAIL", b"", timeout=5)).data)
    return str(info["cluster"]["leader"])


async def step_primary_down(running: Cluster) -> str:
    def command() -> str:
        with MongoClient(running.mongo_uri) as client:
            port = (client.primary and client.primary[1]) or client.admin.command("hello")["me"].split(":")[1]
            client.admin.command("replSetStepDown", 20, secondaryCatchUpPeriodSecs=5)
        return f"mongod on port {port} steps down"

    return await asyncio.to_thread(command)


async def kill_primary(running: Cluster) -> str:
    def find() -> str:
        with MongoClient(running.mongo_uri) as client:
            port = int(client.admin.command("hello")["me"].split(":")[1])
        return f"mongod-{port - running.ports['MAYFLY_MONGO_PORT'] + 1}"

    name = await asyncio.to_thread(find)
    os.kill(running.pid(name), signal.SIGKILL)
    return f"SIGKILL {name}, the primary"


def restart(name: str) -> Callable[[Cluster], Awaitable[str]]:
    async def action(running: Cluster) -> str:
        os.kill(running.pid(name), signal.SIGTERM)
        return f"SIGTERM {name}"

    return action


def plan() -> list[Callable[[Cluster], Awaitable[str]]]:
    """The four faults of the servers, then a restart of every process, one by one."""
    every_server = [restart(f"{server}-{n + 1}") for server in ("nats", "mongod") for n in range(cluster.SIZE)]
    every_service = [restart(name) for service in SERVICES for name in (service, f"{service}-2")]
    return [kill_stream_leader, step_primary_down, kill_primary, *every_server, *every_service]


# ---- Counting


async def read_events(running: Cluster) -> dict[str, list[float]]:
    """The times at which each mail's MessageStored entered the stream EVENTS, by subject of the mail."""
    found: dict[str, list[float]] = {}
    async with running.bus() as bus:
        subscription = await bus.jetstream.subscribe(subjects.EVENTS, stream="EVENTS", ordered_consumer=True)
        last = (await bus.jetstream.stream_info("EVENTS")).state.last_seq
        sequence = 0
        while sequence < last:
            message = await subscription.next_msg(timeout=5)
            sequence = message.metadata.sequence.stream
            fact = codec.decode((message.headers or {})[subjects.TYPE_HEADER], message.data)
            if isinstance(fact, facts.MessageStored):
                found.setdefault(fact.subject, []).append(message.metadata.timestamp.timestamp())
    return found


def read_messages(running: Cluster) -> Counter[str]:
    """The number of stored messages of each mail, by subject of the mail."""
    with MongoClient[dict[str, Any]](running.mongo_uri) as client:
        return Counter(document["subject"] for document in client["mayfly"]["messages"].find({}, {"subject": 1}))


async def settled(running: Cluster) -> None:
    """Wait until all accepted mails are stored: the stream MAIL is empty."""
    async with running.bus() as bus:
        for _ in range(600):
            if not (await bus.jetstream.stream_info("MAIL")).state.messages:
                return
            await asyncio.sleep(0.2)
    raise RuntimeError("accepted mail still waits after two minutes")


def recovery(fault: Fault, until: float, sent: Sequence[Sent]) -> tuple[float, int]:
    """Seconds from the fault to recovery, and the number of mails not accepted in between.

    A mail counts for the fault during which its result was decided, so mails in flight at a fault count for it.
    """
    bad = [mail for mail in sent if fault.at <= decided(mail) < until and not is_prompt(mail)]
    begun = max((mail.begun for mail in bad), default=0.0)
    after = min((mail.begun for mail in sent if mail.begun > max(begun, fault.at)), default=until)
    return (after - fault.at if bad else 0.0), sum(1 for mail in bad if mail.result != "accepted")


def decided(mail: Sent) -> float:
    """When the mail became readable, or sending it failed."""
    return mail.readable if mail.result == "accepted" and mail.readable else mail.ended


def is_prompt(mail: Sent) -> bool:
    return mail.result == "accepted" and mail.readable is not None and mail.readable - mail.begun <= PROMPT_SECONDS


def report(running: Cluster, events: dict[str, list[float]], stored: Counter[str], faults: Sequence[Fault]) -> bool:
    """Print the figures; returns whether no mail was lost or doubled."""
    for mail in running.sent:
        mail.readable = min(events.get(mail.token, ()), default=None)
    results = Counter(mail.result for mail in running.sent)
    lost = [mail.token for mail in running.sent if mail.result == "accepted" and not stored[mail.token]]
    doubled = [token for token, count in stored.items() if count > 1]
    announced_twice = [token for token, moments in events.items() if len(moments) > 1]
    silent = [token for token in stored if token not in events]
    ages = sorted(mail.readable - mail.begun for mail in running.sent if mail.readable)
    print(f"\n{'fault':<44} {'recovered after':>15} {'mails refused':>16}")
    for fault, following in zip(faults, [*(f.at for f in faults[1:]), time.time()], strict=True):
        seconds, refused = recovery(fault, following, running.sent)
        print(f"{fault.name:<44} {seconds:>13.1f} s {refused:>16}")
    print(f"\nmails sent {len(running.sent)}: {dict(results)}")
    print(f"of the unclear mails {sum(stored[m.token] for m in running.sent if m.result == 'unclear')} are stored")
    if ages:
        p50, p99 = ages[len(ages) // 2], ages[len(ages) * 99 // 100]
        print(f"sending begun to readable: p50 {p50 * 1000:.0f} ms, p99 {p99:.2f} s, longest {ages[-1]:.2f} s")
    print(
        f"accepted and lost {len(lost)}, stored twice {len(doubled)}, "
        f"announced twice {len(announced_twice)}, not announced {len(silent)}"
    )
    for title, tokens in (
        ("lost", lost),
        ("doubled", doubled),
        ("announced twice", announced_twice),
        ("not announced", silent),
    ):
        if tokens:
            print(f"  {title}: {', '.join(tokens[:10])}")
    return not (lost or doubled or announced_twice or silent)


async def run(rate: float, pause: float, folder: Path) -> bool:
    """Run the experiment; True when no accepted mail was lost or doubled."""
    held = Ports()
    first = held.take()
    ports = {"MAYFLY_HTTP_PORT": first, "MAYFLY_SMTP_PORT": held.take()}
    ports |= {"MAYFLY_NATS_PORT": free_run(held), "MAYFLY_MONGO_PORT": free_run(held)}
    running = Cluster(folder, ports)
    try:
        await running.start()
        print(f"cluster ready, load average {os.getloadavg()[0]:.2f}", flush=True)
        inboxes = await running.make_inboxes()
        stop = asyncio.Event()
        load = asyncio.create_task(send_steadily(running, inboxes, rate, stop))
        await asyncio.sleep(5)
        faults = []
        for action in plan():
            fault = Fault("", time.time())
            fault.name = await action(running)
            faults.append(fault)
            print(f"  {fault.name}", flush=True)
            await asyncio.sleep(pause)
        stop.set()
        await load
        await settled(running)
        events = await read_events(running)
        stored = await asyncio.to_thread(read_messages, running)
        return report(running, events, stored, faults)
    finally:
        await running.stop()


def free_run(held: Ports) -> int:
    """The first of as many consecutive free ports as the cluster has members, with free route ports."""
    while True:
        row = [held.take() for _ in range(cluster.SIZE)]
        in_a_row = row == list(range(row[0], row[0] + cluster.SIZE))
        if in_a_row and not any(why_not(servers.HOST, port + cluster.ROUTES_FROM) for port in row):
            return row[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=50, help="mails a second")
    parser.add_argument("--pause", type=float, default=12, help="seconds between two faults")
    parser.add_argument("--folder", type=Path, help="keep data and logs here (default: a temporary folder)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mayfly-chaos-") as temporary:
        folder = (given.folder or Path(temporary)).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        sys.exit(0 if asyncio.run(run(given.rate, given.pause, folder)) else 1)


if __name__ == "__main__":
    main()
