"""Servers on loopback that tests put beside or before Mayfly: one that must not be asked, and one that cuts connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

_IMAGE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cf500f0003870180d8d8a5080000000049454e44ae426082"
)


class Canary:
    """Answers everything with an image. `asked`: the request lines; `pages`: HTML by path, to show mails as they came."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.pages: dict[str, str] = {}
        self.origin = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                line = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n", 1)[0].decode()
                page = self.pages.get(line.split(" ")[1])
                if page is None:
                    self.asked.append(line)
                kind, body = ("text/html", page.encode()) if page is not None else ("image/png", _IMAGE)
                head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
                writer.write(head.encode() + body)
                await writer.drain()
        finally:
            writer.close()


@asynccontextmanager
async def canary() -> AsyncIterator[Canary]:
    """Run a canary."""
    made = Canary()
    async with await asyncio.start_server(made.answer, "127.0.0.1", 0) as server:
        made.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield made


class Proxy:
    """Passes octets to a port of this machine. `cut` ends what is open; while `is_down`, nobody gets in."""

    def __init__(self, port: int) -> None:
        self.origin = ""
        self.is_down = False
        self.accepted = 0
        self._port = port
        self._open: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        """End every connection, without a word, in the middle of what is sent."""
        for writer in self._open:
            writer.transport.abort()

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_down:
            writer.transport.abort()
            return
        self.accepted += 1
        with suppress(OSError):
            there, back = await asyncio.open_connection("127.0.0.1", self._port)
            self._open |= {writer, back}
            await asyncio.gather(_copy(reader, back), _copy(there, writer))
            self._open -= {writer, back}
        writer.close()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while octets := await source.read(65_536):
            target.write(octets)
            await target.drain()
    target.close()


@asynccontextmanager
async def proxy(port: int) -> AsyncIterator[Proxy]:
    """Run a proxy before a port of this machine."""
    made = Proxy(port)
    async with await asyncio.start_server(made.pass_on, "127.0.0.1", 0) as server:
        made.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield made
        made.cut()
