"""smtp-ingest as its own process, peers on real sockets, and what came to lie in the stream MAIL."""

import asyncio
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from pymongo import MongoClient

from mayfly.bus import connection, topology
from mayfly.bus.claims import Claims
from mayfly.events import codec, subjects
from mayfly.events.facts import ClaimCheck, MailReceived
from mayfly.mail.address import parse_address
from mayfly_local.ports import Ports

CRLF = b"\r\n"


class Peer:
    """A raw connection: says what it is told to say, octet for octet."""

    def __init__(self, port: int, source: str = "127.0.0.1") -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10, source_address=(source, 0))
        self._buffer = b""

    def send(self, octets: bytes) -> None:
        self.socket.sendall(octets)

    def reply(self) -> tuple[int, str]:
        """The next reply: code and text, lines joined by newlines. EOFError when the connection is closed."""
        lines = []
        while True:
            line = self._line()
            lines.append(line[4:].decode())
            if line[3:4] != b"-":
                return int(line[:3]), "\n".join(lines)

    def code(self) -> int:
        return self.reply()[0]

    def ask(self, command: str | bytes) -> tuple[int, str]:
        self.send((command.encode() if isinstance(command, str) else command) + CRLF)
        return self.reply()

    def begin(self, *recipients: str, sender: str = "peer@example.org") -> list[int]:
        """EHLO, MAIL and a RCPT each, after the greeting; the codes of the RCPTs."""
        assert self.code() == 220
        assert self.ask("EHLO peer.example.org")[0] == 250
        return self.mail(*recipients, sender=sender)

    def mail(self, *recipients: str, sender: str = "peer@example.org") -> list[int]:
        assert self.ask(f"MAIL FROM:<{sender}>")[0] == 250
        return [self.ask(f"RCPT TO:<{recipient}>")[0] for recipient in recipients]

    def data(self, content: bytes) -> tuple[int, str]:
        """DATA, the content as it is, and CRLF.CRLF after it."""
        assert self.ask("DATA")[0] == 354
        self.send(content + b"\r\n.\r\n")
        return self.reply()

    def is_closed(self) -> bool:
        """The other side has shut the connection, once everything it said is read."""
        try:
            while True:
                self._line()
        except (EOFError, ConnectionError):
            return True

    def secure(self) -> None:
        """The TLS handshake, after a 220 to STARTTLS."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.socket = context.wrap_socket(self.socket)

    def close(self) -> None:
        self.socket.close()

    def _line(self) -> bytes:
        while CRLF not in self._buffer:
            chunk = self.socket.recv(65536)
            if not chunk:
                raise EOFError
            self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(CRLF)
        return line


class Relay:
    """A way to a server that can be cut and mended, as a network does."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._is_cut = False
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self._is_cut = True
        for pair in self._pairs:
            for end in pair:
                end.close()
        self._pairs.clear()

    def mend(self) -> None:
        self._is_cut = False

    def close(self) -> None:
        self.cut()
        self._server.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._server.accept()
            except OSError:
                return
            if self._is_cut:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self._target))
            self._pairs.append((near, far))
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=_copy, args=(source, sink), daemon=True).start()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    try:
        while octets := source.recv(65536):
            sink.sendall(octets)
    except OSError:
        return
    finally:
        sink.close()


