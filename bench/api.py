"""Benchmark: reading by API as 40 users at once do it, with default settings and plans of high limits.

40 accounts, each with an inbox of 20 mails of its own (sign-up mails of 20 kB in turns with real ones of tests/corpus),
call one gateway process on 32 connections, account after account. Servers, gateway and load generator share this
machine's cores. Prints for each kind of call: requests per second, latencies, CPU time of gateway and mongod per
request, and how many commands of which kind a request cost the store. The goal for lists, messages and codes: 1,500 a
second, p99 under 60 ms.

    python -m bench.api [seconds] [name of a call ...]
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.parser_mails import sign_up_mail
from bench.processes import cpu_of
from mayfly.bus.connection import connect as connect_bus
from mayfly.bus.publisher import Publisher
from mayfly.events.facts import new_event_id
from mayfly.records.message import Message, StoredEnvelope, stored_event
from mayfly.store.client import connect
from mayfly.store.messages import Messages
from mayfly_local import throwaway
from mayfly_local.ports import Ports
from message_parser.domain.parse import parse

ACCOUNTS = 40
CONNECTIONS = 32
MAILS = 20
ADMIN_TOKEN = "bench-operator-token"
DATABASE = "bench_api"
REAL_MAILS = Path(__file__).parent.parent / "tests/corpus/mailers"
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
_COMMANDS = ("find", "findAndModify", "aggregate", "update", "insert", "delete", "getMore")
# What a parsed mail gives its message.
_CONTENT = sorted(set(Message.__struct_fields__) & set(type(parse(sign_up_mail(0))).__struct_fields__))


@dataclass(frozen=True, slots=True)
class User:
    """An account's key, its inbox, and the ids of the inbox's messages; `codes`: of those with a one-time password."""

    key: str
    inbox: Mapping[str, Any]
    messages: Sequence[str]
    codes: Sequence[str]


def main() -> None:
    arguments = sys.argv[1:]
    seconds = float(arguments.pop(0)) if arguments and arguments[0].replace(".", "").isdigit() else 6.0
    ports = Ports()
    with (
        tempfile.TemporaryDirectory() as folder,
        throwaway.mongod(ports) as mongo_uri,
        throwaway.nats_server(ports) as nats_url,
        _gateway(Path(folder), ports.take(), mongo_uri, nats_url) as (url, process_id),
    ):
        users = _users(url, mongo_uri, nats_url)
        store = int(asyncio.run(_server_status(mongo_uri))["pid"])
        print(f"machine: {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before the run", flush=True)
        for name, paths in _calls(users).items():
            if arguments and name not in arguments:
                continue
            once = name == "unread message"
            if not once:
                _load(url, paths, min(seconds, 1))
            processes = {"gateway": process_id, "mongod": store}
            used, made = cpu_of(processes), _commands(mongo_uri)
            figures = _load(url, paths, 60 if once else seconds, once=once)
            count = figures.pop("requests")
            used = {part: (now - used[part]) / count * 1000 for part, now in cpu_of(processes).items()}
            made = {kind: (now - made[kind]) / count for kind, now in _commands(mongo_uri).items() if now > made[kind]}
            print(f"{name}: {figures}, CPU ms a request {_rounded(used)}, store commands {_rounded(made)}", flush=True)


def _calls(users: Sequence[User]) -> dict[str, list[tuple[str, str]]]:
    """The kinds of calls: paths with the key of each, account after account. "unread message" sends each once."""
    messages = [(user.messages[n], user.key) for n in range(MAILS) for user in users]
    codes = [(user.codes[n], user.key) for n in range(MAILS // 2) for user in users]
    inboxes = [(f"/api/v1/inboxes/{user.inbox['address']}", user.key) for user in users]
    return {
        "unread message": [(f"/api/v1/messages/{message}", key) for message, key in messages],
        "list": [(f"{inbox}/messages?limit=20", key) for inbox, key in inboxes],
        "message": [(f"/api/v1/messages/{message}", key) for message, key in messages],
        "code": [(f"/api/v1/messages/{message}/otp", key) for message, key in codes],
        "fulfilled wait": [(f"{inbox}/messages/wait?timeout=5", key) for inbox, key in inboxes],
        "fulfilled wait for a code": [(f"{inbox}/otp/wait?timeout=5", key) for inbox, key in inboxes],
        "domains": [("/api/v1/domains", user.key) for user in users],
        "health": [("/health", user.key) for user in users],
    }


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


def _users(url: str, mongo_uri: str, nats_url: str) -> list[User]:
    """Create the accounts with their inboxes through the API, and fill these."""
    made = []
    for number in range(ACCOUNTS):
        account = {"email": f"bench{number}@example.com"}
        key = _call(url, "/api/v1/admin/accounts", account, f"Bearer {ADMIN_TOKEN}")["api_key"]
        made.append((key, _call(url, "/api/v1/inboxes", {}, f"Bearer {key}")))
    return asyncio.run(_filled(mongo_uri, nats_url, made))


def _call(url: str, path: str, body: dict[str, Any], authorization: str) -> dict[str, Any]:
    request = urllib.request.Request(
        url + path, json.dumps(body).encode(), {"Authorization": authorization, "Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        made: dict[str, Any] = json.load(answer)
    return made


async def _filled(mongo_uri: str, nats_url: str, made: Sequence[tuple[str, dict[str, Any]]]) -> list[User]:
    real = sorted(REAL_MAILS.rglob("*.eml"))[: MAILS // 2]
    mails = [octets for n in range(MAILS // 2) for octets in (real[n].read_bytes(), sign_up_mail(n))]
    contents = [(len(octets), parse(octets)) for octets in mails]
    users = []
    async with connect(mongo_uri, DATABASE, "bench") as database, connect_bus(nats_url, "bench") as bus:
        for key, inbox in made:
            messages = [_message(inbox, size, parsed) for size, parsed in contents]
            await Messages(database).insert_missing(messages)
            await Publisher(bus).publish_each([stored_event(message) for message in messages])
            codes = [message.id for message in messages[1::2]]
            users.append(User(key, inbox, [message.id for message in messages], codes))
    return users


def _message(inbox: dict[str, Any], size: int, parsed: object) -> Message:
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
        raw_size=size,
        **{name: getattr(parsed, name) for name in _CONTENT},
    )


async def _server_status(mongo_uri: str) -> dict[str, Any]:
    async with connect(mongo_uri, DATABASE, "bench") as database:
        return dict(await database.client.admin.command("serverStatus"))


def _commands(mongo_uri: str) -> dict[str, float]:
    """How often the store has run each command so far."""
    commands = asyncio.run(_server_status(mongo_uri))["metrics"]["commands"]
    return {name: float(commands[name]["total"]) for name in _COMMANDS}


def _rounded(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: round(figure, 3) for name, figure in figures.items()}


def _load(url: str, calls: Sequence[tuple[str, str]], seconds: float, *, once: bool = False) -> dict[str, Any]:
    host, port = url.removeprefix("http://").split(":")
    command = [sys.executable, "-m", "bench.api_load", host, port, str(CONNECTIONS), str(seconds)]
    lines = "".join(f"{path} {key}\n" for path, key in calls)
    done = subprocess.run([*command, *(["once"] * once)], input=lines, capture_output=True, text=True, check=True)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


if __name__ == "__main__":
    main()
