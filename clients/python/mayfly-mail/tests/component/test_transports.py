"""Both transports with real sockets: connections that are used again, threads, forks, loops, streams."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import inspect
import os
import pickle
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mayfly_mail import AsyncMayfly, Forbidden, Mayfly, Unavailable
from mayfly_mail.awaiting import first_reachable
from mayfly_mail.stream import AsyncStream, Stream
from mayfly_mail.waits import Where

from .halves import HALVES, close, entering, health
from .serving import OK, Server, as_json

EVENTS = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nevent: connected\nid: 1\ndata: {}\n\n"


@HALVES
async def test_calls_use_a_connection_again_until_the_server_closes_it(kind: Any) -> None:
    with Server() as server:
        client = kind(f"http://127.0.0.1:{server.port}", "mf_key")
        for _ in range(3):
            assert "ok" == await health(client)
        assert 1 == server.connections
        server.hang_up()
        await asyncio.sleep(0.02)
        assert "ok" == await health(client)
        assert 2 == server.connections
        assert b"X-API-Key: mf_key\r\n" in server.requests[0]
        await close(client)
        assert "ok" == await health(client)
        await close(client)


@HALVES
async def test_a_name_with_several_addresses_is_tried_one_by_one(kind: Any) -> None:
    with Server() as server:
        client = kind(f"http://localhost:{server.port}")  # ::1 comes first where there is IPv6
        assert "ok" == await health(client)
        assert f"Host: localhost:{server.port}".encode() in server.requests[0]
        await close(client)


async def test_an_address_that_swallows_everything_leaves_time_for_the_next() -> None:
    with (
        socket.create_server(("127.0.0.2", 0), backlog=0) as full,
        Server() as server,
        contextlib.ExitStack() as waiting,
    ):
        for _ in range(3):  # those that wait to be accepted: one more gets no answer at all
            peer = waiting.enter_context(socket.socket())
            peer.setblocking(False)
            peer.connect_ex(full.getsockname())
        both = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", end) for end in (full.getsockname(), ("127.0.0.1", server.port))
        ]
        with await first_reachable(both, seconds=0.2) as wire:
            assert ("127.0.0.1", server.port) == wire.getpeername()


@HALVES
async def test_a_server_that_hangs_up_after_each_request_answers_all_the_same(kind: Any) -> None:
    last = OK.replace(b"OK\r\n", b"OK\r\nConnection: close\r\n", 1)
    with Server(lambda server, _: last) as server:
        client = kind(f"http://127.0.0.1:{server.port}")
        assert ["ok", "ok"] == [await health(client), await health(client)]
        assert 2 == server.connections
        await close(client)


@HALVES
async def test_a_silent_server_is_given_up_after_the_timeout(kind: Any) -> None:
    with Server(lambda server, _: (server._over.wait(5) and b"") or b"") as server:
        client = kind(f"http://127.0.0.1:{server.port}", timeout=0.15, retry_for=0)
        started = time.monotonic()
        with pytest.raises(Unavailable, match="did not answer in time"):
            await health(client)
        assert 0.1 < time.monotonic() - started < 2
        server._over.set()


@HALVES
async def test_a_server_that_is_not_there_is_named(kind: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    client = kind(f"http://127.0.0.1:{port}", "mf_secret", retry_for=0)
    with pytest.raises(
        Unavailable, match=f"no answer from http://127[.]0[.]0[.]1:{port}: Connection refused"
    ) as raised:
        await health(client)
    assert "mf_secret" not in str(raised.value)
    with pytest.raises(Unavailable, match=r"no answer from http://nowhere\.invalid"):
        await health(kind("http://nowhere.invalid", retry_for=0))


@HALVES
async def test_the_key_does_not_follow_a_redirection(kind: Any) -> None:
    with Server() as other:
        moved = f"HTTP/1.1 302 x\r\nLocation: http://127.0.0.1:{other.port}/\r\nContent-Length: 0\r\n\r\n".encode()
        with Server(lambda *_: moved) as server:
            client = kind(f"http://127.0.0.1:{server.port}", "mf_key")
            with pytest.raises(Exception, match="redirects"):
                await health(client)
            await close(client)
        assert [] == other.requests


def test_many_threads_share_one_client() -> None:
    with Server() as server, Mayfly(f"http://127.0.0.1:{server.port}") as client:
        seen: list[str] = []
        threads = [
            threading.Thread(target=lambda: seen.extend(client.health().status for _ in range(20))) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert ["ok"] * 160 == seen
        assert server.connections <= 16


def test_a_forked_child_does_not_use_the_connections_of_its_parent() -> None:
    with Server() as server:
        program = f"""
