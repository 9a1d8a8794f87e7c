"""One run: start the stack, let users live in it, break it by schedule, wait until it is whole, take stock, judge."""

import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from chaos import audit, ledger, senders
from chaos.audit import Verdict
from chaos.disks import Disks
from chaos.faults import Faults
from chaos.ledger import Ledger
from chaos.network import Network
from chaos.schedule import Fault, Shape
from chaos.stack import Stack
from chaos.users import Users
from mayfly.bus.connection import connect
from mayfly.failures import Failure
from mayfly_local import health, servers
from mayfly_local.ports import Ports

LATE_SECONDS = 0.5
CALM_SECONDS = 3.0  # before the first fault and after the last
MOST_SECONDS = 18 * 60  # for all faults; on a machine that is too slow for them, the rest is left out
CATCH_UP_SECONDS = 2.0  # for streams that have just been opened again
INBOXES = 8  # of each account


class Experiment:
    """Everything that one run needs, by name."""

    def __init__(self, folder: Path, shape: Shape, *, seed: int, rate: float, disks: bool, settle: float) -> None:
        self.ledger = Ledger(folder / "ledger.jsonl")
        self.stack = Stack(folder, shape)
        if disks:
            self.stack.disks = Disks(folder, self.stack.members)
        self.network = Network(self.stack.pids)
        self.users = Users(f"http://127.0.0.1:{self.stack.http}", self.ledger, seed)
        self.faults = Faults(self.stack, self.network, self.ledger)
        self._seed, self._rate, self._settle = seed, rate, settle

    async def run(self, plan: Sequence[Fault]) -> Verdict:
        """Raises RuntimeError when the stack does not start, or does not answer at the end."""
        hooks = Ports().take()
        receiver = await senders.receive_webhooks(hooks, self.ledger)
        try:
            await self.stack.start(self.network)
            _say(f"{len(self.stack.members)} servers and the services are ready")
            await self.users.move_in(self.stack.admin_token, hooks, INBOXES)
            await self._live(plan)
            await self.users.take_stock()
            await asyncio.to_thread(self._look_into_the_store)
            await self.users.list_dead_letters(self.stack.admin_token)
            self._look_for_crashes()
        finally:
            await self.stack.stop()
            await self.network.close()
            await self.users.move_out()
            receiver.close()
            self.ledger.close()
        return audit.judge(ledger.read(self.ledger.path))

    async def _live(self, plan: Sequence[Fault]) -> None:
        """Load during all faults and a little longer; users stay until everything is whole again."""
        mailed_enough, whole = asyncio.Event(), asyncio.Event()
        load = senders.send_steadily(
            self.stack.smtp, self.users.recipients, self.ledger, rate=self._rate, seed=self._seed, stop=mailed_enough
        )
        async with asyncio.TaskGroup() as tasks:
            mailing = tasks.create_task(load)
            tasks.create_task(self.users.live(whole))
            tasks.create_task(self._watch_itself(whole))
            await self._break(plan)
            await asyncio.sleep(CALM_SECONDS)
            await self._until_mail_is_taken()
            mailed_enough.set()
            await mailing
            await self._recover()
            whole.set()

    async def _break(self, plan: Sequence[Fault]) -> None:
        begun = first = time.monotonic()
        async with asyncio.TaskGroup() as tasks:
            for fault in plan:
                if time.monotonic() - first > MOST_SECONDS:
                    self.ledger.write("left-out", number=fault.number, kind=fault.kind, reason="no time left")
                    continue
                # If this process is late, so are all later faults: none is made up for in a burst.
                begun = max(begun, time.monotonic() - fault.at)
                await asyncio.sleep(begun + fault.at - time.monotonic())
                tasks.create_task(self._one(fault))
                if fault.number % 20 == 19:
                    _say(f"{fault.number + 1} of {len(plan)} faults after {time.monotonic() - begun:.0f} s")

    async def _watch_itself(self, stop: asyncio.Event) -> None:
        """Write down whenever this process is late itself, so that nobody takes that for an outage."""
        while not stop.is_set():
            due = time.monotonic() + 0.2
            await asyncio.sleep(0.2)
            if (late := time.monotonic() - due) > LATE_SECONDS:
                self.ledger.write("lag", seconds=round(late, 2))

    async def _one(self, fault: Fault) -> None:
        try:
            await self.faults.run(fault)
        except OSError as error:
            self.ledger.write("left-out", number=fault.number, kind=fault.kind, reason=str(error))

    async def _until_mail_is_taken(self) -> None:
        """So that an outage of the last faults is seen to its end; not for ever, and then it counts as far as seen."""
        for _ in range(int(self._settle)):
            mail = self.ledger.latest.get("mail")
            if mail and mail["result"] == "accepted":
                return
            await asyncio.sleep(1)

    async def _recover(self) -> None:
        """Wait until all mail is stored, all webhooks delivered and all streams open, or the time for it is over."""
        begun = time.monotonic()
        while time.monotonic() - begun < self._settle:
            with suppress(Failure, OSError, TimeoutError, PyMongoError):
                waiting = await self._waiting()
                if not any(waiting.values()):
                    break
                self.ledger.write("waiting", **waiting)
            await asyncio.sleep(1)
        await asyncio.sleep(CATCH_UP_SECONDS)
        _say(f"whole again after {time.monotonic() - begun:.0f} s")

    async def _waiting(self) -> dict[str, int]:
        urls = ",".join(servers.nats_url(self.stack.port(name)) for name in self.stack.members_of("nats"))
        async with asyncio.timeout(5), connect(urls, "chaos") as bus:
            mail = (await bus.jetstream.stream_info("MAIL")).state.messages
            events = (await bus.jetstream.consumer_info("EVENTS", "dispatcher")).num_pending or 0
        webhooks = await asyncio.to_thread(lambda: len(self._pending()))
        streams = len(self.users.lasting) - len(self.users.listening)
        return {"mail": mail, "events": events, "webhooks": webhooks, "streams": streams}

    def _pending(self) -> list[str]:
        with self._store() as client:
            return [found["_id"] for found in client["mayfly"]["deliveries"].find({"status": "pending"}, {"_id": 1})]

    def _look_into_the_store(self) -> None:
        """Every message with its inbox, and whether it has octets; webhooks that are still to be tried."""
        with self._store() as client:
            store = client["mayfly"]
            octets = set(store["octets"].distinct("message_id"))
            for found in store["messages"].find({}, {"inbox_id": 1, "subject": 1}):
                self.ledger.write(
                    "stored",
                    message=found["_id"],
                    inbox=found["inbox_id"],
                    token=found["subject"],
                    octets=found["_id"] in octets,
                )
            for found in store["deliveries"].find({"status": "pending"}):
                self.ledger.write("pending", delivery=found["_id"], message=found.get("message_id"))

    def _look_for_crashes(self) -> None:
        """Exceptions that ended a service, from its log. A service that finds no store when it starts is none."""
        for log in sorted(self.stack.folder.glob("log/*.log")):
            for line in log.read_text(errors="replace").splitlines():
                if '"event":"crashed"' in line:
                    self.ledger.write("crashed", name=log.stem, how=json.loads(line).get("exception", "")[-400:])

    def _store(self) -> MongoClient[dict[str, Any]]:
        members = ",".join(f"127.0.0.1:{self.stack.doors[name]}" for name in self.stack.members_of("mongod"))
        return health.mongo_client(f"mongodb://{members}/?replicaSet=rs0")


def _say(line: str) -> None:
    print(f"  {line}", flush=True)
