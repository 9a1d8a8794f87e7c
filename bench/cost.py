"""`make bench-cost`: processor time of each process per mail, webhook and API call; see docs/scaling.md.

Processor time depends little on other load, unlike wall time. Mails have about 20 kB, for 50 inboxes; streams have one
replica and sync every write. Prints figures; checks no target.
"""

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from bench.parser_mails import sign_up_mail
from mayfly_local.stack import Stack

INBOXES = 50
PEERS = 16
CALLS = 300  # the burst that the first account's plan allows
TICKS = os.sysconf("SC_CLK_TCK")


def processor_seconds(stack: Stack) -> dict[str, float]:
    """Processor time so far of each process, its children included (each process has its own session)."""
    names = {int(path.read_text()): path.stem for path in (stack.data_dir / "run").glob("*.pid")}
    found = dict.fromkeys(names.values(), 0.0)
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(") ")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        session = int(fields[3])
        if session in names:
            found[names[session]] += (int(fields[11]) + int(fields[12])) / TICKS
    return found


async def costs(stack: Stack, title: str, count: int, work: Callable[[], Awaitable[None]]) -> None:
    """Run the work and print each process's processor time per unit; `count` units."""
    before, begun = processor_seconds(stack), time.perf_counter()
    await work()
    seconds, after = time.perf_counter() - begun, processor_seconds(stack)
    spent = {name: (after[name] - before[name]) / count for name in after if after[name] - before[name] > 0.0}
    print(f"\n{title}: {count} in {seconds:.1f} s ({count / seconds:.0f}/s here and now)")
    for name, each in sorted(spent.items(), key=lambda item: -item[1]):
        print(f"  {name:<20} {each * 1e6:>8.0f} us each, {1 / each:>9.0f} a second and core")
    print(f"  {'all':<20} {sum(spent.values()) * 1e6:>8.0f} us each, {1 / sum(spent.values()):>9.0f} a second and core")


async def send(port: int, mails: "asyncio.Queue[tuple[str, bytes]]") -> None:
    """One peer: one persistent connection, one mail at a time."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def say(octets: bytes, expected: bytes) -> None:
        writer.write(octets)
        answer = await reader.readline()
        if not answer.startswith(expected):
            raise RuntimeError(answer.decode())

    await say(b"", b"220")
    await say(b"HELO bench\r\n", b"250")
    while not mails.empty():
        address, octets = mails.get_nowait()
        await say(b"MAIL FROM:<a@example.com>\r\n", b"250")
        await say(f"RCPT TO:<{address}>\r\n".encode(), b"250")
        await say(b"DATA\r\n", b"354")
        await say(octets + b"\r\n.\r\n", b"250")
    writer.close()


async def send_all(stack: Stack, api: httpx.AsyncClient, addresses: list[str], count: int) -> None:
    """Send `count` mails and wait until every one is readable."""
    held = [await number_of_messages(api, address) for address in addresses]
    mails: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
    samples = [sign_up_mail(number).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") for number in range(50)]
    for number in range(count):
        mails.put_nowait((addresses[number % len(addresses)], samples[number % len(samples)]))
    async with asyncio.TaskGroup() as peers:
        for _ in range(PEERS):
            peers.create_task(send(stack.smtp_port, mails))
    for place, address in enumerate(addresses):
        wanted = held[place] + len(range(place, count, len(addresses)))
        while await number_of_messages(api, address) < wanted:  # noqa: ASYNC110 - another process stores them
            await asyncio.sleep(0.2)


async def number_of_messages(api: httpx.AsyncClient, address: str) -> int:
    return int((await api.get(f"/api/v1/inboxes/{address}")).raise_for_status().json()["message_count"])


async def read_all(api: httpx.AsyncClient, addresses: list[str], count: int) -> None:
    """List messages repeatedly, with eight concurrent callers."""

    async def caller(start: int) -> None:
        for number in range(start, count, 8):
            path = f"/api/v1/inboxes/{addresses[number % len(addresses)]}/messages?limit=20"
            (await api.get(path)).raise_for_status()

    await asyncio.gather(*(caller(start) for start in range(8)))


class Receiver:
    """Answers every webhook with 204 and counts them."""

    def __init__(self) -> None:
        self.seen = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
                await reader.readexactly(int(length.partition(b":")[2]))
                self.seen += 1
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            writer.close()


async def webhooks(stack: Stack, api: httpx.AsyncClient, addresses: list[str], count: int) -> None:
    """Mails to inboxes whose account has one endpoint."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    (await api.post("/api/v1/webhooks", json={"url": url})).raise_for_status()

    async def work() -> None:
        await send_all(stack, api, addresses, count)
        while receiver.seen < count:  # noqa: ASYNC110 - a poll is enough
            await asyncio.sleep(0.1)

    await costs(stack, "mail with one webhook", count, work)
    server.close()


async def measure(stack: Stack, count: int) -> None:
    async with httpx.AsyncClient(
        base_url=stack.http_url, headers={"X-API-Key": stack.api_key}, trust_env=False, timeout=60
    ) as api:
        answers = [await api.post("/api/v1/inboxes", json={}) for _ in range(INBOXES)]
        addresses = [answer.raise_for_status().json()["address"] for answer in answers]
        await send_all(stack, api, addresses, 100)
        await costs(stack, "idle, per second", 5, lambda: asyncio.sleep(5))
        await costs(stack, "mail of 20 kB, SMTP to readable", count, lambda: send_all(stack, api, addresses, count))
        await costs(stack, "API call (list 20 messages)", CALLS, lambda: read_all(api, addresses, CALLS))
        await webhooks(stack, api, addresses, count // 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=3000)
    given = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory(prefix="mayfly-cost-") as folder, Stack(Path(folder)) as stack:
        asyncio.run(measure(stack, given.mails))


if __name__ == "__main__":
    main()