import os
from mayfly_mail import Mayfly
client = Mayfly("http://127.0.0.1:{server.port}")
client.health()
child = os.fork()
client.health()
if child:
    assert os.waitpid(child, 0)[1] == 0
    client.health()
"""
        subprocess.run(
            [sys.executable, "-W", "error", "-c", program], check=True, env={**os.environ, "MAYFLY_API_KEY": ""}
        )
        assert (4, 2) == (len(server.requests), server.connections)


def test_one_client_works_in_several_loops_one_after_the_other() -> None:
    with Server() as server:
        client = AsyncMayfly(f"http://127.0.0.1:{server.port}")
        for _ in range(3):
            assert "ok" == asyncio.run(health(client), debug=True)
        assert 3 == server.connections
        assert 1 == len(client._sockets._pools)
        del client
        gc.collect()


async def test_a_cancelled_call_leaves_its_connection_to_nobody() -> None:
    slow = threading.Event()

    def answer(server: Server, head: bytes) -> bytes:
        if len(server.requests) == 1:
            slow.wait(5)
        return OK

    with Server(answer) as server:
        client = AsyncMayfly(f"http://127.0.0.1:{server.port}")
        task = asyncio.create_task(client.health())
        while not server.requests:
            await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        slow.set()
        assert "ok" == await health(client)
        assert 2 == server.connections
        slow.clear()
        server.requests.clear()
        with pytest.raises((asyncio.TimeoutError, TimeoutError)):
            await asyncio.wait_for(client.health(), 0.05)
        slow.set()
        await client.close()


def test_a_stream_that_another_thread_closes_ends() -> None:
    with Server(lambda *_: EVENTS) as server, Mayfly(f"http://127.0.0.1:{server.port}", "mf_key") as client:
        stream = Stream(Where(client._session, "i1", "a@b.test", None), None)
        assert "connected" == next(stream).type
        ended: list[object] = []
        reader = threading.Thread(target=lambda: ended.append(next(stream, None)))
        reader.start()
        time.sleep(0.05)
        with pytest.raises(RuntimeError, match="one thread or task at a time"):
            next(stream)
        stream.close()
        reader.join(5)
        assert [None] == ended


async def test_a_stream_that_another_task_closes_ends_and_takes_no_connection_of_others() -> None:
    with Server(lambda _, head: EVENTS if b"/sse/" in head else OK) as server:
        async with AsyncMayfly(f"http://127.0.0.1:{server.port}", "mf_key") as client:
            stream = AsyncStream(Where(client._session, "i1", "a@b.test", None), None)
            assert "connected" == (await anext(stream)).type
            reader = asyncio.create_task(stream.__anext__())
            await asyncio.sleep(0.05)
            await stream.close()
            assert "ok" == await health(client)
            with pytest.raises(StopAsyncIteration):
                await asyncio.wait_for(reader, 5)
            assert "ok" == await health(client)


async def test_a_silent_server_is_no_cancellation_of_a_task_that_was_cancelled_before() -> None:
    with Server(lambda server, _: OK if len(server.requests) > 1 else (server._over.wait(5) and OK) or OK) as server:
        async with AsyncMayfly(f"http://127.0.0.1:{server.port}", timeout=0.1, retry_for=5) as client:

            async def clean_up() -> str:
                try:
                    await asyncio.sleep(5)
                except asyncio.CancelledError:
                    return await health(client)
                return "not cancelled"

            task = asyncio.create_task(clean_up())
            await asyncio.sleep(0)
            task.cancel()
            assert "ok" == await task
        server._over.set()


CREATED = {"id": "i1", "address": "a@b.test", "token": "t", "inbox_expires_at": None, "message_count": 0}


@HALVES
async def test_what_fails_in_a_block_is_not_hidden_by_a_server_that_is_away_at_its_end(kind: Any) -> None:
    created, plan = as_json(CREATED, 201), as_json({"steps": [], "seen": 0})
    with contextlib.ExitStack() as running:
        server = running.enter_context(Server(lambda _, head: plan if b"PUT " in head else created))
        client = kind(f"http://127.0.0.1:{server.port}", "mf_key", retry_for=0.05)
        with pytest.raises(KeyError):
            await failing_block(client, running.close)
        await close(client)


async def failing_block(client: Any, fail: Callable[[], None]) -> None:
    async with entering(client.inbox()) as inbox, entering(inbox.fault("451")):
        fail()
        raise KeyError


@HALVES
async def test_a_client_can_be_given_to_another_process_whatever_it_has_done_before(kind: Any) -> None:
    with Server() as server:
        client = kind(f"http://127.0.0.1:{server.port}", "mf_key")
        assert "ok" == await health(client)
        other = pickle.loads(pickle.dumps(client))
        assert "ok" == await health(other)
        assert 2 == server.connections
        assert b"X-API-Key: mf_key\r\n" in server.requests[1]
        await close(client)
        await close(other)


async def test_many_tasks_share_one_client() -> None:
    with Server() as server:
        async with AsyncMayfly(f"http://127.0.0.1:{server.port}") as client:
            assert ["ok"] * 40 == await asyncio.gather(*(health(client) for _ in range(40)))
            await health(client)
        assert 40 >= server.connections


@pytest.mark.parametrize(
    "end", ["client.close()", "", "import gc; kept = [client]; kept.append(kept); del client, kept; gc.collect()"]
)
@pytest.mark.parametrize("awaited", [False, True])
def test_a_client_that_nobody_closes_warns_of_nothing(end: str, awaited: bool) -> None:
    with Server(lambda *_: as_json({"error": "forbidden", "message": "no"}, 403)) as server:
        call = "asyncio.run(client.health())" if awaited else "client.health()"
        program = f"""
