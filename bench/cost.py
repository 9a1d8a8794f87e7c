"""`make bench-cost`: processor time of each process per mail, webhook and API call; see docs/scaling.md.

Processor time depends little on other load, unlike wall time. A process counts with its children, until all are at
rest: verdicts come after a mail is readable. Mails have about 20 kB, for 50 inboxes; streams have one replica and sync
every write. Prints figures; checks no target.
"""

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path

import httpx

from bench.live import Peer
from bench.parser_mails import sign_up_mail
from bench.plans import unlimited
from bench.processes import at_rest, cpu_of, of_stack
from mayfly_local.stack import Stack

INBOXES = 50
PEERS = 16
FIRST_CALLS, BUSY_CALLS = 300, 3_000
IDLE_SECONDS = 5

Costs = dict[str, float]
"""Name of a process to its seconds of processor time for each unit."""


async def costs(stack: Stack, title: str, count: int, work: Callable[[], Awaitable[None]]) -> Costs:
    """Do the work, `count` units, and print what each of them cost; the stack is at rest before and after."""
    processes = of_stack(stack.data_dir)
    before, begun = cpu_of(processes), time.perf_counter()
    await work()
    seconds = time.perf_counter() - begun
    after = await asyncio.to_thread(at_rest, processes)
    each = {name: (after[name] - before[name]) / count for name in after}
    report(f"{title}: {count} in {seconds:.1f} s ({count / seconds:.0f}/s here and now)", each)
    return each


def report(title: str, each: Mapping[str, float]) -> None:
    print(f"\n{title}")
    spent = {name: seconds for name, seconds in each.items() if seconds > 0}
    for name, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        print(f"  {name:<20} {seconds * 1e6:>8.0f} us each, {1 / seconds:>9.0f} a second and core")
    print(f"  {'all':<20} {sum(each.values()) * 1e6:>8.0f} us each", flush=True)


async def idle(stack: Stack) -> None:
    processes = of_stack(stack.data_dir)
    before = cpu_of(processes)
    await asyncio.sleep(IDLE_SECONDS)
    share = (sum(cpu_of(processes).values()) - sum(before.values())) / IDLE_SECONDS
    print(f"\nat rest: {share:.1%} of a core")


async def send(port: int, mails: "asyncio.Queue[tuple[str, bytes]]") -> None:
    """One peer: one persistent connection, one mail at a time."""
    peer = await Peer.connect(port)
    while not mails.empty():
        await peer.send(*mails.get_nowait())
    peer.close()


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


async def webhooks(stack: Stack, api: httpx.AsyncClient, addresses: list[str], count: int) -> Costs:
    """Costs of mails to inboxes whose account has one endpoint."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    (await api.post("/api/v1/webhooks", json={"url": url})).raise_for_status()

    async def work() -> None:
        await send_all(stack, api, addresses, count)
        while receiver.seen < count:  # noqa: ASYNC110 - a poll is enough
            await asyncio.sleep(0.1)

    found = await costs(stack, "mail of 20 kB with one webhook", count, work)
    server.close()
    return found


async def measure(stack: Stack, count: int) -> None:
    async with httpx.AsyncClient(
        base_url=stack.http_url, headers={"X-API-Key": stack.api_key}, trust_env=False, timeout=60
    ) as api:
        answers = [await api.post("/api/v1/inboxes", json={}) for _ in range(INBOXES)]
        addresses = [answer.raise_for_status().json()["address"] for answer in answers]
        await send_all(stack, api, addresses, 100)
        await asyncio.to_thread(at_rest, of_stack(stack.data_dir))
        await idle(stack)
        mail = await costs(stack, "mail of 20 kB", count, partial(send_all, stack, api, addresses, count))
        for calls in (FIRST_CALLS, BUSY_CALLS):
            await costs(stack, "list of 20 messages", calls, partial(read_all, api, addresses, calls))
        with_webhook = await webhooks(stack, api, addresses, count)
    report("one webhook more, in a burst", {name: with_webhook[name] - mail[name] for name in mail})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=3000)
    given = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory(prefix="mayfly-cost-") as folder:
        env = {"MAYFLY_PLANS_FILE": str(unlimited(Path(folder)))}
        with Stack(Path(folder) / "data", env=env) as stack:
            asyncio.run(measure(stack, given.mails))


if __name__ == "__main__":
    main()
