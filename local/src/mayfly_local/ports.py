"""Ports: is one taken, and which one is free.

`__main__` asks about the ports of the environment before it starts anything; probes and tests take free ones here.
"""

import errno
import fcntl
import ipaddress
import os
import socket
import tempfile
from pathlib import Path

# Below Linux' default ephemeral range (32768 and up), so that no outgoing connection sits on a port taken here.
FIRST, LAST = 20000, 32000


def why_not(host: str, port: int) -> str | None:
    """Return None when a server could listen there now, else the reason in a few words."""
    family = socket.AF_INET6 if ipaddress.ip_address(host).version == 6 else socket.AF_INET  # noqa: PLR2004
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # Connections of an earlier run that linger in TIME_WAIT do not count; a listener does.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except OSError as error:
            return "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
    return None


class Ports:
    """Hands out free ports, each to one holder on this machine until its process ends.

    A bind check alone races: two test workers would see the same free port. So each port is held by a lock on a file
    that every run of Mayfly on this machine shares; the kernel drops the lock with the process, however that ends.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or Path(tempfile.gettempdir()) / f"mayfly-ports-{os.getuid()}"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._held: dict[int, int] = {}
        # Workers start at different places, or each would try all that its neighbours hold.
        self._next = FIRST + os.getpid() * 61 % (LAST - FIRST)

    def take(self) -> int:
        """Return a port on 127.0.0.1 that nothing listens on and nobody else holds."""
        for _ in range(FIRST, LAST):
            port = self._next
            self._next = FIRST + (port + 1 - FIRST) % (LAST - FIRST)
            if port not in self._held and self._hold(port):
                return port
        raise OSError(errno.EADDRINUSE, f"no free port between {FIRST} and {LAST}")

    def release(self) -> None:
        """Give every port back."""
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
