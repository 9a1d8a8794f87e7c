"""TCP doors between the processes and the stores, which can cut, delay, half-open and reset what goes through.

Each member of a store has a door, and everybody (services, the other members) knows it only by its door's address. A
door finds out which process has connected to it from /proc, so a rule can name both ends: "parser, to mongod-1".

| mode | what happens |
|---|---|
| cut | nothing goes through, in either direction, and no end is told; afterwards it goes on, as TCP does |
| half-open | requests arrive, answers do not; afterwards the connection is reset, so what was answered is never heard |
| delay | every piece of data waits for a while, in both directions |
| reset | every connection is reset, new ones too |
"""

import asyncio
import os
import socket
import struct
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PIECE = 64 * 1024
DELAY_SECONDS = 0.15
LOOK_EVERY_SECONDS = 0.1
LOOPBACK = "0100007F"  # 127.0.0.1, as /proc writes it
HOST = "127.0.0.1"
Pids = Callable[[], dict[int, str]]


@dataclass(eq=False)
class Rule:
    """What happens between the processes in `ends` and the doors in `doors`, in both directions of connecting."""

    mode: str
    ends: frozenset[str]
    doors: frozenset[str]
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def covers(self, client: str, door: str) -> bool:
        """A member that is cut off reaches nobody and is reached by nobody; its way to itself stays open."""
        forth = client in self.ends and door in self.doors
        back = client in self.doors and door in self.ends
        return client != door and (forth or back)


class Network:
    """All doors and the rules that hold now."""

    def __init__(self, pids: Pids) -> None:
        self._pids = pids
        self._rules: list[Rule] = []
        self._connections: set[_Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._looked = 0.0
        self._servers: list[asyncio.Server] = []

    async def open(self, door: str, port: int, target: int) -> None:
        """Listen on `port` and lead to `target`, under the name of the process behind it."""

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connection = _Connection(self, door, target, reader, writer)
            self._connections.add(connection)
            try:
                await connection.run()
            finally:
                self._connections.discard(connection)

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(serve(reader, writer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        self._servers.append(await asyncio.start_server(accept, HOST, port, limit=PIECE))

    async def close(self) -> None:
        for server in self._servers:
            server.close()
        for connection in list(self._connections):
            connection.reset()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def impose(self, rule: Rule) -> None:
        self._rules.append(rule)
        self._look_who_is_who()
        if rule.mode == "reset":
            self._reset(rule)

    def lift(self, rule: Rule) -> None:
        self._rules.remove(rule)
        rule.over.set()
        if rule.mode == "half-open":
            self._reset(rule)

    async def rule(self, connection: "_Connection") -> Rule | None:
        """The rule that holds for a connection now."""
        while self._rules and connection.client is None:
            if time.monotonic() - self._looked >= LOOK_EVERY_SECONDS:
                self._look_who_is_who()
            else:
                await asyncio.sleep(LOOK_EVERY_SECONDS)
        return next((rule for rule in self._rules if rule.covers(connection.client or "", connection.door)), None)

    def _look_who_is_who(self) -> None:
        """Find the processes of all connections at once, and only while there is a rule: each look takes some 10 ms."""
        self._looked = time.monotonic()
        inodes, owners = _inodes(), _owners(self._pids())
        for connection in self._connections:
            if connection.client is None:
                connection.client = owners.get(inodes.get(connection.ports, ""), "")

    def _reset(self, rule: Rule) -> None:
        for connection in list(self._connections):
            if rule.covers(connection.client or "", connection.door):
                connection.reset()


class _Connection:
    def __init__(
        self, network: Network, door: str, target: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.door = door
        self.client: str | None = None
        """The name of the process that has connected; "" when it is none of ours, None when nobody has looked yet."""
        self.ports: tuple[int, int] = writer.get_extra_info("peername")[1], writer.get_extra_info("sockname")[1]
        self._network = network
        self._target = target
        self._near = (reader, writer)
        self._writers = [writer]

    async def run(self) -> None:
        reader, writer = self._near
        try:
            with suppress(OSError):
                if await self._passes(answer=False):
                    far_reader, far_writer = await asyncio.open_connection(HOST, self._target, limit=PIECE)
                    self._writers.append(far_writer)
                    await asyncio.gather(
                        self._pump(reader, far_writer, answer=False), self._pump(far_reader, writer, answer=True)
                    )
        finally:
            for each in self._writers:
                each.close()

    def reset(self) -> None:
        """End both connections with RST, without sending what is left."""
        for writer in self._writers:
            sock: socket.socket | None = writer.get_extra_info("socket")
            with suppress(OSError, AttributeError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # type: ignore[union-attr]
            writer.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answer: bool) -> None:
        try:
            while data := await reader.read(PIECE):
                if not await self._passes(answer=answer):
                    return
                writer.write(data)
                await writer.drain()
            # The end of a connection does not get through a cut either.
            if await self._passes(answer=answer):
                writer.close()
        except OSError:
            self.reset()

    async def _passes(self, *, answer: bool) -> bool:
        """Wait as the rules say; False when the connection was reset instead."""
        while rule := await self._network.rule(self):
            if rule.mode == "reset":
                self.reset()
                return False
            if rule.mode == "delay":
                await asyncio.sleep(DELAY_SECONDS)
                return True
            if rule.mode == "half-open" and not answer:
                return True
            await rule.over.wait()
            if rule.mode == "half-open":
                self.reset()
                return False
        return True


def _inodes() -> dict[tuple[int, int], str]:
    """The inode of each connected socket by its own port and the other's, on loopback (proc(5), /proc/net/tcp)."""
    found = {}
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        columns = line.split()
        (here, port), (there, peer) = columns[1].split(":"), columns[2].split(":")
        if here == there == LOOPBACK:
            found[int(port, 16), int(peer, 16)] = columns[9]
    return found


def _owners(pids: Mapping[int, str]) -> dict[str, str]:
    """The name of the process by the inode of each of its sockets."""
    found = {}
    for pid, name in pids.items():
        folder = f"/proc/{pid}/fd/"
        with suppress(OSError):
            for handle in os.listdir(folder):  # noqa: PTH208 - Path takes four times as long
                with suppress(OSError):
                    link = os.readlink(folder + handle)  # noqa: PTH115
                    if link.startswith("socket:["):
                        found[link[8:-1]] = name
    return found
