"""A webhook receiver on loopback: bare HTTP/1.1 over asyncio, so that a test decides every octet it answers."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Request:
    path: str
    headers: dict[str, str]
    body: bytes


def answer(status: int, headers: str = "", body: bytes = b"") -> bytes:
    """An HTTP answer; `headers` are whole lines."""
    return f"HTTP/1.1 {status} X\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body


OK = answer(200)


@dataclass
class Receiver:
    """`reply` gives the octets to answer a request with; None: never answers."""

    port: int = 0
    connections: int = 0
    reply: Callable[[Request], bytes | None] = lambda _: OK
    requests: asyncio.Queue[Request] = field(default_factory=asyncio.Queue)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    async def next(self, seconds: float = 5) -> Request:
        async with asyncio.timeout(seconds):
            return await self.requests.get()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while request := await _read(reader):
                self.requests.put_nowait(request)
                octets = self.reply(request)
                if octets is None:
                    await reader.read()
                    return
                writer.write(octets)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Request | None:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines[1:] if line)
    length = int({name.lower(): value for name, value in headers.items()}.get("content-length", "0"))
    return Request(lines[0].split(" ")[1], headers, await reader.readexactly(length))


@asynccontextmanager
async def receiving(
    reply: Callable[[Request], bytes | None] = lambda _: OK, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    receiver = Receiver(reply=reply)
    server = await asyncio.start_server(receiver._serve, "127.0.0.1", 0, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
