"""Performs the steps of a verb in an asyncio loop, on plain sockets: a loop that is closed leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Iterable
from typing import Any, TypeVar

from mayfly_mail.clock import monotonic
from mayfly_mail.connection import Pool
from mayfly_mail.effects import Connect, Effect, Pause, Read, Steps, Write

__tracebackhide__ = True  # pytest shows the line of the caller

T = TypeVar("T")

_CHUNK = 65536


class LoopSockets:
    """Idle connections of one client, apart for each loop that it is used in, and for each process."""

    def __init__(self) -> None:
        self._pools: list[tuple[asyncio.AbstractEventLoop, int, Pool]] = []

    def pool(self) -> Pool:
        loop, pid = asyncio.get_running_loop(), os.getpid()
        for known, owner, pool in self._pools:
            if known is loop and owner == pid:
                return pool
        self._forget_ended(pid)
        self._pools.append((loop, pid, Pool()))
        return self._pools[-1][2]

    def _forget_ended(self, pid: int) -> None:
        for entry in list(self._pools):
            if entry[0].is_closed() or entry[1] != pid:
                self._pools.remove(entry)
                entry[2].close()

    def close(self) -> None:
        for _, _, pool in self._pools:
            pool.close()
        self._pools.clear()

    def __reduce__(self) -> tuple[type[LoopSockets], tuple[()]]:
        """Let clients pass to other processes: without their connections."""
        return LoopSockets, ()


async def run(steps: Steps[T]) -> T:
    """Perform all effects; return what the steps return, raise what they raise."""
    try:
        effect = next(steps)
        while True:
            try:
                answer = await _perform(effect)
            except BaseException as error:  # noqa: BLE001 - the steps decide, also about a cancellation
                effect = steps.throw(error)
            else:
                effect = steps.send(answer)
    except StopIteration as end:
        result: T = end.value
        return result
    finally:
        steps.close()  # an interrupt may come between two effects


async def _perform(effect: Effect) -> Any:
    loop = asyncio.get_running_loop()
    if isinstance(effect, Read):
        return await _within(effect.seconds, loop.sock_recv(effect.wire, _CHUNK))
    if isinstance(effect, Write):
        return await _within(effect.seconds, loop.sock_sendall(effect.wire, effect.data))
    if isinstance(effect, Connect):
        return await _connected(effect)
    if isinstance(effect, Pause):
        return await asyncio.sleep(effect.seconds)
    return monotonic()


async def _within(seconds: float, work: Awaitable[T]) -> T:
    """Await without another task: `asyncio.wait_for` of Python 3.10 and 3.11 makes one, and can lose a cancellation."""
    task = asyncio.current_task()
    assert task is not None
    before, expired = _cancellations(task), False

    def expire() -> None:
        nonlocal expired
        expired = True
        task.cancel()

    handle = asyncio.get_running_loop().call_later(seconds, expire)
    try:
        return await work
    except asyncio.CancelledError:
        if not expired or _is_cancelled_too(task, before):
            raise
        raise TimeoutError("timed out") from None
    finally:
        handle.cancel()


def _cancellations(task: asyncio.Task[Any]) -> int:
    """Return how often a task was cancelled so far; 0 in Python 3.10, which does not count."""
    cancelling = getattr(task, "cancelling", None)
    return cancelling() if cancelling else 0


def _is_cancelled_too(task: asyncio.Task[Any], before: int) -> bool:
    """Take back one cancellation; whether another one than those before remains."""
    uncancel = getattr(task, "uncancel", None)
    return bool(uncancel and uncancel() > before)


async def _connected(connect: Connect) -> socket.socket:
    loop = asyncio.get_running_loop()
    found = await _within(connect.seconds, _addresses(loop, connect.host, connect.port))
    if not found:
        raise OSError(f"{connect.host} has no address")
    return await first_reachable(found, connect.seconds)


async def first_reachable(found: Iterable[Any], seconds: float) -> socket.socket:
    """Connect to the first of what `getaddrinfo` found; each has the whole time, as in `socket.create_connection`."""
    loop = asyncio.get_running_loop()
    failure = OSError("no address")
    for family, kind, protocol, _, address in found:
        wire = socket.socket(family, kind, protocol)
        try:
            wire.setblocking(False)
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await _within(seconds, loop.sock_connect(wire, address))
        except OSError as error:
            wire.close()
            failure = error
        except BaseException:
            wire.close()
            raise
        else:
            return wire
    raise failure


async def _addresses(loop: asyncio.AbstractEventLoop, host: str, port: int) -> list[Any]:
    try:  # a literal address needs no thread
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        return await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
