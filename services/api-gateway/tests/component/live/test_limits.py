"""What live channels may cost: caps, stalled readers, idle readers, and the end of the process."""

import asyncio
import os
import signal
import socket
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from .conftest import watching


async def test_the_channels_of_one_holder_and_of_all_are_capped(start_gateway):
    gateway = await start_gateway(MAYFLY_LIVE_CHANNELS="3", MAYFLY_LIVE_CHANNELS_PER_KEY="2")
    inbox, first, second = await gateway.inbox(), await gateway.account(), await gateway.account()
    path = f"/api/v1/sse/inbox/{inbox['address']}"
    async with (
        watching(gateway.http, inbox["address"], headers=first),
        watching(gateway.http, inbox["address"], headers=first),
    ):
        answer = await gateway.http.get(path, headers=first)
        assert (429, "rate_limit_exceeded") == (answer.status_code, answer.json()["error"])
        assert int(answer.headers["Retry-After"]) > 0
        async with watching(gateway.http, inbox["address"], headers=second):
            wait = f"/api/v1/inboxes/{inbox['address']}/messages/wait"
            answer = await gateway.http.get(wait, headers=second)
            assert (503, "service_unavailable") == (answer.status_code, answer.json()["error"])
            assert int(answer.headers["Retry-After"]) > 0
    async with asyncio.timeout(5):
        while 200 != await status_of_stream(gateway, path, first):
            await asyncio.sleep(0.02)


async def test_a_wait_whose_client_went_away_gives_its_place_back(start_gateway):
    gateway = await start_gateway(MAYFLY_LIVE_CHANNELS_PER_KEY="1")
    inbox = await gateway.inbox()
    wait = f"/api/v1/inboxes/{inbox['address']}/messages/wait"
    waiting = asyncio.create_task(gateway.http.get(wait, params={"timeout": 60}))
    await asyncio.sleep(0.3)
    assert 429 == (await gateway.http.get(wait, params={"timeout": 0})).status_code
    waiting.cancel()
    async with asyncio.timeout(5):
        while 408 != (await gateway.http.get(wait, params={"timeout": 0})).status_code:
            await asyncio.sleep(0.02)


async def test_a_thousand_idle_readers_give_their_descriptors_back(start_gateway):
    gateway = await start_gateway(MAYFLY_LIVE_CHANNELS_PER_KEY="1000")
    inbox = await gateway.inbox()
    readers = [reader for _ in range(20) for reader in await open_streams(gateway.port, inbox, 50)]
    held = gateway.descriptors()
    assert 1000 <= connections_to(gateway.port)
    for number, reader in enumerate(readers):
        if number % 2:  # half of them in no orderly way
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        reader.close()
    async with asyncio.timeout(20):
        while connections_to(gateway.port) > 20 or gateway.descriptors() > held - 1000 + 20:
            await asyncio.sleep(0.05)
    assert 200 == await status_of_stream(gateway, f"/api/v1/sse/inbox/{inbox['address']}")


async def test_a_reader_that_stops_reading_is_cut_off(start_gateway, announce):
    gateway = await start_gateway(MAYFLY_LIVE_STALL_SECONDS="1")
    inbox = await gateway.inbox()
    before = gateway.descriptors()
    stalled = await open_stream(gateway.port, inbox, receive_buffer=4096)
    await asyncio.gather(*(announce(inbox, subject="x" * 50_000) for _ in range(100)))
    async with asyncio.timeout(20):
        while gateway.descriptors() > before:
            await asyncio.sleep(0.05)
    with stalled, pytest.raises(ConnectionResetError):
        read_to_the_end(stalled)


async def test_at_the_end_of_the_process_readers_are_sent_elsewhere_and_nothing_is_cut_short(start_gateway):
    gateway = await start_gateway()
    inbox = await gateway.inbox()
    wait = f"/api/v1/inboxes/{inbox['address']}/messages/wait"
    waiting = asyncio.create_task(gateway.http.get(wait, params={"timeout": 60}))
    async with watching(gateway.http, inbox["address"]) as events:
        assert "connected" == (await anext(events)).name
        await asyncio.sleep(0.1)
        os.kill(gateway.process.pid, signal.SIGTERM)
        rest = [event async for event in events]
    answer = await waiting
    assert [("", True)] == [(event.name, 0 < event.retry <= 3000) for event in rest]
    assert (503, "service_unavailable") == (answer.status_code, answer.json()["error"])
    assert int(answer.headers["Retry-After"]) > 0
    assert 0 == await asyncio.to_thread(gateway.process.wait, 10)


async def status_of_stream(gateway, path, headers=None) -> int:
    async with gateway.http.stream("GET", path, headers=headers) as answer:
        return answer.status_code


def read_to_the_end(connection) -> None:
    connection.setblocking(True)
    while connection.recv(1 << 20):
        continue


def connections_to(port) -> int:
    """Connections that a process still holds on its side (proc(5): established, or closed by the peer alone)."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
    return sum(row[1].endswith(f":{port:04X}") and row[3] in {"01", "08"} for row in rows)


async def open_streams(port, inbox, count) -> list[socket.socket]:
    return await asyncio.gather(*(open_stream(port, inbox) for _ in range(count)))


async def open_stream(port, inbox, *, receive_buffer=None) -> socket.socket:
    """A bare connection on which the stream has begun."""
    loop = asyncio.get_running_loop()
    reader = socket.socket()
    if receive_buffer:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    reader.setblocking(False)
    await loop.sock_connect(reader, ("127.0.0.1", port))
    request = f"GET /api/v1/sse/inbox/{inbox['address']} HTTP/1.1\r\nHost: localhost\r\n\r\n"
    await loop.sock_sendall(reader, request.encode())
    received = b""
    while b"event: connected" not in received:
        part = await loop.sock_recv(reader, 4096)
        assert part, received
        received += part
    return reader


async def test_what_needs_no_search_process_waits_for_none(start_gateway, deliver):
    gateway = await start_gateway(MAYFLY_DOMAINS="mayfly.test")
    long, mine = await gateway.inbox(), await gateway.inbox()
    await deliver(long, text="ä" * 40_000)
    await deliver(mine, otp="482193")
    path = f"/api/v1/inboxes/{long['address']}/messages/wait"
    assert 408 == (await gateway.http.get(path, params={"body": "nothing", "timeout": 0})).status_code
    with suspended(child_of(gateway.process.pid)):
        searching = [
            asyncio.create_task(gateway.http.get(path, params={"body": text, "timeout": 0}))
            for text in ("nothing", "ä" * 40, "re:x", "re:y")
            for _ in range(4)
        ]
        await asyncio.sleep(0.3)
        for criterion in ({"has_otp": True}, {"subject": "code"}, {"from": "noreply"}, {}):
            answer = await gateway.http.get(path.replace(long["address"], mine["address"]), params=criterion, timeout=5)
            assert (criterion, 200) == (criterion, answer.status_code)
        assert not any(call.done() for call in searching)
        for call in searching:
            call.cancel()
    await asyncio.wait(searching)


def child_of(pid):
    (child,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(child)


@contextmanager
def suspended(pid):
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
