"""Benchmark of smtp-ingest: accepted mails per second, latency of the final reply (p50, p99), memory.

`python -m bench.smtp [part ...]`, parts: rates (one and two processes; persistent, pipelined and new connections), idle
(500 idle connections) and flood (300 MiB without a line end). Load, smtp-ingest, nats-server (fsync on every ack) and
mongod share this machine.
"""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.plans import unlimited
from bench.processes import memory, user_and_system
from bench.smtp_load import Options
from mayfly.bus import connection, topology
from mayfly.service import logging
from mayfly.store import client, domains, indexes
from mayfly_local import throwaway
from mayfly_local.ports import Ports

INBOXES = 200
PEERS = 32
SECONDS = float(os.environ.get("BENCH_SECONDS", "6"))
MIB = 1024 * 1024


class Process:
    """A running smtp-ingest."""

    def __init__(self, environment: dict[str, str], probe_port: int) -> None:
        self._probe = f"http://127.0.0.1:{probe_port}/readyz"
        self._child = subprocess.Popen(
            [sys.executable, "-m", "smtp_ingest"],
            env=environment | {"MAYFLY_PROBE_PORT": str(probe_port)},
            stdout=subprocess.DEVNULL,
        )
        self.pid = self._child.pid

    def wait(self) -> None:
        for _ in range(200):
            try:
                with urllib.request.urlopen(self._probe, timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("smtp-ingest did not become ready")

    def stop(self) -> None:
        self._child.send_signal(signal.SIGTERM)
        self._child.wait(20)


class Bench:
    def __init__(self, mongo_uri: str, nats_url: str, ports: Ports) -> None:
        self.port = ports.take()
        self._ports, self._mongo_uri, self._nats_url = ports, mongo_uri, nats_url
        self._folder = TemporaryDirectory()

    @contextmanager
    def service(self, processes: int) -> Iterator[list[Process]]:
        environment = os.environ | {
            "MAYFLY_PLANS_FILE": str(unlimited(Path(self._folder.name))),
            "MAYFLY_MONGO_URI": self._mongo_uri,
            "MAYFLY_NATS_URL": self._nats_url,
            "MAYFLY_SMTP_PORT": str(self.port),
            "MAYFLY_MAX_MESSAGES_PER_INBOX": "1000000",
            "MAYFLY_SMTP_MAILS_PER_MINUTE_PER_INBOX": "1000000",
        }
        running = [Process(environment, self._ports.take()) for _ in range(processes)]
        try:
            for process in running:
                process.wait()
            yield running
        finally:
            for process in running:
                process.stop()

    def _connect(self) -> socket.socket:
        peer = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        peer.recv(1000)
        return peer

    async def prepare(self) -> None:
        now = datetime.now(UTC)
        async with client.connect(self._mongo_uri, "mayfly", "bench") as database:
            await indexes.ensure(database)
            await domains.Domains(database).ensure_public(["mayfly.test"])
            await database["inboxes"].insert_many(
                {
                    "_id": f"bench{number}",
                    "address": f"bench{number}@mayfly.test",
                    "local_part": f"bench{number}",
                    "domain": "mayfly.test",
                    "created_at": now,
                    "expires_at": now + timedelta(days=1),
                    "status": "active",
                }
                for number in range(INBOXES)
            )

    async def empty_stream(self) -> None:
        async with connection.connect(self._nats_url, "bench") as bus:
            await bus.jetstream.purge_stream(topology.MAIL.name)

    def rates(self) -> None:
        print(f"{PEERS} peers, 20 kB multipart mails, {INBOXES} inboxes, {SECONDS:g} s each")
        print(
            "processes  connections  acks/s  p50 ms  p99 ms  refused  RSS MiB  CPU a mail, user + system  load average"
        )
        for processes in (1, 2):
            with self.service(processes) as running:
                for style in ("kept", "pipelined", "fresh"):
                    self._rate(running, style)
                    asyncio.run(self.empty_stream())

    def _rate(self, running: list[Process], style: str) -> None:
        addresses = [f"bench{number}@mayfly.test" for number in range(INBOXES)]
        options = Options(self.port, style, PEERS, SECONDS, addresses)
        before = _sum(user_and_system(process.pid) for process in running)
        load = subprocess.run(
            [sys.executable, "-m", "bench.smtp_load"],
            input=json.dumps(vars(options)).encode(),
            capture_output=True,
            check=True,
        )
        found = json.loads(load.stdout)
        after = _sum(user_and_system(process.pid) for process in running)
        # Includes the warm-up, during which the peers send at the same rate.
        mails = max(1, found["mails"]) * (SECONDS + options.warm_up) / SECONDS
        user, system = ((late - early) * 1000 / mails for early, late in zip(before, after, strict=True))
        rss = " + ".join(f"{memory(process.pid).rss:.0f}" for process in running)
        rate, latency = found["mails"] / SECONDS, found["final_reply_ms"]
        print(
            f"{len(running):>9}  {style:<11}  {rate:>6.0f}  {latency['p50']:>6}  {latency['p99']:>6}"
            f"  {found['refused']:>7}  {rss:>7}  {user:.2f} + {system:.2f} ms{os.getloadavg()[0]:>24.1f}",
            flush=True,
        )

    def idle(self) -> None:
        with self.service(1) as (process,):
            alone = memory(process.pid).rss
            peers = [self._connect() for _ in range(500)]
            rss = memory(process.pid).rss
            print(f"idle: RSS {alone:.1f} MiB alone, {rss:.1f} MiB with {len(peers)} idle connections")
            for peer in peers:
                peer.close()

    def flood(self) -> None:
        with self.service(1) as (process,):
            peer = self._connect()
            for line in (b"EHLO a", b"MAIL FROM:<>", b"RCPT TO:<bench1@mayfly.test>", b"DATA"):
                peer.sendall(line + b"\r\n")
                peer.recv(1000)
            before, highest, sent = memory(process.pid).rss, 0.0, 0
            chunk = b"x" * MIB
            try:
                for _ in range(300):
                    peer.sendall(chunk)
                    sent += 1
                    highest = max(highest, memory(process.pid).rss)
            except OSError:
                pass
            reply = _last_words(peer)
            print(
                f"flood: {sent} MiB without a line end sent, then {reply};"
                f" RSS {before:.1f} MiB before, {highest:.1f} MiB at most"
            )


def _sum(pairs: Iterable[tuple[float, float]]) -> tuple[float, float]:
    first, second = zip(*pairs, strict=True)
    return sum(first), sum(second)


def _last_words(peer: socket.socket) -> str:
    try:
        return peer.recv(1000).decode().strip() or "closed"
    except OSError as error:
        return type(error).__name__


def main() -> None:
    logging.configure("bench", "ERROR")
    print(f"{os.cpu_count()} cores, load average before: {os.getloadavg()[0]:.2f}")
    parts = sys.argv[1:] or ["rates", "idle", "flood"]
    with ExitStack() as stack:
        ports = Ports()
        bench = Bench(
            stack.enter_context(throwaway.mongod(ports)), stack.enter_context(throwaway.nats_server(ports)), ports
        )
        asyncio.run(bench.prepare())
        for part in parts:
            {"rates": bench.rates, "idle": bench.idle, "flood": bench.flood}[part]()


if __name__ == "__main__":
    main()
