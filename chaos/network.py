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
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PIECE = 64 * 1024
DELAY_SECONDS = 0.15
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
        if rule.mode == "reset":
            self._reset(rule)

    def lift(self, rule: Rule) -> None:
        self._rules.remove(rule)
        rule.over.set()
        if rule.mode == "half-open":
            self._reset(rule)

    def rule(self, client: str, door: str) -> Rule | None:
        return next((rule for rule in self._rules if rule.covers(client, door)), None)

    def who(self, port: int) -> str:
        """The name of the process that connected from this port; "" when it is none of ours."""
        inode = _inode(port)
        return next((name for pid, name in self._pids().items() if _holds(pid, inode)), "") if inode else ""

    def _reset(self, rule: Rule) -> None:
        for connection in list(self._connections):
            if rule.covers(connection.client, connection.door):
                connection.reset()


class _Connection:
    def __init__(
        self, network: Network, door: str, target: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.door = door
        self.client = ""
        self._network = network
        self._target = target
        self._near = (reader, writer)
        self._writers = [writer]

    async def run(self) -> None:
        reader, writer = self._near
        self.client = self._network.who(writer.get_extra_info("peername")[1])
        with suppress(OSError):
            if await self._passes(answer=False):
                far_reader, far_writer = await asyncio.open_connection(HOST, self._target, limit=PIECE)
                self._writers.append(far_writer)
                await asyncio.gather(
                    self._pump(reader, far_writer, answer=False), self._pump(far_reader, writer, answer=True)
                )
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
        while rule := self._network.rule(self.client, self.door):
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


def _inode(port: int) -> str | None:
    """The inode of the socket that is connected from this port of the loopback interface (proc(5), /proc/net/tcp)."""
    text = Path("/proc/net/tcp").read_text()
    at = text.find(f": 0100007F:{port:04X} ")
    return text[at : text.find("\n", at)].split()[9] if at >= 0 else None


def _holds(pid: int, inode: str) -> bool:
    """Whether the process has that socket; False when it has just ended."""
    wanted, folder = f"socket:[{inode}]", f"/proc/{pid}/fd/"
    with suppress(OSError):
        for name in os.listdir(folder):  # noqa: PTH208 - four times as fast as Path, and done for every connection
            with suppress(OSError):
                if os.readlink(folder + name) == wanted:  # noqa: PTH115
                    return True
    return False
