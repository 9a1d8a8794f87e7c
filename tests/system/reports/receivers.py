"""Webhook receivers whose answers are odd but count as a delivery."""

import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from http import HTTPStatus
from typing import Any

from tests.system.conversation import Caller, until
from tests.system.receiving import listening

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
LONGEST_ANSWER = 20.0
"""Seconds for which the endless answer goes on, unless the peer closes."""


def _says(octets: bytes) -> Callable[[socket.socket], None]:
    def serve(peer: socket.socket) -> None:
        _request(peer)
        peer.sendall(octets)

    return serve


def _request(peer: socket.socket) -> None:
    """Read one request to its end."""
    octets = b""
    while b"\r\n\r\n" not in octets:
        octets += _more(peer)
    head, _, body = octets.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0] or 0)
    while len(body) < length:
        body += _more(peer)


def _more(peer: socket.socket) -> bytes:
    octets = peer.recv(65536)
    if not octets:
        raise ConnectionError("the request ended early")
    return octets


def _endless_body(peer: socket.socket) -> None:
    _request(peer)
    peer.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    end = time.monotonic() + LONGEST_ANSWER
    while time.monotonic() < end:
        peer.sendall(b"2000\r\n" + b"x" * 0x2000 + b"\r\n")
        time.sleep(0.05)


def _reset_in_the_body(peer: socket.socket) -> None:
    _request(peer)
    peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


RECEIVERS: dict[str, Callable[[socket.socket], None]] = {
    "103 before 200": _says(b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n" + OK),
    "HTTP/1.0": _says(b"HTTP/1.0 200 OK\r\n\r\nok"),
    "no reason phrase": _says(b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"),
    "chunked 202": _says(b"HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
    "endless body": _endless_body,
    "reset in the body": _reset_in_the_body,
    "header of 20 kB": _says(b"HTTP/1.1 200 OK\r\nX-Long: " + b"y" * 20_000 + b"\r\nContent-Length: 0\r\n\r\n"),
    "URL in upper case": _says(OK),
}


def _status(caller: Caller, path: str) -> str:
    """The delivery's status; webhook-dispatcher stores it a moment after the test event was accepted."""
    answer = caller.http.get(path)
    if answer.status_code == HTTPStatus.NOT_FOUND:
        return "not stored"
    return str(answer.raise_for_status().json()["status"])


def odd_receivers(_stack: Any, caller: Caller) -> tuple[bool, str]:
    """A test event for each receiver is delivered."""
    deliveries = {}
    with ExitStack() as receivers:
        for name, serve in RECEIVERS.items():
            url = receivers.enter_context(listening(serve))
            hook = caller.post("/api/v1/webhooks", {"url": url.upper() if "upper" in name else url}, expect=201)
            receivers.callback(caller.delete, f"/api/v1/webhooks/{hook['id']}")
            asked = caller.post(f"/api/v1/webhooks/{hook['id']}/test", expect=202)
            deliveries[name] = f"/api/v1/webhooks/deliveries/{asked['delivery_id']}"

        missing = {}
        for name, path in deliveries.items():
            try:
                until(lambda path=path: _status(caller, path) == "delivered", seconds=LONGEST_ANSWER)
            except AssertionError:
                missing[name] = _status(caller, path)
    return not missing, str(missing) if missing else f"{len(deliveries)} delivered"
