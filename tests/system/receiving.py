"""Webhook receivers on loopback for the system tests."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Event, Thread
from typing import Any


@contextmanager
def receiver(statuses: list[int]) -> Iterator[tuple[str, Queue[Any]]]:
    """Starts a receiver that answers with `statuses` in turn, then with 200.

    Yields its URL and a queue of the requests it received, each as (headers, body).
    """
    received: Queue[Any] = Queue()
    answers = iter(statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.put((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(next(answers, 200))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", received
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    """A receiver on loopback that treats every connection as `serve` does."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.2)
    over = Event()

    def one(peer: socket.socket) -> None:
        try:
            with peer:
                serve(peer)
        except OSError:
            return

    def accept() -> None:
        while not over.is_set():
            try:
                peer, _ = server.accept()
            except TimeoutError:
                continue
            Thread(target=one, args=(peer,), daemon=True).start()

    thread = Thread(target=accept)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/hook"
    finally:
        over.set()
        thread.join()
        server.close()
