"""Events are posted to applications that are slow, away, reloading, or behind a certificate that nobody vouches for."""

import socket
import ssl
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Self

import pytest
from tests.system.receiving import listening

from mayfly_mail import verify_webhook
from mayfly_mail.cli.relay.bodies import Notice
from mayfly_mail.cli.relay.forward import TRIES, Forwarder, Target

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOTICE = Notice("m1", 7, {"type": "message.received", "data": {"subject": "Grüße", "from": "a@b"}})


class Application(HTTPServer):
    """An application that answers with the given statuses in turn, then with 200. `received`: headers and bodies."""

    def __init__(self, statuses: Sequence[int] = (), port: int = 0) -> None:
        self.statuses = iter(statuses)
        self.received: list[tuple[dict[str, str], bytes]] = []
        super().__init__(("127.0.0.1", port), Answering)
        self._thread = Thread(target=self.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()


class Answering(BaseHTTPRequestHandler):
    server: Application

    def do_POST(self) -> None:
        self.server.received.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(next(self.server.statuses, 200))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


def forwarder(url: str, told: list[str] | None = None, **options: float) -> Forwarder:
    return Forwarder(
        Target(url, **options), SECRET, tell=[].append if told is None else told.append, pause=lambda _: None
    )


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_an_event_is_posted_as_octets_that_the_sdk_verifies() -> None:
    with Application([204]) as application:
        answer = forwarder(f"{application.url}?a=b").forward(NOTICE)
    ((headers, body),) = application.received
    assert NOTICE.body == body
    assert NOTICE.content == verify_webhook(SECRET, headers, body)
    assert ["m1", "application/json"] == [headers["webhook-id"], headers["Content-Type"]]
    assert (204, None, True) == (answer.status, answer.error, answer.is_good)


def test_whatever_the_application_answers_counts_and_is_not_repeated() -> None:
    statuses = [201, 301, 400, 410, 500, 503]
    with Application(statuses) as application:
        made = forwarder(application.url)
        answers = [made.forward(NOTICE) for _ in statuses]
    assert statuses == [answer.status for answer in answers]
    assert [True, False, False, False, False, False] == [answer.is_good for answer in answers]
    assert len(statuses) == len(application.received)


def test_an_application_that_is_not_there_yet_is_waited_for_and_that_is_said_once() -> None:
    told: list[str] = []
    pauses: list[float] = []
    port = closed_port()
    with ExitStack() as started:

        def pause(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 6:
                started.enter_context(Application(port=port))

        made = Forwarder(Target(f"http://127.0.0.1:{port}/"), SECRET, tell=told.append, pause=pause)
        assert 200 == made.forward(NOTICE).status
    assert [0.25, 0.5, 1.0, 2.0, 4.0, 5.0] == pauses
    assert [
        f"http://127.0.0.1:{port}/ cannot be reached ([Errno 111] Connection refused); events wait until it can",
        f"http://127.0.0.1:{port}/ is there",
    ] == told


def test_a_connection_that_breaks_before_the_answer_is_tried_again_but_not_for_ever() -> None:
    connections: list[int] = []

    def hang_up(peer: socket.socket) -> None:
        connections.append(1)
        peer.recv(1000)
        peer.shutdown(socket.SHUT_WR)
        while peer.recv(1000):  # what is left unread would make it a reset
            pass

    with listening(hang_up) as url:
        answer = forwarder(url).forward(NOTICE)
    assert TRIES == len(connections)
    assert (None, "no answer: RemoteDisconnected") == (answer.status, answer.error)


def test_an_application_that_reloads_in_the_middle_gets_the_event_again_with_the_same_id() -> None:
    requests: list[bytes] = []

    def hang_up_once(peer: socket.socket) -> None:
        requests.append(peer.recv(65536))
        if len(requests) > 1:
            peer.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")

    with listening(hang_up_once) as url:
        assert 202 == forwarder(url).forward(NOTICE).status
    assert [True, True] == [b"webhook-id: m1" in request for request in requests]


def test_an_application_that_does_not_answer_is_not_asked_again() -> None:
    connections: list[int] = []

    def sleep(peer: socket.socket) -> None:
        connections.append(1)
        while peer.recv(1000):
            pass

    with listening(sleep) as url:
        answer = forwarder(url, timeout=0.05).forward(NOTICE)
    assert (None, "no answer in time", 1) == (answer.status, answer.error, len(connections))


def test_what_is_no_http_is_an_error_of_one_line() -> None:
    def smtp(peer: socket.socket) -> None:
        peer.recv(65536)
        peer.sendall(b"220 mail ESMTP\r\n\x1b[2J\r\n")

    with listening(smtp) as url:
        assert "no answer: BadStatusLine" == forwarder(url).forward(NOTICE).error


def test_localhost_is_reached_by_either_protocol() -> None:
    with Application() as application:
        assert 200 == forwarder(application.url.replace("127.0.0.1", "localhost")).forward(NOTICE).status


def test_a_name_and_password_in_the_url_are_sent_and_never_shown() -> None:
    with Application() as application:
        target = Target(application.url.replace("http://", "http://ann:se%20cret@"))
        Forwarder(target, SECRET, tell=print).forward(NOTICE)
    ((headers, _),) = application.received
    assert "Basic YW5uOnNlIGNyZXQ=" == headers["Authorization"]
    assert application.url == target.url


@contextmanager
def https(folder: Path) -> Iterator[str]:
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "1",
    ]
    subprocess.run(
        [*command, "-subj", "/CN=localhost", "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    application = Application()
    application.socket = context.wrap_socket(application.socket, server_side=True)
    with application:
        yield application.url.replace("http", "https")


class StopWaitingError(Exception):
    pass


def test_a_certificate_that_nobody_vouches_for_is_refused_with_the_way_out(tmp_path: Path) -> None:
    told: list[str] = []

    def stop(_: float) -> None:
        raise StopWaitingError

    with https(tmp_path) as url:
        with pytest.raises(StopWaitingError):
            Forwarder(Target(url), SECRET, tell=told.append, pause=stop).forward(NOTICE)
        assert 200 == forwarder(url, verify=False).forward(NOTICE).status
    assert "certificate cannot be verified" in told[0]
    assert "--skip-verify" in told[0]