import asyncio
from mayfly_mail import AsyncMayfly, Mayfly, Forbidden
client = {"AsyncMayfly" if awaited else "Mayfly"}("http://127.0.0.1:{server.port}")
errors = []
for _ in range(2):
    try:
        {call}
    except Forbidden as error:
        errors.append(error)
{"" if awaited and "close" in end else end}
"""
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False
        )
    assert (0, "") == (done.returncode, done.stderr)


@HALVES
async def test_a_traceback_of_pytest_ends_at_the_line_of_the_caller_and_no_traceback_has_a_key(kind: Any) -> None:
    with Server(lambda *_: as_json({"error": "forbidden", "message": "no"}, 403)) as server:
        client = kind(f"http://127.0.0.1:{server.port}", _key())
        with pytest.raises(Forbidden) as raised:
            await _inbox(client)
        await close(client)
    shown = raised.traceback.filter(raised)
    assert {Path(__file__)} == {entry.path for entry in shown}
    for everything in (True, False):
        text = str(raised.getrepr(showlocals=everything, tbfilter=not everything, funcargs=True))
        assert _key() not in text
        assert everything == ("session.py" in text)


@HALVES
async def test_a_refusal_before_the_body_is_read_is_told(kind: Any) -> None:
    with Server(lambda *_: as_json({"error": "forbidden", "message": "too much"}, 403)) as server:
        client = kind(f"http://127.0.0.1:{server.port}", "mf_key", retry_for=0)
        with pytest.raises(Forbidden, match="too much"):
            await _inbox(client)
        await close(client)


def _key() -> str:
    return "mf_" + "secret"


async def _inbox(client: Any) -> None:
    result = client.inbox(label="x" * 100)
    if inspect.isawaitable(result):
        await result


@HALVES
async def test_a_message_whose_inbox_has_ended_counts_as_deleted(kind: Any) -> None:
    with Server(lambda *_: as_json({"error": "gone", "message": "the inbox has expired"}, 410)) as server:
        client = kind(f"http://127.0.0.1:{server.port}", "mf_key")
        deleting = client.delete_message("m1")
        assert (await deleting if inspect.isawaitable(deleting) else deleting) is None
        await close(client)
