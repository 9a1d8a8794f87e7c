"""Mayfly and the mail catchers it is compared with, each started as its users start it. Called by bench.peers.

A peer takes part when its program is on PATH or named by BENCH_MAILPIT, BENCH_INBUCKET or
BENCH_MAILDEV; nothing is installed or built here. Settings are the defaults, but for ports, and for limits of
the number of mails and calls, which a load would reach.
"""

import asyncio
import json
import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bench import processes
from bench.plans import unlimited
from mayfly_local.ports import Ports
from mayfly_local.stack import Stack

ACCOUNTS = 40
INBOXES_OF_EACH = 5
_START_SECONDS = 30.0
_POLL_SECONDS = 0.1

Calls = Mapping[str, Sequence[tuple[str, str]]]
"""What to read, by kind (list, get, code, wait): paths and API keys ("": none is needed), to be called in turns."""


@dataclass(frozen=True)
class Running:
    """A started system. `processes`: name to process id.

    `wait_until_visible` returns as soon as the API shows as many mails as were sent, in all, to each address.
    `calls` says what to read of the mails that it holds then.
    """

    smtp_port: int
    http_port: int
    addresses: Sequence[str]
    processes: Mapping[str, int]
    wait_until_visible: Callable[[Mapping[str, int]], None]
    calls: Callable[[], Calls]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"


System = Callable[[Path], AbstractContextManager[Running]]


@contextmanager
def mayfly(folder: Path) -> Iterator[Running]:
    """`make run` with 40 accounts of five inboxes each; each reads with its own key."""
    folder.mkdir()
    environment = {
        "MAYFLY_PLANS_FILE": str(unlimited(folder)),
        "MAYFLY_MAX_MESSAGES_PER_INBOX": "1000000",
        "MAYFLY_SMTP_MAILS_PER_MINUTE_PER_INBOX": "1000000",
    }
    with Stack(folder / "data", env=environment) as stack:
        key_of = asyncio.run(_accounts(stack))

        def wait(sent: Mapping[str, int]) -> None:
            with httpx.Client(base_url=stack.http_url, trust_env=False, timeout=60) as api:
                for address, count in sent.items():
                    headers = {"X-API-Key": key_of[address]}
                    while api.get(f"/api/v1/inboxes/{address}", headers=headers).json()["message_count"] < count:
                        time.sleep(_POLL_SECONDS)

        def calls() -> Calls:
            found: dict[str, list[tuple[str, str]]] = {"list": [], "get": [], "code": [], "wait": []}
            with httpx.Client(base_url=stack.http_url, trust_env=False, timeout=60) as api:
                for address, key in key_of.items():
                    of_inbox = f"/api/v1/inboxes/{address}"
                    listing = api.get(f"{of_inbox}/messages?limit=20", headers={"X-API-Key": key}).json()
                    found["list"].append((f"{of_inbox}/messages?limit=20", key))
                    found["wait"].append((f"{of_inbox}/messages/wait?timeout=5", key))
                    for entry in listing[:5]:
                        found["get"].append((f"/api/v1/messages/{entry['id']}", key))
                        found["code"].append((f"/api/v1/messages/{entry['id']}/otp", key))
            return {kind: _mixed(each) for kind, each in found.items()}

        names = processes.of_stack(stack.data_dir)
        yield Running(stack.smtp_port, stack.http_port, list(key_of), names, wait, calls)


async def _accounts(stack: Stack) -> dict[str, str]:
    """Create them; address to key."""
    found = {}
    operator = {"Authorization": f"Bearer {stack.admin_token}"}
    async with httpx.AsyncClient(base_url=stack.http_url, trust_env=False, timeout=60) as api:
        for number in range(ACCOUNTS):
            account = {"email": f"bench{number}@example.com", "plan": "pro"}
            made = (await api.post("/api/v1/admin/accounts", json=account, headers=operator)).raise_for_status().json()
            for _ in range(INBOXES_OF_EACH):
                answer = await api.post("/api/v1/inboxes", json={}, headers={"X-API-Key": made["api_key"]})
                found[answer.raise_for_status().json()["address"]] = made["api_key"]
    return found


