"""kill -9 at any moment: every delivery still makes its schedule's attempts, each at least once, and none is forgotten."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from mayfly.bus import topology
from mayfly.bus.connection import connect
from mayfly.bus.publisher import Publisher
from mayfly.events.facts import MessageStored
from mayfly.store import client, indexes
from mayfly.store.creations import Creations
from mayfly.store.endpoints import Endpoints
from mayfly.testing.builders import UNLIMITED, make_endpoint, make_inbox, make_stored
from webhook_dispatcher.settings import Settings

from .receiver import answer, receiving

KILLS = 50
EVENTS = 60
# What a dead process had in hand comes again after this; the product waits longer, for receivers may take their time.
CONSUMERS = [replace(topology.DISPATCHER, ack_wait=1), replace(topology.ATTEMPTS, ack_wait=1)]


@contextmanager
def dispatchers(settings: Settings) -> Iterator[Callable[[], int]]:
    """Starts a dispatcher process at each call, in a few milliseconds; gives its id."""
    command = [sys.executable, str(Path(__file__).with_name("killable.py")), msgspec.json.encode(settings).decode()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as forker:
        started: list[int] = []

        def start() -> int:
            forker.stdin.write("start\n")
            started.append(int(forker.stdout.readline()))
            return started[-1]

        try:
            yield start
        finally:
            kill(started[-1])
            forker.stdin.close()


def kill(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def event(number: int) -> MessageStored:
    now = datetime.now(UTC)
    return make_stored(account_id="account", subject=f"s{number}", received_at=now, stored_at=now)


async def test_fifty_kills_lose_no_attempt(mongo_uri, mongo_database, clean_nats):
    settings = Settings(
        mongo_uri=mongo_uri, mongo_database=mongo_database, nats_url=clean_nats, webhook_allow_cidrs=("127.0.0.0/8",)
    )
    chance = random.Random(20261121)
    seen: defaultdict[str, set[int]] = defaultdict(set)

    def reply(request) -> bytes:
        number = int(request.headers["X-VaultMail-Attempt"])
        seen[request.body.decode()].add(number)
        return answer(500 if number < 4 else 200)

    async with (
        client.connect(mongo_uri, mongo_database, "test") as database,
        connect(clean_nats, "test") as bus,
        receiving(reply) as receiver,
    ):
        await indexes.ensure(database)
        await topology.ensure(bus, consumers=CONSUMERS)
        now = datetime.now(UTC)
        inbox = make_inbox("a", id="inbox", created_at=now, expires_at=now + timedelta(hours=1), account_id="account")
        await Creations(database).create(inbox, UNLIMITED, now)
        await Endpoints(database).create(make_endpoint(id="e", url=receiver.url, created_at=now, format="vaultmail"))
        publisher = Publisher(bus)

        async def finished() -> bool:
            return EVENTS == await database["deliveries"].count_documents({"status": {"$ne": "pending"}})

        with dispatchers(settings) as start:
            for number in range(KILLS):
                process = start()
                await publisher.publish(event(number))
                await asyncio.sleep(chance.uniform(0.02, 0.3))
                kill(process)
            for number in range(KILLS, EVENTS):
                await publisher.publish(event(number))
            start()
            async with asyncio.timeout(40):
                while not await finished():
                    await asyncio.sleep(0.1)
        deliveries = await database["deliveries"].find().to_list()

    assert EVENTS == len(deliveries) == len(seen)
    assert {frozenset({1, 2, 3, 4})} == {frozenset(numbers) for numbers in seen.values()}
    assert {(1, 2, 3, 4)} == {tuple(attempt["number"] for attempt in found["attempts"]) for found in deliveries}
    assert {"delivered"} == {found["status"] for found in deliveries}