class Service:
    """A running smtp-ingest with a database of its own."""

    def __init__(self, environment: dict[str, str], mongo_uri: str, nats_url: str, ports: Ports) -> None:
        self.port, self.probe_port = ports.take(), ports.take()
        self.nats_url, self._ports = nats_url, ports
        self._client: MongoClient = MongoClient(mongo_uri, tz_aware=True)
        self.database_name = f"smtp_{uuid4().hex}"
        self.database = self._client[self.database_name]
        self.log = Path(f"/tmp/{self.database_name}.log")
        self._environment = os.environ | {
            "MAYFLY_MONGO_URI": mongo_uri,
            "MAYFLY_NATS_URL": nats_url,
            "MAYFLY_MONGO_DATABASE": self.database_name,
            "MAYFLY_SMTP_PORT": str(self.port),
            "MAYFLY_PROBE_PORT": str(self.probe_port),
            **environment,
        }
        self.process = self.spawn()
        self._peers: list[Peer] = []

    def spawn(self, **environment: str) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "smtp_ingest"], env=self._environment | environment, stdout=log
            )

    def wait(self) -> None:
        self._wait_for(self.process, self.probe_port)
        self.database["domains"].update_one(
            {"_id": "mayfly.test"}, {"$set": {"name": "mayfly.test", "is_public": True}}, upsert=True
        )

    @contextmanager
    def another(self) -> Iterator["subprocess.Popen[bytes]"]:
        """One more process on the same port, until it is told to stop."""
        probe_port = self._ports.take()
        process = self.spawn(MAYFLY_PROBE_PORT=str(probe_port))
        try:
            self._wait_for(process, probe_port)
            yield process
        finally:
            process.terminate()
            assert process.wait(20) == 0

    def _wait_for(self, process: "subprocess.Popen[bytes]", probe_port: int) -> None:
        deadline = time.monotonic() + 20
        while not _ask_probe(probe_port, "/readyz").startswith("HTTP/1.1 200"):
            assert process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, "smtp-ingest does not become ready"
            time.sleep(0.02)

    def stop(self) -> None:
        for peer in self._peers:
            peer.close()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(20) == 0
        self._client.drop_database(self.database_name)
        self._client.close()
        self.log.unlink()

    def peer(self, source: str = "127.0.0.1", port: int = 0) -> Peer:
        """A connection; `port`: another one than that for everybody."""
        peer = Peer(port or self.port, source)
        self._peers.append(peer)
        return peer

    def inbox(self, address: str = "", **fields: object) -> str:
        """Make a live inbox; its address as given, or a fresh one. A domain that does not exist yet becomes public."""
        address = address or f"box-{uuid4().hex[:12]}@mayfly.test"
        parsed = parse_address(address)
        self.database["domains"].update_one(
            {"name": parsed.domain}, {"$setOnInsert": {"_id": parsed.domain, "is_public": True}}, upsert=True
        )
        now = datetime.now(UTC)
        self.database["inboxes"].insert_one(
            {
                "_id": str(uuid4()),
                "address": str(parsed),
                "local_part": parsed.local,
                "domain": parsed.domain,
                "created_at": now,
                "expires_at": now + timedelta(hours=1),
                "status": "active",
                **fields,
            }
        )
        return address

    def inbox_id(self, address: str) -> str:
        return str(self.database["inboxes"].find_one({"address": str(parse_address(address))})["_id"])

    def change(self, address: str, change: dict[str, object]) -> None:
        self.database["inboxes"].update_one({"address": str(parse_address(address))}, change)

    def rss_mb(self) -> float:
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * 4096 / 1e6

    def probe(self, path: str) -> str:
        """The whole answer of the probe server."""
        return _ask_probe(self.probe_port, path)

    def metric(self, sample: str) -> float:
        """The value of a sample, as in `name_total{label="value"}`; 0 while there is none."""
        page = _ask_probe(self.probe_port, "/metrics")
        return next((float(line.split()[-1]) for line in page.splitlines() if line.startswith(f"{sample} ")), 0.0)

    def wait_for_metric(self, sample: str, least: float) -> None:
        deadline = time.monotonic() + 10
        while self.metric(sample) < least:
            assert time.monotonic() < deadline, f"{sample} stays below {least}"
            time.sleep(0.02)

    # -- the stream

    def mails(self) -> list[MailReceived]:
        """What lies in MAIL, oldest first, its octets fetched; the stream is empty afterwards."""
        return asyncio.run(self._mails())

    def limit_stream(self, octets: int) -> None:
        asyncio.run(self._limit_stream(octets))

    async def _limit_stream(self, octets: int) -> None:
        async with connection.connect(self.nats_url, "test") as bus:
            config = (await bus.jetstream.stream_info(topology.MAIL.name)).config
            config.max_bytes = octets
            await bus.jetstream.update_stream(config)

    async def _mails(self) -> list[MailReceived]:
        async with connection.connect(self.nats_url, "test") as bus:
            state = (await bus.jetstream.stream_info(topology.MAIL.name)).state
            found = []
            for sequence in range(state.first_seq, state.last_seq + 1) if state.messages else ():
                message = await bus.jetstream.get_msg(topology.MAIL.name, sequence)
                mail = codec.decode((message.headers or {})[subjects.TYPE_HEADER], message.data or b"")
                assert isinstance(mail, MailReceived)
                if isinstance(mail.octets, ClaimCheck):
                    octets = await Claims(bus).get(mail.octets)
                    mail = MailReceived(mail.event_id, mail.received_at, mail.envelope, octets)
                found.append(mail)
            await bus.jetstream.purge_stream(topology.MAIL.name)
            return found

    def only_content(self) -> bytes:
        """The octets of the one mail in MAIL after its trace lines."""
        (mail,) = self.mails()
        return content_of(mail)


