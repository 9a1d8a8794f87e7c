"""A small HTTP server on loopback for tests of the transports, in a thread; plain or by TLS."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import json
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

if TYPE_CHECKING:
    from typing_extensions import Self

OK = b'HTTP/1.1 200 OK\r\nContent-Length: 27\r\n\r\n{"status": "ok", "ok":true}'

Answer = Callable[["Server", bytes], bytes]


class Server:
    """Answers each request by `answer`: octets, or b"" to hang up. `requests` has the heads, `connections` counts."""

    def __init__(
        self, answer: Answer | None = None, context: ssl.SSLContext | None = None, host: str = "127.0.0.1"
    ) -> None:
        self._answer = answer or (lambda *_: OK)
        self._context = context
        self._over = Event()
        self._open: list[socket.socket] = []
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._server = socket.create_server((host, 0), family=family)
        self._server.settimeout(0.05)
        self._threads: list[Thread] = []
        self.requests: list[bytes] = []
        self.connections = 0

    @property
    def port(self) -> int:
        port: int = self._server.getsockname()[1]
        return port

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        while self._threads:
            self.hang_up()  # also what was accepted meanwhile
            self._threads.pop().join()
        self._server.close()

    def hang_up(self) -> None:
        """Close every connection from this side."""
        for peer in list(self._open):
            with contextlib.suppress(OSError):
                peer.shutdown(socket.SHUT_RDWR)

    def _start(self, run: Callable[..., None], *arguments: object) -> None:
        thread = Thread(target=run, args=arguments)
        thread.start()  # first, so that who ends them all finds none that has not begun
        self._threads.append(thread)

    def _accept(self) -> None:
        while not self._over.is_set():
            with contextlib.suppress(TimeoutError):
                peer, _ = self._server.accept()
                self.connections += 1
                self._start(self._serve, peer)

    def _serve(self, peer: socket.socket) -> None:
        with contextlib.suppress(OSError), peer:
            self._open.append(peer)
            if self._context is not None:
                peer = self._context.wrap_socket(peer, server_side=True)
                self._open.append(peer)
            with peer:
                self._talk(peer)

    def _talk(self, peer: socket.socket) -> None:
        received = b""
        while data := peer.recv(65536):
            received += data
            while (end := received.find(b"\r\n\r\n")) >= 0:
                head, received = received[: end + 4], received[end + 4 :]
                self.requests.append(head)
                answer = self._answer(self, head)
                if not answer:
                    return
                peer.sendall(answer)


class CorkedServer(Server):
    """Answers each request twice, in two TLS records that arrive in one piece."""

    def _talk(self, peer: socket.socket) -> None:
        while peer.recv(65536):
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
            for status in ("ok", "nobody asked for this"):
                peer.sendall(as_json({"status": status, "ok": True}))
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)


def as_json(value: object, status: int = 200) -> bytes:
    body = json.dumps(value).encode()
    return f"HTTP/1.1 {status} x\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


@contextlib.contextmanager
def certified(folder: Path, name: str = "localhost") -> Iterator[tuple[ssl.SSLContext, str]]:
    """Yields a context for a server of that name and 127.0.0.1, and the file of the authority that it is checked by."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.timezone.utc)
    names = [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    authority = folder / "authority.pem"
    authority.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = folder / "key.pem"
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority, private)
    yield context, str(authority)
