"""`make bench-live`: time from SMTP 250 to the event on an open stream, and memory and CPU of idle streams.

Starts all of Mayfly on free ports; the load runs on the same cores. First sends 50 mails of 20 kB a second over four
persistent connections while one stream is read; then opens thousands of idle streams in one gateway process. Prints
figures; checks no target.
"""

import argparse
import asyncio
import os
import resource
import smtplib
import socket
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import msgspec

from bench.plans import unlimited
from bench.visible import example, report
from mayfly_local.stack import Stack

CONNECTIONS = 4
AT_ONCE = 50
IDLE_SECONDS = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=1500)
    parser.add_argument("--rate", type=float, default=50.0, help="mails a second")
    parser.add_argument("--streams", type=int, default=5000)
    asked = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory() as folder:
        env = {
            "MAYFLY_PLANS_FILE": str(unlimited(Path(folder))),  # one address opens thousands of streams
            "MAYFLY_LIVE_CHANNELS": "100000",
            "MAYFLY_LIVE_CHANNELS_PER_KEY": "100000",
            "MAYFLY_MAX_MESSAGES_PER_INBOX": "1000000",
            "MAYFLY_SMTP_MAILS_PER_MINUTE_PER_INBOX": "1000000",
            "MAYFLY_SMTP_MAILS_PER_MINUTE_PER_IP": "1000000",
        }
        with Stack(Path(folder) / "data", env=env) as stack:
            address = generate(stack)
            asyncio.run(latency(stack, address, 100, asked.rate))
            waited = asyncio.run(latency(stack, address, asked.mails, asked.rate))
            print(f"{asked.mails} mails of 20 kB at {asked.rate:g} a second, load average {os.getloadavg()[0]:.1f}")
            report("250 to event on stream", waited)
            asyncio.run(idle(stack, address, asked.streams))


def generate(stack: Stack) -> str:
    return str(httpx.post(f"{stack.http_url}/api/v1/inboxes/generate", json={}, trust_env=False).json()["address"])


async def latency(stack: Stack, address: str, mails: int, rate: float) -> list[float]:
    """Seconds from each mail's 250 until its event has been read."""
    accepted: dict[str, float] = {}
    arrived: dict[str, float] = {}
    mail = example(address)
    connected = asyncio.Event()
    reading = asyncio.create_task(read(stack, address, arrived, mails, connected))
    await connected.wait()
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        peers = [smtplib.SMTP("127.0.0.1", stack.smtp_port) for _ in range(CONNECTIONS)]
        free: asyncio.Queue[smtplib.SMTP] = asyncio.Queue()
        for peer in peers:
            free.put_nowait(peer)

        async def send(number: int) -> None:
            peer = await free.get()
            subject = f"mail {number}"
            octets = mail.replace(b"Subject: Your code is 482193", b"Subject: " + subject.encode(), 1)
            accepted[subject] = await loop.run_in_executor(pool, deliver, peer, address, octets)
            free.put_nowait(peer)

        started = loop.time()
        sending = []
        for number in range(mails):
            await asyncio.sleep(started + number / rate - loop.time())
            sending.append(asyncio.create_task(send(number)))
        await asyncio.gather(*sending)
        print(f"sent at {mails / (loop.time() - started):.1f} mails a second")
        async with asyncio.timeout(30):
            await reading
        for peer in peers:
            peer.close()
    return [arrived[subject] - accepted[subject] for subject in accepted]


def deliver(peer: smtplib.SMTP, address: str, octets: bytes) -> float:
    """Send a mail; returns the time of the 250."""
    peer.sendmail("bench@example.com", [address], octets)
    return time.perf_counter()


async def read(stack: Stack, address: str, arrived: dict[str, float], mails: int, connected: asyncio.Event) -> None:
    url = f"{stack.http_url}/api/v1/sse/inbox/{address}"
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client, client.stream("GET", url) as answer:
        async for line in answer.aiter_lines():
            if line == "event: connected":
                connected.set()
            if line.startswith('data: {"type"'):
                arrived[msgspec.json.decode(line[6:])["subject"]] = time.perf_counter()
                if len(arrived) == mails:
                    return


async def idle(stack: Stack, address: str, streams: int) -> None:
    pid = stack.pid("api-gateway")
    assert pid is not None
    before = resident(pid)
    started = time.perf_counter()
    readers: list[socket.socket] = []
    for start in range(0, streams, AT_ONCE):
        count = min(AT_ONCE, streams - start)
        readers += await asyncio.gather(*(open_stream(stack.http_port, address) for _ in range(count)))
    opened = time.perf_counter() - started
    used = cpu(pid)
    await asyncio.sleep(IDLE_SECONDS)
    print(f"{streams} idle streams: {resident(pid) / 1e6:.0f} MB in one gateway process ({before / 1e6:.0f} MB before)")
    print(
        f"  opened in {opened:.1f} s; idle they use {(cpu(pid) - used) / IDLE_SECONDS:.1%} of a core (pings included)"
    )
    print(f"  descriptors with them: {descriptors(pid)}", end="")
    for reader in readers:
        reader.close()
    closing = time.perf_counter()
    while descriptors(pid) > streams / 10 and time.perf_counter() - closing < IDLE_SECONDS:  # noqa: ASYNC110 - another process
        await asyncio.sleep(0.05)
    print(f", {time.perf_counter() - closing:.1f} s after they closed: {descriptors(pid)}")


async def open_stream(port: int, address: str) -> socket.socket:
    loop = asyncio.get_running_loop()
    reader = socket.socket()
    reader.setblocking(False)
    await loop.sock_connect(reader, ("127.0.0.1", port))
    await loop.sock_sendall(reader, f"GET /api/v1/sse/inbox/{address} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    received = b""
    while b"event: connected" not in received:
        received += await loop.sock_recv(reader, 4096)
    return reader


def resident(pid: int) -> int:
    """Resident memory of the process in octets."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def cpu(pid: int) -> float:
    """Processor time of the process so far in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def descriptors(pid: int) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


if __name__ == "__main__":
    main()
