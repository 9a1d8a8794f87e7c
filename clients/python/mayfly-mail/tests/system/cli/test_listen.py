"""`listen` misses nothing and doubles nothing: over cut connections, killed gateways, Ctrl-C, and applications that come late."""

import json
import re
import signal
import smtplib
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from tests.system.receiving import receiver

from mayfly_mail import Inbox, Mayfly, verify_webhook

if TYPE_CHECKING:
    from mayfly_local.stack import Stack

pytestmark = pytest.mark.usefixtures("interruptible")
WITHIN = 20.0
Sending = Any


class Proxy:
    """Passes connections on to a port, and cuts all that are open when told to."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._server = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._asked = b""
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.getsockname()[1]}"

    def cut(self) -> None:
        for each in list(self._open):
            _shut(each)

    def close(self) -> None:
        _shut(self._server)  # wakes whoever accepts
        self._threads[0].join()
        self.cut()
        for thread in self._threads:
            thread.join()
        self._server.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                self._threads.append(threading.Thread(target=self._serve, args=(client,)))
                self._threads[-1].start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError), socket.create_connection(("127.0.0.1", self._to)) as gateway:
            both = {client, gateway}
            self._open |= both
            back = threading.Thread(target=self._pass, args=(gateway, client))
            back.start()
            self._pass(client, gateway)
            back.join()
            self._open -= both

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while octets := source.recv(65536):
                target.sendall(octets)
                self._asked += octets
        for each in (source, target):
            _shut(each)

    def wait_for_request(self, path: bytes) -> None:
        """Wait until somebody has asked for that path."""
        deadline = time.monotonic() + WITHIN
        while path not in self._asked:
            assert time.monotonic() < deadline, f"nobody asked for {path!r}"
            time.sleep(0.01)


def _shut(each: socket.socket) -> None:
    with suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def proxy(stack: "Stack") -> Iterator[Proxy]:
    made = Proxy(stack.http_port)
    yield made
    made.close()


@pytest.fixture
def send(stack: "Stack", inbox: Inbox) -> Sending:
    """Return a function that sends one mail by SMTP, which no gateway is needed for."""

    def one(subject: str) -> None:
        with smtplib.SMTP("127.0.0.1", stack.smtp_port, timeout=10) as peer:
            peer.sendmail(
                "shop@example.com", [inbox.address], f"Subject: {subject}\r\n\r\nYour verification code is 482193\r\n"
            )

    return one


def subject_of(request: tuple[dict[str, str], bytes]) -> str:
    return str(json.loads(request[1])["data"]["subject"])


def ready(process: Any) -> str:
    """Read what a listener says until it listens."""
    said = ""
    while "listening to" not in said:
        line = process.stderr.readline()
        assert line, said
        said += line
    return said


def stopped(process: Any, number: signal.Signals = signal.SIGINT) -> tuple[int, str, str]:
    process.send_signal(number)
    out, err = process.communicate(timeout=WITHIN)
    return process.returncode, out, err


def test_every_mail_is_posted_once_over_cut_connections_a_killed_gateway_and_new_runs(
    command: Any, inbox: Inbox, proxy: Proxy, send: Sending, stack: "Stack"
) -> None:
    with receiver([]) as (url, received):
        arguments = ("listen", "--url", proxy.url, "--inbox", inbox.address, "--forward-to", url)
        first = command(*arguments)
        ready(first)
        waiting = command("wait", inbox.address, "--code", "--subject", "mail 4", "--url", proxy.url)
        proxy.wait_for_request(b"/messages/wait?")
        posted, shown = [], []
        for number, trouble in enumerate((None, proxy.cut, None, lambda: stack.kill("api-gateway"), proxy.cut)):
            send(f"mail {number}")
            if trouble:
                trouble()
            posted.append(received.get(timeout=WITHIN))
            shown.append(first.stdout.readline())
        code, out, err = stopped(first)
        assert (130, "", "interrupted\n") == (code, out, err.splitlines(keepends=True)[-1])
        assert ["482193\n", ""] == [*waiting.communicate(timeout=WITHIN)], "a wait outlasts all this too"
        send("mail 5")
        second = command(*arguments)
        ready(second)
        posted.append(received.get(timeout=WITHIN))
        assert 143 == stopped(second, signal.SIGTERM)[0]
    assert [f"mail {number}" for number in range(6)] == [subject_of(each) for each in posted]
    assert received.empty()
    assert 6 == len({headers["webhook-id"] for headers, _ in posted})
    assert [f"mail {number}" for number in range(5)] == [re.search("mail [0-9]", line)[0] for line in shown]
    assert "Traceback" not in err


def test_posts_are_signed_with_a_secret_that_stays_and_are_those_of_webhooks(
    command: Any, run: Any, inbox: Inbox, send: Sending
) -> None:
    secret = run("listen", "--print-secret").out.strip()
    with receiver([503]) as (url, received), receiver([]) as (hook, sent), Mayfly() as mayfly:
        mayfly.webhooks.create(hook, inbox=inbox)
        send("Your code")
        listener = command(
            "listen", "--inbox", inbox.address, "--forward-to", url.removeprefix("http://"), "--after", "0", "--json"
        )
        headers, body = received.get(timeout=WITHIN)
        line = json.loads(listener.stdout.readline())
        stopped(listener)
        webhook = json.loads(sent.get(timeout=WITHIN)[1])
    assert secret == run("listen", "--print-secret").out.strip()
    event = verify_webhook(secret, headers, body)
    assert (webhook["type"], list(webhook["data"].items())) == (event["type"], list(event["data"].items()))
    assert ("482193", list(webhook)) == (event["data"]["otp"], list(event))
    assert 503 == line.pop("forwarded")["status"]
    assert event == line
    assert [False] == [entry.is_read for entry in inbox.messages()]


def test_it_begins_with_what_comes_and_ends_with_its_inbox(command: Any, inbox: Inbox, send: Sending) -> None:
    send("before")
    inbox.wait_for_message(subject="before")
    listener = command("listen", "--inbox", inbox.address, "--print-json")
    ready(listener)
    send("after")
    assert "after" == json.loads(listener.stdout.readline())["data"]["subject"]
    inbox.delete()
    out, err = listener.communicate(timeout=WITHIN)
    assert (0, "", "the inbox was deleted\n") == (listener.returncode, out, err)


def test_a_reader_that_has_seen_enough_ends_it_silently(command: Any, inbox: Inbox, send: Sending) -> None:
    send("one")
    send("two")
    listener = command("listen", "--inbox", inbox.address, "--after", "0", "--json")
    head = subprocess.run(["head", "-n", "1"], stdin=listener.stdout, capture_output=True, text=True, check=True)
    listener.stdout.close()
    send("three")
    assert json.loads(head.stdout)["data"]["subject"] in {"one", "two"}
    assert 0 == listener.wait(WITHIN)
    assert "Error" not in listener.stderr.read()
