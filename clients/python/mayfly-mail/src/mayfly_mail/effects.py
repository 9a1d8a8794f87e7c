"""Everything the client asks of the world, as values: five effects, which the steps of a verb yield.

A verb is a generator of effects (`Steps`), written once. `blocking.py` performs them with a thread's sockets,
`awaiting.py` with an asyncio loop, and a test with a script. A failed effect raises OSError where it was yielded.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

if TYPE_CHECKING:
    from socket import socket

    Wire = socket

__tracebackhide__ = True  # pytest shows the line of the caller

T = TypeVar("T")


class Connect(NamedTuple):
    """Open a TCP connection; answered with the wire."""

    host: str
    port: int
    seconds: float


class Write(NamedTuple):
    """Send all octets within that time."""

    wire: Wire
    data: bytes
    seconds: float


class Read(NamedTuple):
    """Answered with the next octets; empty at the end of the connection."""

    wire: Wire
    seconds: float


class Pause(NamedTuple):
    """Let time pass."""

    seconds: float


class Now(NamedTuple):
    """Answered with a time in seconds that never goes back."""


Effect = Connect | Write | Read | Pause | Now
Steps = Generator[Effect, Any, T]


def connect(host: str, port: int, seconds: float) -> Steps[Wire]:
    wire: Wire = yield Connect(host, port, seconds)
    return wire


def write(wire: Wire, data: bytes, seconds: float) -> Steps[None]:
    yield Write(wire, data, seconds)


def read(wire: Wire, seconds: float) -> Steps[bytes]:
    data: bytes = yield Read(wire, seconds)
    return data


def pause(seconds: float) -> Steps[None]:
    yield Pause(seconds)


def now() -> Steps[float]:
    moment: float = yield Now()
    return moment
