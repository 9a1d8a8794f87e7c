"""Gateways as processes of their own, and readers of event streams."""

import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest

from mayfly.bus.connection import connect as connect_bus
from mayfly.bus.publisher import Publisher
from mayfly.testing.builders import make_stored
from mayfly_local import throwaway

from ...conftest import ADMIN_TOKEN, Gateway  # noqa: TID252 - tests are no installed package

PLENTY = """
[anonymous]
tier = 0
requests_per_minute = 1_000_000
burst = 1_000_000
longest_ttl = 3_600
custom_local_part = true
domain_choice = "public"

[free]
tier = 0
requests_per_minute = 1_000_000
burst = 1_000_000
longest_ttl = 3_600

[pro]
tier = 1
requests_per_minute = 1_000_000
burst = 1_000_000
longest_ttl = 3_600
"""


@dataclass
class Event:
    name: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    id: int | None = None
    retry: int | None = None


async def read_events(lines: AsyncIterator[str]) -> AsyncIterator[Event]:
    """The events of a stream (HTML standard, section 9.2.6, as far as ours use it)."""
    event = Event()
    async for line in lines:
        name, _, value = line.partition(": ")
        match name:
            case "event":
                event.name = value
            case "data":
                event.data = msgspec.json.decode(value)
            case "id":
                event.id = int(value)
            case "retry":
                event.retry = int(value)
            case "":
                yield event
                event = Event()


@asynccontextmanager
async def watching(http: httpx.AsyncClient, address: str, **options: Any) -> AsyncIterator[AsyncIterator[Event]]:
    """Read the inbox's stream; `options` are httpx's."""
    async with http.stream("GET", f"/api/v1/sse/inbox/{address}", timeout=20, **options) as answer:
        assert 200 == answer.status_code, await answer.aread()
        yield read_events(answer.aiter_lines())


@pytest.fixture(scope="module")
def plenty(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A plans file that limits no rate."""
    path = tmp_path_factory.mktemp("plans") / "plans.toml"
    path.write_text(PLENTY)
    return str(path)


@pytest.fixture(scope="module")
def mongo_database(_mongo_client: Any) -> Iterator[str]:
    """One database for each module: making the indexes takes longer than a test."""
    name = f"test_live_{uuid4().hex}"
    yield name
    _mongo_client.drop_database(name)


@pytest.fixture(scope="module")
def clean_nats(nats_url: str) -> str:
    throwaway.delete_all_streams(nats_url)
    return nats_url


@pytest.fixture(scope="module")
def settings(mongo_uri: str, mongo_database: str, clean_nats: str, plenty: str) -> dict[str, str]:
    """The environment of a gateway, but for its port."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MAYFLY_")}
    return {
        **inherited,
        "MAYFLY_MONGO_URI": mongo_uri,
        "MAYFLY_MONGO_DATABASE": mongo_database,
        "MAYFLY_NATS_URL": clean_nats,
        "MAYFLY_PLANS_FILE": plenty,
        "MAYFLY_ADMIN_TOKEN": ADMIN_TOKEN,
        "MAYFLY_LOG_LEVEL": "ERROR",
    }


class GatewayProcess(Gateway):
    """`python -m api_gateway`; `http` speaks to it without credentials."""

    def __init__(self, process: subprocess.Popen[bytes], http: httpx.AsyncClient) -> None:
        super().__init__(http, str(http.base_url))
        self.process = process
        self.port = http.base_url.port

    def descriptors(self) -> int:
        return sum(1 for _ in Path(f"/proc/{self.process.pid}/fd").iterdir())


@pytest.fixture(scope="module")
def process(settings: dict[str, str], free_ports: Any) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The gateway that the module's tests share, and its port."""
    port = free_ports.take()
    with _running(settings, port) as running:
        yield running, port


@pytest.fixture
async def gateway(process: tuple[subprocess.Popen[bytes], int]) -> AsyncIterator[GatewayProcess]:
    running, port = process
    async with _client(port) as http:
        yield GatewayProcess(running, http)


StartGateway = Callable[..., Awaitable[GatewayProcess]]


@pytest.fixture
async def start_gateway(settings: dict[str, str], free_ports: Any) -> AsyncIterator[StartGateway]:
    """Start one more: `await start_gateway(MAYFLY_LIVE_CHANNELS="5")`."""
    async with AsyncExitStack() as stack:

        async def start(**changes: str) -> GatewayProcess:
            port = free_ports.take()
            running = stack.enter_context(_running({**settings, **changes}, port))
            return GatewayProcess(running, await stack.enter_async_context(_client(port)))

        yield start


@contextmanager
def _running(settings: dict[str, str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", "api_gateway"], env={**settings, "MAYFLY_HTTP_PORT": str(port)})
    try:
        deadline = time.monotonic() + 20
        while not _answers(port):
            assert process.poll() is None, "the gateway ended"
            assert time.monotonic() < deadline, "the gateway does not answer"
            time.sleep(0.02)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/ready", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def _client(port: int) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=20)
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20, trust_env=False, limits=limits)


Announce = Callable[..., Awaitable[tuple[int, str]]]


@pytest.fixture
async def announce(clean_nats: str) -> AsyncIterator[Announce]:
    """Announce a message that nobody stored: `sequence, message_id = await announce(inbox)`."""
    async with connect_bus(clean_nats, "test") as bus:
        publisher = Publisher(bus)

        async def publish(inbox: dict[str, Any], subject: str = "") -> tuple[int, str]:
            now = datetime.now(UTC)
            fact = make_stored(inbox["id"], address=inbox["address"], subject=subject, received_at=now, stored_at=now)
            return await publisher.publish(fact), fact.message_id

        yield publish
