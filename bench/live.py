"""`make bench-live`: what a mail takes from SMTP 250 to each live channel, and memory and CPU of idle streams.

Starts all of Mayfly on free ports, with default settings; the load runs on the same cores. First sends 50 different
mails of 10 to 20 kB a second to 20 inboxes of one account, over four kept connections, while the account's webhook
receives, a stream of each inbox is read, and the API is asked for every fifth mail until it has it. Then opens
thousands of idle streams in one gateway process. Prints figures; checks no target.
"""

import argparse
import asyncio
import os
import re
import resource
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import httpx

from bench.plans import unlimited
from bench.processes import descriptors, memory, own_cpu
from bench.smtp_load import mails
from bench.visible import report
from mayfly_local.stack import Stack

CONNECTIONS = 4
INBOXES = 20
ASKED = 5  # the API is asked for every fifth mail
AT_ONCE = 50
IDLE_SECONDS = 20
_SUBJECT = re.compile(rb'"subject": ?"(mail \d+)"')

Moments = dict[str, float]
"""Subject of a mail to the time when it was there."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=1500)
    parser.add_argument("--rate", type=float, default=50.0, help="mails a second")
    parser.add_argument("--streams", type=int, default=5000)
    asked = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with started() as stack:
        measure(stack, asked.mails, asked.rate)
        if asked.streams:
            asyncio.run(idle(stack, make_inboxes(stack)[0], asked.streams))


@contextmanager
def started() -> Iterator[Stack]:
    """All of Mayfly; one address may open thousands of streams."""
    with tempfile.TemporaryDirectory() as folder:
        env = {
            "MAYFLY_PLANS_FILE": str(unlimited(Path(folder))),
            "MAYFLY_LIVE_CHANNELS": "100000",
            "MAYFLY_LIVE_CHANNELS_PER_KEY": "100000",
        }
        with Stack(Path(folder) / "data", env=env) as stack:
            yield stack


def measure(stack: Stack, count: int, rate: float) -> dict[str, list[float]]:
    """Send the mails and print what they took; seconds by channel."""
    addresses = make_inboxes(stack)
    asyncio.run(latencies(stack, addresses, 100, rate))
    print(f"{count} mails of 10 to 20 kB at {rate:g} a second")
    found = asyncio.run(latencies(stack, addresses, count, rate))
    for channel, waited in found.items():
        report(f"250 to {channel}", waited)
    print(f"load average {os.getloadavg()[0]:.1f}")
    return found


def make_inboxes(stack: Stack) -> list[str]:
    headers = {"X-API-Key": stack.api_key}
    with httpx.Client(base_url=stack.http_url, headers=headers, trust_env=False) as api:
        return [str(api.post("/api/v1/inboxes", json={}).json()["address"]) for _ in range(INBOXES)]


async def latencies(stack: Stack, addresses: Sequence[str], count: int, rate: float) -> dict[str, list[float]]:
    """Seconds from each mail's 250 until it was there, by channel."""
    accepted: Moments = {}
    there: dict[str, Moments] = {"stream": {}, "webhook": {}, "API": {}}
    bodies = mails(mixed=True)
    async with asyncio.TaskGroup() as group, receiver(stack, there["webhook"]):
        opened = [asyncio.Event() for _ in addresses]
        readers = [
            group.create_task(read(stack, address, there["stream"], event))
            for address, event in zip(addresses, opened, strict=True)
        ]
        await asyncio.gather(*(event.wait() for event in opened))
        free: asyncio.Queue[Peer] = asyncio.Queue()
        for _ in range(CONNECTIONS):
            free.put_nowait(await Peer.connect(stack.smtp_port))
        async with httpx.AsyncClient(base_url=stack.http_url, trust_env=False, timeout=60) as api:

            async def send(number: int) -> None:
                peer, subject = await free.get(), f"mail {number}"
                address = addresses[number % len(addresses)]
                mail = f"Subject: {subject}\r\n".encode() + _without_subject(bodies[number % len(bodies)])
                await peer.send(address, mail)
                accepted[subject] = time.perf_counter()
                free.put_nowait(peer)
                if number % ASKED == 0:
                    await ask(api, stack.api_key, address, subject, there["API"])

            loop = asyncio.get_running_loop()
            started = loop.time()
            sending = []
            for number in range(count):
                await asyncio.sleep(started + number / rate - loop.time())
                sending.append(asyncio.create_task(send(number)))
            await asyncio.gather(*sending)
        print(f"sent at {count / (loop.time() - started):.1f} mails a second")
        async with asyncio.timeout(60):
            while len(there["stream"]) < count or len(there["webhook"]) < count:  # noqa: ASYNC110 - other processes
                await asyncio.sleep(0.05)
        for reader in readers:
            reader.cancel()
    return {
        channel: [moments[subject] - accepted[subject] for subject in moments] for channel, moments in there.items()
    }


