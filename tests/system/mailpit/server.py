"""Speaks to a server as Mailpit's clients do: mail over SMTP or HTTP, answers over HTTP. Knows no server in particular."""

import smtplib
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.system.conversation import NO_TLS, until
from tests.system.mailpit.mails import Mail


@dataclass
class Server:
    """`url`: without a slash at its end; `smtp_port`: on 127.0.0.1."""

    url: str
    smtp_port: int
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.url, timeout=30, trust_env=False, verify=NO_TLS)

    def call(self, method: str, path: str, **words: Any) -> httpx.Response:
        return self.http.request(method, path, **words)

    def newest(self) -> str | None:
        """The id of the newest message."""
        messages = self.call("GET", "/api/v1/messages", params={"limit": 1}).json()["messages"]
        return messages[0]["ID"] if messages else None

    def send(self, mail: Mail, newest: Callable[[], str | None] | None = None) -> str:
        """Hand one mail over; its id, which must be the newest of the list as soon as it is accepted."""
        newest = newest or self.newest
        before = newest()
        if mail.body:
            answer = self.call("POST", "/api/v1/send", json=mail.body, auth=mail.login)
            assert answer.status_code == 200, answer.text
        else:
            with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=20) as peer:
                if mail.login:
                    peer.login(*mail.login)
                assert {} == peer.sendmail(mail.sender, mail.to, mail.octets)
        found = newest()
        assert found not in {None, before}, f"{mail.name} was accepted, but is not listed"
        return str(found)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


@contextmanager
def mailpit(program: str) -> Iterator[Server]:
    """A Mailpit that runs while the block does, without any mail, in UTC."""
    with tempfile.TemporaryDirectory(prefix="mailpit-") as folder:
        words = [
            "--disable-version-check",
            "--smtp-disable-rdns",
            "--smtp-auth-accept-any",
            "--smtp-auth-allow-insecure",
        ]
        words += ["--enable-chaos", f"--database={folder}/mails.db"]
        with _running(program, "--listen={http}", "--smtp={smtp}", *words) as server:
            until(lambda: _answers(server, "/readyz"))
            yield server


@contextmanager
def mailhog(program: str) -> Iterator[Server]:
    """A MailHog that runs while the block does, without any mail."""
    words = ("-api-bind-addr={http}", "-ui-bind-addr={http}", "-smtp-bind-addr={smtp}")
    with _running(program, *words) as server:
        until(lambda: _answers(server, "/api/v2/messages"))
        yield server


@contextmanager
def _running(program: str, *words: str) -> Iterator[Server]:
    http, smtp = _free_port(), _free_port()
    words = tuple(word.format(http=f"127.0.0.1:{http}", smtp=f"127.0.0.1:{smtp}") for word in words)
    quiet = subprocess.DEVNULL
    running = subprocess.Popen([program, *words], stdout=quiet, stderr=quiet, env={"TZ": "UTC"})
    server = Server(f"http://127.0.0.1:{http}", smtp)
    try:
        yield server
    finally:
        server.http.close()
        running.terminate()
        running.wait(10)


def _answers(server: Server, path: str) -> bool:
    try:
        return server.call("GET", path).status_code == 200
    except httpx.TransportError:
        return False
