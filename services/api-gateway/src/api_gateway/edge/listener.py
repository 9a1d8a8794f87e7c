"""Sets socket options of the listening socket, which every accepted connection inherits. Called once at start.

granian does not expose its listening socket, so it is looked up among the descriptors of the process. Without these
options, a client that stops reading or disappears would keep its connection and buffers indefinitely: ASGI cannot
close a connection.
"""

import asyncio
import errno
import os
import resource
import socket
import stat
from contextlib import suppress
from pathlib import Path

from mayfly.failures import TransientFailure

_UNSENT_OCTETS = 128 * 1024
_KEEPALIVE_SECONDS = 30
_DESCRIPTORS = 65_536


async def guard_listener(port: int, *, stall_seconds: int) -> None:
    """Reset connections whose client reads nothing for `stall_seconds`; raise the limit of open descriptors.

    Raises TransientFailure when nothing listens on the port.
    """
    _raise_descriptor_limit()
    for _ in range(200):
        if _guard(port, stall_seconds):
            return
        await asyncio.sleep(0.01)
    raise TransientFailure("the HTTP server is not listening")


def _raise_descriptor_limit() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _DESCRIPTORS if hard == resource.RLIM_INFINITY else min(_DESCRIPTORS, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _guard(port: int, stall_seconds: int) -> bool:
    found = False
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(OSError), _socket_of(int(entry.name)) as candidate:
            if _listens_on(candidate, port):
                # RFC 5482 and tcp(7): also cuts off a peer whose window stays closed.
                candidate.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, stall_seconds * 1000)
                candidate.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _UNSENT_OCTETS)
                candidate.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                candidate.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _KEEPALIVE_SECONDS)
                found = True
    return found


def _socket_of(descriptor: int) -> socket.socket:
    """A second handle of the socket with this descriptor. Raises OSError if it is not a socket."""
    if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
        raise OSError(errno.ENOTSOCK, "not a socket")
    return socket.socket(fileno=os.dup(descriptor))


def _listens_on(candidate: socket.socket, port: int) -> bool:
    if candidate.family not in {socket.AF_INET, socket.AF_INET6}:
        return False
    listens = candidate.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    return bool(listens) and candidate.getsockname()[1] == port
