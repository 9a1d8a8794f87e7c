"""Benchmark: one gateway process lists 20 messages, with key, rate limit and quota checks, on 32 connections.

Servers, gateway and load generator share this machine's cores. Prints figures and the machine's load; targets: 1,500
requests a second, p99 under 60 ms.

    python -m bench.api [seconds]
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mayfly.events.facts import new_event_id
from mayfly.records.message import Link, Message, StoredEnvelope
from mayfly.store.client import connect
from mayfly.store.messages import Messages
from mayfly_local import throwaway
from mayfly_local.ports import Ports

CONNECTIONS = 32
ADMIN_TOKEN = "bench-operator-token"
DATABASE = "bench_api"
# The presets' shape with room for the load: the checks are made all the same.
PLANS = """
[anonymous]
tier = 0
requests_per_minute = 60
burst = 100
longest_ttl = 3_600

[free]
tier = 0
requests_per_minute = 1_000_000
burst = 1_000_000
calls_per_day = 100_000_000
longest_ttl = 3_600
"""


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    ports = Ports()
    with (
        tempfile.TemporaryDirectory() as folder,
        throwaway.mongod(ports) as mongo_uri,
        throwaway.nats_server(ports) as nats_url,
        _gateway(Path(folder), ports.take(), mongo_uri, nats_url) as (url, process_id),
    ):
        key = _call(url, "/api/v1/admin/accounts", {"email": "bench@example.com"}, f"Bearer {ADMIN_TOKEN}")["api_key"]
        inbox = _call(url, "/api/v1/inboxes", {}, f"Bearer {key}")
        asyncio.run(_fill(mongo_uri, inbox))
        print(f"machine: {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before the run")
        for path in ("/health", "/api/v1/domains", f"/api/v1/inboxes/{inbox['address']}/messages?limit=20"):
            _load(url, path, key, min(seconds, 2))
            before = _cpu_seconds(process_id)
            figures = _load(url, path, key, seconds)
            spent = (_cpu_seconds(process_id) - before) / figures["requests"] * 1000
            print(f"{path.split('?')[0]}: {figures}, the gateway's CPU {spent:.2f} ms a request")


@contextmanager
def _gateway(folder: Path, port: int, mongo_uri: str, nats_url: str) -> Iterator[tuple[str, int]]:
    (folder / "plans.toml").write_text(PLANS)
    environment = {
        **os.environ,
        "MAYFLY_MONGO_URI": mongo_uri,
        "MAYFLY_MONGO_DATABASE": DATABASE,
        "MAYFLY_NATS_URL": nats_url,
        "MAYFLY_HTTP_PORT": str(port),
        "MAYFLY_ADMIN_TOKEN": ADMIN_TOKEN,
        "MAYFLY_PLANS_FILE": str(folder / "plans.toml"),
    }
    with (folder / "gateway.log").open("w") as log:
        process = subprocess.Popen([sys.executable, "-m", "api_gateway"], env=environment, stdout=log, stderr=log)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_ready(url)
            yield url, process.pid
        finally:
            process.terminate()
            process.wait(20)


def _wait_until_ready(url: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{url}/ready") as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    sys.exit("the gateway does not get ready")


def _call(url: str, path: str, body: dict[str, Any], authorization: str) -> dict[str, Any]:
    request = urllib.request.Request(
        url + path, json.dumps(body).encode(), {"Authorization": authorization, "Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        made: dict[str, Any] = json.load(answer)
    return made


async def _fill(mongo_uri: str, inbox: dict[str, Any]) -> None:
    """Insert 20 messages of about 20 kB each."""
    async with connect(mongo_uri, DATABASE, "bench") as database:
        await Messages(database).insert_missing([_message(inbox, number) for number in range(20)])


def _message(inbox: dict[str, Any], number: int) -> Message:
    now = datetime.now(UTC)
    return Message(
        id=new_event_id(),
        inbox_id=inbox["id"],
        account_id=None,
        address=inbox["address"],
        event_id=new_event_id(),
        envelope=StoredEnvelope(reverse_path="a@example.com", forward_path=inbox["address"]),
        received_at=now,
        stored_at=now,
        raw_size=20_000,
        from_address="noreply@example.com",
        subject=f"Confirm your account (code {number:06})",
        headers=[("Received", "from a by b" * 5)] * 10,
        text="Your code. " * 500,
        html="<p>Your code.</p>" * 700,
        preview="Your code. " * 12,
        links=[Link(url=f"https://example.com/verify?token={n}", kind="verify") for n in range(5)],
        otp=f"{number:06}",
    )


def _cpu_seconds(process_id: int) -> float:
    """Processor time of a process and all its threads (proc(5): utime and stime)."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _load(url: str, path: str, key: str, seconds: float) -> dict[str, Any]:
    host, port = url.removeprefix("http://").split(":")
    command = [sys.executable, "-m", "bench.api_load", host, port, path, str(CONNECTIONS), str(seconds)]
    done = subprocess.run(command, input=f"X-API-Key: {key}\n", capture_output=True, text=True, check=True)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


if __name__ == "__main__":
    main()
