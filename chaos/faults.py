"""Does what the schedule says: turns roles into processes, injects each fault, and heals it when its time is over.

Called by `experiment`. Each fault leaves two entries in the ledger, when it begins and when it is healed.
"""

import asyncio
import json
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict

from pymongo.errors import PyMongoError

from chaos import skewed
from chaos.ledger import Ledger
from chaos.network import Network, Rule
from chaos.schedule import Fault
from chaos.stack import Stack
from mayfly.bus.connection import connect
from mayfly.failures import Failure
from mayfly_local import health, servers

Heal = Callable[[], Awaitable[None]]


class Faults:
    def __init__(self, stack: Stack, network: Network, ledger: Ledger) -> None:
        self._stack = stack
        self._network = network
        self._ledger = ledger
        self._full: dict[str, int] = {}
        self._paused: dict[str, int] = {}
        self._down: dict[str, int] = {}

    async def run(self, fault: Fault) -> None:
        """Inject, wait, heal. A fault whose kind this machine cannot do is written down as left out."""
        if fault.kind == "disk" and self._stack.disks is None:
            self._ledger.write("left-out", number=fault.number, kind=fault.kind, reason="this machine allows no mount")
            return
        targets = await self._targets(fault.target)
        heal = await self._inject(fault, targets)
        self._ledger.write(
            "fault", **(asdict(fault) | {"at": round(time.time(), 4), "planned": fault.at, "hit": targets})
        )
        try:
            await asyncio.sleep(fault.seconds)
        finally:
            await heal()
            self._ledger.write("healed", number=fault.number, kind=fault.kind, hit=targets)

    async def _inject(self, fault: Fault, targets: list[str]) -> Heal:
        if fault.kind == "network":
            return await self._break_network(fault, targets)
        if fault.kind == "clock":
            return self._move_clock(fault, targets)
        act: Callable[[str], Callable[[], None]] = {
            "stop": self._stop,
            "kill": self._kill,
            "pause": self._pause,
            "disk": self._fill,
        }[fault.kind]
        # In threads: filling a disk takes a while.
        undo = await asyncio.gather(*(asyncio.to_thread(act, name) for name in targets))

        async def heal() -> None:
            for each in undo:
                each()

        return heal

    # ---- Kinds. Each returns what undoes it; two faults may hit one process, so each state is counted.

    def _stop(self, name: str) -> Callable[[], None]:
        self._raise(self._down, name)
        self._stack.held.add(name)
        self._stack.signal(name, signal.SIGTERM)

        def start() -> None:
            if self._lower(self._down, name):
                self._stack.held.discard(name)

        return start

    def _kill(self, name: str) -> Callable[[], None]:
        self._stack.signal(name, signal.SIGKILL)
        return lambda: None

    def _pause(self, name: str) -> Callable[[], None]:
        self._raise(self._paused, name)
        self._stack.signal(name, signal.SIGSTOP)

        def go_on() -> None:
            if self._lower(self._paused, name):
                self._stack.signal(name, signal.SIGCONT)

        return go_on

    def _fill(self, name: str) -> Callable[[], None]:
        disks = self._stack.disks
        assert disks is not None
        self._raise(self._full, name)
        disks.fill(name)

        def empty() -> None:
            if self._lower(self._full, name):
                disks.empty(name)
                if name.startswith("nats"):
                    # JetStream switches itself off at the first write that finds no room, until its server is
                    # restarted: what an operator (or a probe of /healthz) does.
                    self._stack.signal(name, signal.SIGTERM)

        return empty

    async def _break_network(self, fault: Fault, targets: list[str]) -> Heal:
        rule = Rule(fault.mode, frozenset(targets), frozenset(await self._targets(fault.peer)) - frozenset(targets))
        self._network.impose(rule)

        async def heal() -> None:
            self._network.lift(rule)

        return heal

    def _move_clock(self, fault: Fault, targets: list[str]) -> Heal:
        for name in targets:
            skewed.write_offset(self._stack.clock(name), float(fault.peer))

        async def heal() -> None:
            for name in targets:
                skewed.write_offset(self._stack.clock(name), 0.0)

        return heal

    @staticmethod
    def _raise(counts: dict[str, int], name: str) -> None:
        counts[name] = counts.get(name, 0) + 1

    @staticmethod
    def _lower(counts: dict[str, int], name: str) -> bool:
        counts[name] -= 1
        return counts[name] == 0

    # ---- Roles

    async def _targets(self, role: str) -> list[str]:
        """Names of the processes that have the role now; nobody leads at times, then the first member has it."""
        store, _, part = role.partition(":")
        if not part:
            return [role]
        members = self._stack.members_of(store)
        if part == "all":
            return members
        leader = await (self._primary() if store == "mongod" else self._leader_of_mail()) or members[0]
        followers = [name for name in members if name != leader]
        return {"leader": [leader], "followers": followers, "follower": followers[:1] or [leader]}[part]

    async def _primary(self) -> str | None:
        def leads(name: str) -> bool:
            uri = servers.mongo_uri(self._stack.port(name)) + "&socketTimeoutMS=500"
            with suppress(PyMongoError), health.mongo_client(uri) as client:
                return bool(client.admin.command("hello").get("isWritablePrimary"))
            return False

        members = self._stack.members_of("mongod")
        leading = await asyncio.gather(*(asyncio.to_thread(leads, name) for name in members))
        return next((name for name, does in zip(members, leading, strict=True) if does), None)

    async def _leader_of_mail(self) -> str | None:
        urls = ",".join(servers.nats_url(self._stack.port(name)) for name in self._stack.members_of("nats"))
        with suppress(Failure, OSError, TimeoutError, ValueError, KeyError):
            async with asyncio.timeout(2), connect(urls, "chaos") as bus:
                answer = await bus.client.request("$JS.API.STREAM.INFO.MAIL", b"", timeout=1)
                leader = json.loads(answer.data)["cluster"]["leader"]
                return leader if leader in self._stack.members else None
        return None
