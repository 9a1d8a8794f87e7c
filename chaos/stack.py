"""The Mayfly that `make chaos` breaks: stores behind doors and on small disks, services with movable clocks.

The same supervisor, servers and services as `make cluster`; it runs in a thread of its own, because the kernel ties a
child to the thread that forked it.
"""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from chaos import skewed
from chaos.disks import Disks
from chaos.network import Network
from chaos.schedule import Shape
from mayfly_local import binaries, cluster, plan, servers, services, settings
from mayfly_local.binaries import MONGOD, NATS_SERVER
from mayfly_local.faults import Fault as LocalFault
from mayfly_local.ports import Ports, why_not
from mayfly_local.processes import Program
from mayfly_local.supervisor import Supervisor, Tier

ELECTIONS = {"electionTimeoutMillis": 4000, "heartbeatIntervalMillis": 1000}
"""Faster than the defaults of 10 and 2 s, so that a run sees many elections."""
CHECKPOINTS = ("--syncdelay", "2")  # seconds; the default of 60 would let a full disk pass unnoticed
ENVIRONMENT = {
    "MAYFLY_WEBHOOK_ALLOW_CIDRS": "127.0.0.0/8",
    "MAYFLY_MAX_MESSAGES_PER_INBOX": "1000000",
    "MAYFLY_SMTP_CACHE_SECONDS": "1",
}


@dataclass
class Stack:
    """The running stack: names, ports, pids, and what faults do to its processes."""

    folder: Path
    shape: Shape
    disks: Disks | None = None
    held: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.members = [f"{store}-{n + 1}" for store in ("mongod", "nats") for n in range(self.shape.members)]
        self._ports = Ports()
        self.own = {"mongod": self._row(0), "nats": self._row(cluster.ROUTES_FROM)}
        self.doors = {name: self._ports.take() for name in self.members}
        self.routes = [self._ports.take() for _ in range(self.shape.members)]
        self.http, self.smtp = self._ports.take(), self._ports.take()
        self._stopping, self._ready_or_over = threading.Event(), threading.Event()
        self._ready = False
        self._failure: LocalFault | None = None
        self._thread = threading.Thread(target=self._supervise, name="supervisor")
        self._supervisor: Supervisor | None = None
        self._settings = settings.read(self._variables())

    # ---- Life

    async def start(self, network: Network) -> None:
        """Mount, open the doors, and start everything. Raises RuntimeError with the reason."""
        if self.disks:
            self.disks.mount()
        for name, door in self.doors.items():
            await network.open(name, door, self.port(name))
        for n, door in enumerate(self.routes if self.shape.members > 1 else ()):
            await network.open(f"nats-{n + 1}", door, self.own["nats"][n] + cluster.ROUTES_FROM)
        self._thread.start()
        await asyncio.to_thread(self._ready_or_over.wait)
        if not self._ready:
            raise RuntimeError("\n".join(self._failure.lines) if self._failure else "the stack did not start")

    async def stop(self) -> None:
        """Stop every process, paused ones too."""
        for name in self.names():
            self.signal(name, signal.SIGCONT)
        self._stopping.set()
        if self._thread.ident is not None:
            await asyncio.to_thread(self._thread.join)
        if self.disks:
            self.disks.unmount()

    def _supervise(self) -> None:
        try:
            self._supervisor = supervisor = Supervisor(self._tiers(), self.folder, self._note, self._stopping)
            supervisor.held = self.held
            try:
                if supervisor.start():
                    self._ready = True
                    self._ready_or_over.set()
                    supervisor.watch()
            finally:
                supervisor.stop()
        except LocalFault as fault:
            self._failure = fault
        finally:
            self._ready_or_over.set()

    def _note(self, line: str) -> None:
        with (self.folder / "supervisor.log").open("a") as file:
            file.write(line + "\n")

    # ---- What it is made of

    def _tiers(self) -> list[Tier]:
        found = binaries.find(MONGOD, NATS_SERVER)
        doors = {store: [self.doors[name] for name in self.members_of(store)] for store in self.own}
        count = range(self.shape.members)
        mongods = [
            cluster.mongod(found[MONGOD], self.folder, self.own["mongod"], n, doors=doors["mongod"], **ELECTIONS)
            for n in count
        ]
        nats = [
            cluster.nats_server(
                found[NATS_SERVER], self.folder, self.own["nats"], n, doors=doors["nats"], routes=self.routes
            )
            for n in count
        ]
        environment = services.environment(
            self._settings,
            mongo_uri=cluster.mongo_uri(doors["mongod"]),
            nats_url=",".join(servers.nats_url(port) for port in doors["nats"]),
            files=plan.secret_files(self._settings),
        )
        programs = services.programs(self._settings, environment, self._ports)
        return [
            [replace(program, argv=(*program.argv, *CHECKPOINTS)) for program in mongods],
            nats,
            [self._with_clock(program) for program in programs],
        ]

    def _with_clock(self, program: Program) -> Program:
        python, flag, module = program.argv
        skewed.write_offset(self.clock(program.name), 0.0)
        return replace(program, argv=(python, flag, "chaos.skewed", str(self.clock(program.name)), module))

    def _variables(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("MAYFLY_")}
        return {
            **inherited,
            **ENVIRONMENT,
            **dict.fromkeys(settings.WORKERS, str(self.shape.copies)),
            "MAYFLY_DATA_DIR": str(self.folder),
            "MAYFLY_NATS_REPLICAS": str(self.shape.members),
            "MAYFLY_HTTP_PORT": str(self.http),
            "MAYFLY_SMTP_PORT": str(self.smtp),
            "MAYFLY_MONGO_PORT": str(self.own["mongod"][0]),
            "MAYFLY_NATS_PORT": str(self.own["nats"][0]),
        }

    def _row(self, shift: int) -> list[int]:
        """As many consecutive free ports as there are members; those `shift` above them are free too."""
        while True:
            row = [self._ports.take() for _ in range(self.shape.members)]
            in_a_row = row == list(range(row[0], row[0] + len(row)))
            if in_a_row and not any(why_not(servers.HOST, port + shift) for port in row if shift):
                return row

    # ---- For faults and observers

    @property
    def admin_token(self) -> str:
        return plan.admin_token(self._settings)

    def members_of(self, store: str) -> list[str]:
        return [name for name in self.members if name.startswith(f"{store}-")]

    def port(self, member: str) -> int:
        """The port that the member itself listens on, behind its door."""
        store, number = member.split("-")
        return self.own[store][int(number) - 1]

    def clock(self, name: str) -> Path:
        return self.folder / f"{name}.clock"

    def names(self) -> Iterator[str]:
        """Names of all processes that run now."""
        for path in (self.folder / "run").glob("*.pid"):
            yield path.stem

    def pids(self) -> dict[int, str]:
        found = {}
        for name in self.names():
            if pid := self._pid(name):
                found[pid] = name
        return found

    def signal(self, name: str, number: signal.Signals) -> bool:
        """Send a signal to the process and its children; False when it does not run."""
        pid = self._pid(name)
        if not pid:
            return False
        # It leads a session of its own; SIGTERM is for it alone, as from its supervisor.
        with suppress(ProcessLookupError):
            (os.kill if number == signal.SIGTERM else os.killpg)(pid, number)
            return True
        return False

    def _pid(self, name: str) -> int:
        with suppress(OSError, ValueError):
            return int((self.folder / "run" / f"{name}.pid").read_text())
        return 0