@contextmanager
def mailpit(folder: Path) -> Iterator[Running]:
    """Its store is SQLite in a temporary file, as by default; it would keep 500 mails, here all."""
    ports = Ports()
    smtp_port, http_port = ports.take(), ports.take()
    argv = [
        *(_program("mailpit"), "--smtp", f"127.0.0.1:{smtp_port}", "--listen", f"127.0.0.1:{http_port}"),
        *("--max", "0", "--disable-version-check"),
    ]
    with _process("mailpit", argv, folder, f"http://127.0.0.1:{http_port}/readyz") as pids:

        def calls() -> Calls:
            listing = _json(f"http://127.0.0.1:{http_port}/api/v1/messages?limit=200")["messages"]
            return {
                "list": [("/api/v1/messages?limit=20", "")],
                "get": [(f"/api/v1/message/{entry['ID']}", "") for entry in listing],
            }

        def total() -> int:
            return int(_json(f"http://127.0.0.1:{http_port}/api/v1/messages?limit=1")["total"])

        yield Running(smtp_port, http_port, _addresses(), pids, _until(total), calls)


@contextmanager
def inbucket(folder: Path) -> Iterator[Running]:
    """Its store is memory, as by default; it would keep 500 mails of each mailbox, here all."""
    ports = Ports()
    smtp_port, http_port = ports.take(), ports.take()
    environment = {
        "INBUCKET_SMTP_ADDR": f"127.0.0.1:{smtp_port}",
        "INBUCKET_WEB_ADDR": f"127.0.0.1:{http_port}",
        "INBUCKET_POP3_ADDR": f"127.0.0.1:{ports.take()}",
        "INBUCKET_STORAGE_MAILBOXMSGCAP": "0",
    }
    of_mailbox = f"http://127.0.0.1:{http_port}/api/v1/mailbox/"
    ready = f"{of_mailbox}nobody"
    with _process("inbucket", [_program("inbucket")], folder, ready, environment) as pids:

        def calls() -> Calls:
            names = [address.partition("@")[0] for address in _addresses()]
            return {
                "list": [(f"/api/v1/mailbox/{name}", "") for name in names],
                "get": [
                    (f"/api/v1/mailbox/{name}/{e['id']}", "")
                    for name in names[:40]
                    for e in _json(of_mailbox + name)[:5]
                ],
            }

        def total() -> int:
            return sum(len(_json(of_mailbox + address.partition("@")[0])) for address in _addresses())

        yield Running(smtp_port, http_port, _addresses(), pids, _until(total), calls)


@contextmanager
def maildev(folder: Path) -> Iterator[Running]:
    """Version 3. Its store is memory, as by default."""
    ports = Ports()
    smtp_port, http_port = ports.take(), ports.take()
    argv = [_program("maildev"), "-s", str(smtp_port), "-w", str(http_port), "--ip", "127.0.0.1"]
    summary = f"http://127.0.0.1:{http_port}/api/email/summary?limit="
    with _process("maildev", argv, folder, f"{summary}1") as pids:

        def calls() -> Calls:
            return {
                "list": [("/api/email/summary?limit=20", "")],
                "get": [(f"/api/email/{entry['id']}", "") for entry in _json(f"{summary}200")["items"]],
            }

        def total() -> int:
            return int(_json(f"{summary}1")["total"])

        yield Running(smtp_port, http_port, _addresses(), pids, _until(total), calls)


SYSTEMS: dict[str, System] = {"mayfly": mayfly, "mailpit": mailpit, "inbucket": inbucket, "maildev": maildev}


def found_here() -> list[str]:
    """The systems that can be started here, Mayfly first."""
    return [name for name in SYSTEMS if name == "mayfly" or _program(name)]


def _program(name: str) -> str:
    return os.environ.get(f"BENCH_{name.upper()}") or shutil.which(name) or ""


def _addresses() -> list[str]:
    return [f"bench{number}@example.com" for number in range(ACCOUNTS * INBOXES_OF_EACH)]


@contextmanager
def _process(
    name: str, argv: Sequence[str], folder: Path, ready_url: str, environment: Mapping[str, str] | None = None
) -> Iterator[Mapping[str, int]]:
    """Run a program until the end of the context, once `ready_url` answers."""
    folder.mkdir()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            argv, cwd=folder, stdout=log, stderr=log, env={**os.environ, "TMPDIR": str(folder), **(environment or {})}
        )
    try:
        _wait_until_ready(ready_url, process)
        yield {name: process.pid}
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(_POLL_SECONDS)
    raise RuntimeError(f"{process.args!r} does not answer at {url}")


def _until(total: Callable[[], int]) -> Callable[[Mapping[str, int]], None]:
    def wait(sent: Mapping[str, int]) -> None:
        while total() < sum(sent.values()):
            time.sleep(_POLL_SECONDS)

    return wait


def _json(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=60) as answer:
        return json.load(answer)


def _mixed(calls: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """In an order in which neighbours belong to different accounts."""
    step = INBOXES_OF_EACH * INBOXES_OF_EACH
    return [calls[place] for first in range(step) for place in range(first, len(calls), step)]
