"""Performs the steps of a verb with the sockets of the calling thread."""

from __future__ import annotations

import os
import socket
import time
from typing import Any, TypeVar

from mayfly_mail.clock import monotonic
from mayfly_mail.connection import Pool
from mayfly_mail.effects import Connect, Effect, Pause, Read, Steps, Write

__tracebackhide__ = True  # pytest shows the line of the caller

T = TypeVar("T")

_CHUNK = 65536


class Sockets:
    """Idle connections of one client, for all of its threads. A forked child gets none of its parent's."""

    def __init__(self) -> None:
        self._pool = Pool()
        self._pid = os.getpid()

    def pool(self) -> Pool:
        if self._pid != os.getpid():
            self._pool, self._pid = Pool(), os.getpid()
        return self._pool

    def close(self) -> None:
        self._pool.close()

    def __reduce__(self) -> tuple[type[Sockets], tuple[()]]:
        """Let clients pass to other processes: without their connections."""
        return Sockets, ()


def run(steps: Steps[T]) -> T:
    """Perform all effects; return what the steps return, raise what they raise."""
    try:
        effect = next(steps)
        while True:
            try:
                answer = _perform(effect)
            except BaseException as error:  # noqa: BLE001 - the steps decide, also about an interrupt
                effect = steps.throw(error)
            else:
                effect = steps.send(answer)
    except StopIteration as end:
        result: T = end.value
        return result
    finally:
        steps.close()  # an interrupt may come between two effects


def _perform(effect: Effect) -> Any:
    if isinstance(effect, Read):
        effect.wire.settimeout(effect.seconds)
        return effect.wire.recv(_CHUNK)
    if isinstance(effect, Write):
        effect.wire.settimeout(effect.seconds)
        return effect.wire.sendall(effect.data)
    if isinstance(effect, Connect):
        return _connected(effect)
    if isinstance(effect, Pause):
        return time.sleep(effect.seconds)
    return monotonic()


def _connected(effect: Connect) -> socket.socket:
    wire = socket.create_connection((effect.host, effect.port), effect.seconds)
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return wire