def _ask_probe(port: int, path: str) -> str:
    """The whole answer of the probe server, "" while there is none."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as probe:
            probe.sendall(b"GET %b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" % path.encode())
            return b"".join(iter(lambda: probe.recv(65536), b"")).decode()
    except OSError:
        return ""


def content_of(mail: MailReceived) -> bytes:
    assert isinstance(mail.octets, bytes)
    trace, end, content = mail.octets.partition(b" +0000\r\n")
    assert trace.startswith(b"Return-Path: <")
    assert trace.count(b"\r\n") == trace.count(b"\r\n\t") + 1
    assert end
    return content


Start = Callable[..., Service]


@contextmanager
def _starting(mongo_uri: str, nats_url: str, ports: Ports) -> Iterator[Start]:
    with ExitStack() as running:

        def start(**environment: str) -> Service:
            service = Service(environment, mongo_uri, nats_url, ports)
            running.callback(service.stop)
            service.wait()
            return service

        yield start


@pytest.fixture(scope="module")
def start(mongo_uri: str, nats_url: str, free_ports: Ports) -> Iterator[Start]:
    """Start an smtp-ingest with these settings, stopped at the end of the module: start(MAYFLY_...="...")."""
    with _starting(mongo_uri, nats_url, free_ports) as starter:
        yield starter


@pytest.fixture(scope="module")
def relay() -> Iterator[Callable[[str], Relay]]:
    """A Relay to the server of this URI."""
    with ExitStack() as relays:

        def make(uri: str) -> Relay:
            made = Relay(int(uri.rpartition(":")[2].split("/")[0]))
            relays.callback(made.close)
            return made

        yield make


@pytest.fixture(scope="session")
def certificates() -> dict[str, Path]:
    """Certificates with their keys, by the first label of their name: `first` and `second`."""
    return {path.stem: path for path in (Path(__file__).parent / "certificates").glob("*.pem")}


@pytest.fixture(scope="session")
def default_smtp(mongo_uri: str, nats_url: str, free_ports: Ports, certificates: dict[str, Path]) -> Iterator[Service]:
    pem = str(certificates["first"])
    with _starting(mongo_uri, nats_url, free_ports) as starter:
        yield starter(MAYFLY_SMTP_TLS_CERT_FILE=pem, MAYFLY_SMTP_TLS_KEY_FILE=pem)


@pytest.fixture
def smtp(default_smtp: Service) -> Service:
    """smtp-ingest with the settings it has by default, and TLS; MAIL is empty."""
    default_smtp.mails()
    return default_smtp
