"""Checks whether a port is available, and hands out free ports.

`plan` checks the configured ports before anything starts; probes and tests take free ones.
"""

import errno
import fcntl
import ipaddress
import os
import socket
import tempfile
from pathlib import Path

# Below Linux' default ephemeral range (32768 and up), so that no outgoing connection uses one of these ports.
FIRST, LAST = 20000, 32000


def why_not(host: str, port: int) -> str | None:
    """Return None when a server can listen there, else the reason in a few words."""
    family = socket.AF_INET6 if ipaddress.ip_address(host).version == 6 else socket.AF_INET  # noqa: PLR2004
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # Ignores connections of an earlier run in TIME_WAIT, but not a listener.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except OSError as error:
            return "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
    return None


class Ports:
    """Hands out free ports, each to one process of the machine at a time.

    A bind check alone has a race: two test workers could see the same free port. So each port is reserved by a lock on
    a file that all runs of Mayfly on this machine share; the lock ends with the process.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or Path(tempfile.gettempdir()) / f"mayfly-ports-{os.getuid()}"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._held: dict[int, int] = {}
        # Workers start at different ports, so that they do not try each other's.
        self._next = FIRST + os.getpid() * 61 % (LAST - FIRST)

    def take(self) -> int:
        """Reserve a free port on 127.0.0.1."""
        for _ in range(FIRST, LAST):
            port = self._next
            self._next = FIRST + (port + 1 - FIRST) % (LAST - FIRST)
            if port not in self._held and self._hold(port):
                return port
        raise OSError(errno.EADDRINUSE, f"no free port between {FIRST} and {LAST}")

    def release(self) -> None:
        """Release all ports."""
        for lock in self._held.values():
            os.close(lock)
        self._held.clear()

    def _hold(self, port: int) -> bool:
        lock = os.open(self._folder / str(port), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            free = why_not("127.0.0.1", port) is None
        except BlockingIOError:
            free = False
        if free:
            self._held[port] = lock
        else:
            os.close(lock)
        return free