def _without_subject(mail: bytes) -> bytes:
    return re.sub(rb"(?m)^Subject: .*\r\n", b"", mail, count=1)


class Peer:
    """One kept SMTP connection, one command at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def connect(cls, port: int) -> "Peer":
        peer = cls(*await asyncio.open_connection("127.0.0.1", port))
        await peer._say(b"", b"220")
        await peer._say(b"HELO bench\r\n", b"250")
        return peer

    async def send(self, address: str, mail: bytes) -> None:
        await self._say(b"MAIL FROM:<bench@example.com>\r\n", b"250")
        await self._say(f"RCPT TO:<{address}>\r\n".encode(), b"250")
        await self._say(b"DATA\r\n", b"354")
        await self._say(mail + b"\r\n.\r\n", b"250")

    def close(self) -> None:
        self._writer.close()

    async def _say(self, octets: bytes, expected: bytes) -> None:
        self._writer.write(octets)
        answer = await self._reader.readline()
        if not answer.startswith(expected):
            raise RuntimeError(answer.decode())


async def ask(api: httpx.AsyncClient, key: str, address: str, subject: str, there: Moments) -> None:
    """List the inbox until the mail is there."""
    while True:
        answer = await api.get(f"/api/v1/inboxes/{address}/messages?limit=5", headers={"X-API-Key": key})
        if f'"{subject}"' in answer.text:
            there[subject] = time.perf_counter()
            return
        await asyncio.sleep(0.002)


@asynccontextmanager
async def receiver(stack: Stack, there: Moments) -> AsyncIterator[None]:
    """A webhook of the account, and what receives it."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                body = await reader.readexactly(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))
                if found := _SUBJECT.search(body):
                    there.setdefault(found[1].decode(), time.perf_counter())
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with httpx.AsyncClient(
        base_url=f"{stack.http_url}/api/v1/webhooks", headers={"X-API-Key": stack.api_key}, trust_env=False
    ) as api:
        made = await api.post("", json={"url": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"})
        identifier = made.raise_for_status().json()["id"]
        try:
            yield
        finally:
            await api.delete(f"/{identifier}")
            server.close()


async def read(stack: Stack, address: str, there: Moments, opened: asyncio.Event) -> None:
    """Read the stream of an inbox until cancelled."""
    reader, writer = await asyncio.open_connection("127.0.0.1", stack.http_port)
    writer.write(_request(stack, address))
    try:
        while line := await reader.readline():
            if line.startswith(b"event: connected"):
                opened.set()
            elif line.startswith(b"data: ") and (found := _SUBJECT.search(line)):
                there[found[1].decode()] = time.perf_counter()
    finally:
        writer.close()


def _request(stack: Stack, address: str) -> bytes:
    path = f"/api/v1/sse/inbox/{address}"
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {stack.api_key}\r\n\r\n".encode()


async def idle(stack: Stack, address: str, streams: int) -> None:
    pid = stack.pid("api-gateway")
    assert pid is not None
    before = memory(pid).rss
    started = time.perf_counter()
    readers: list[socket.socket] = []
    for start in range(0, streams, AT_ONCE):
        count = min(AT_ONCE, streams - start)
        readers += await asyncio.gather(*(open_stream(stack, address) for _ in range(count)))
    opened = time.perf_counter() - started
    used = own_cpu(pid)
    await asyncio.sleep(IDLE_SECONDS)
    share = (own_cpu(pid) - used) / IDLE_SECONDS
    print(f"{streams} idle streams: {memory(pid).rss:.0f} MiB in one gateway process ({before:.0f} MiB before)")
    print(f"  opened in {opened:.1f} s; idle they use {share:.1%} of a core (pings included)")
    print(f"  descriptors with them: {descriptors(pid)}", end="")
    for reader in readers:
        reader.close()
    closing = time.perf_counter()
    while descriptors(pid) > streams / 10 and time.perf_counter() - closing < IDLE_SECONDS:  # noqa: ASYNC110 - another process
        await asyncio.sleep(0.05)
    print(f", {time.perf_counter() - closing:.1f} s after they closed: {descriptors(pid)}")


async def open_stream(stack: Stack, address: str) -> socket.socket:
    loop = asyncio.get_running_loop()
    reader = socket.socket()
    reader.setblocking(False)
    await loop.sock_connect(reader, ("127.0.0.1", stack.http_port))
    await loop.sock_sendall(reader, _request(stack, address))
    received = b""
    while b"event: connected" not in received:
        more = await loop.sock_recv(reader, 4096)
        if not more:
            raise RuntimeError(received.decode())
        received += more
    return reader


if __name__ == "__main__":
    main()
