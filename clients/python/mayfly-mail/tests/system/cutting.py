"""A proxy on loopback that cuts connections after seeded numbers of octets, in either direction."""

from __future__ import annotations

import contextlib
import random
import socket
import struct
from collections.abc import Iterator
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Self

RESET = struct.pack("ii", 1, 0)


class CuttingProxy:
    """Passes octets to `port` until a connection has used up its share, then resets or ends it. `cuts` counts.

    About half of the connections get enough for a call or more, so that each comes through in the end.
    """

    def __init__(self, port: int, seed: int) -> None:
        self.cuts = 0
        self._port = port
        self._random = random.Random(seed)
        self._lock = Lock()
        self._over = Event()
        self._open: set[socket.socket] = set()
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(0.1)
        self._threads: list[Thread] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        with self._lock:
            for each in self._open:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
        while self._threads:
            self._threads.pop().join()
        self._server.close()

    def _start(self, run: object, *arguments: object) -> None:
        thread = Thread(target=run, args=arguments)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._over.is_set():
            with contextlib.suppress(TimeoutError):
                peer, _ = self._server.accept()
                self._start(self._serve, peer)

    def _share(self) -> tuple[int, int, bool]:
        """Octets to the server and from it, and whether the end is a reset."""
        with self._lock:
            there = self._random.choice((0, 40, 700, 2_000, 10_000, 10_000, 10_000, 10_000))
            back = self._random.choice((0, 1, 120, 600, 2_000, 10_000, 10_000, 10_000))
            return there, back, self._random.random() < 0.5

    def _serve(self, peer: socket.socket) -> None:
        there, back, reset = self._share()
        with peer, socket.create_connection(("127.0.0.1", self._port)) as server:
            with self._lock:
                self._open |= {peer, server}
            upstream = Thread(target=self._pass, args=(peer, server, there))
            upstream.start()
            self._pass(server, peer, back)
            upstream.join()
            if reset and not self._over.is_set():
                with contextlib.suppress(OSError):
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            with self._lock:
                self._open -= {peer, server}

    def _pass(self, source: socket.socket, target: socket.socket, octets: int) -> None:
        """Pass that many octets on, then end both directions of both connections."""
        try:
            while octets and (data := source.recv(min(octets, 65536))):
                target.sendall(data)
                octets -= len(data)
            self.cuts += not octets
        except OSError:
            pass
        for each in (source, target):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def cutting(port: int, seed: int) -> Iterator[CuttingProxy]:
    with CuttingProxy(port, seed) as proxy:
        yield proxy
