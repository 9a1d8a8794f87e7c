"""Tenants are apart, so tests share a database and a broker; and gateways as processes of their own."""

import asyncio
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

import dns.message
import dns.rcode
import dns.rrset
import httpx
import pytest

from ..conftest import ADMIN_TOKEN, NO_TLS, Gateway  # noqa: TID252 - tests are no installed package

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


SHARED = {"gateway_url", "process"}
"""Fixtures with which the tests of a module share a gateway."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests that share a gateway on one xdist worker: each would otherwise start one of its own."""
    for item in items:
        if SHARED & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group(f"{item.path.parent.name}/{item.path.stem}"))


class GatewayProcess(Gateway):
    """`python -m api_gateway`; `http` speaks to it without credentials."""

    def __init__(self, process: subprocess.Popen[bytes], http: httpx.AsyncClient) -> None:
        super().__init__(http, str(http.base_url))
        self.process = process
        self.port = http.base_url.port

    def descriptors(self) -> int:
        return sum(1 for _ in Path(f"/proc/{self.process.pid}/fd").iterdir())


@pytest.fixture(scope="module")
def plenty(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A plans file that limits no rate."""
    path = tmp_path_factory.mktemp("plans") / "plans.toml"
    path.write_text(PLENTY)
    return str(path)


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


class NameServer(asyncio.DatagramProtocol):
    """A name server that knows what the test tells it; `asked`: the questions so far."""

    def __init__(self) -> None:
        self.records = defaultdict(list)
        self.rcode = dns.rcode.NOERROR
        self.asked = []

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, octets: bytes, peer: Any) -> None:
        query = dns.message.from_wire(octets)
        question = query.question[0]
        self.asked.append(question)
        answer = dns.message.make_response(query)
        answer.set_rcode(self.rcode)
        texts = self.records[question.name.to_text(omit_final_dot=True), question.rdtype]
        if texts:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", question.rdtype, *texts))
        self._transport.sendto(answer.to_wire(), peer)


@pytest.fixture
async def names() -> AsyncIterator[NameServer]:
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(NameServer, local_addr=("127.0.0.1", 0))
    protocol.address = "{}:{}".format(*transport.get_extra_info("sockname"))
    yield protocol
    transport.close()


StartGateway = Callable[..., Awaitable[GatewayProcess]]


@pytest.fixture
async def start_gateway(settings: dict[str, str], free_ports: Any) -> AsyncIterator[StartGateway]:
    """Start one more: `await start_gateway(MAYFLY_LIVE_CHANNELS="5")`."""
    async with AsyncExitStack() as stack:

        async def start(**changes: str) -> GatewayProcess:
            port = free_ports.take()
            running = stack.enter_context(running_process({**settings, **changes}, port))
            return GatewayProcess(running, await stack.enter_async_context(client_of(port)))

        yield start


@contextmanager
def running_process(settings: dict[str, str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", "api_gateway"], env={**settings, "MAYFLY_HTTP_PORT": str(port)})
    try:
        deadline = time.monotonic() + 60
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
        return httpx.get(f"http://127.0.0.1:{port}/ready", trust_env=False, verify=NO_TLS).status_code == 200
    except httpx.TransportError:
        return False


def client_of(port: int) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=20)
    return httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", timeout=20, trust_env=False, limits=limits, verify=NO_TLS
    )


@pytest.fixture(scope="session")
def mongo_database() -> str:
    return "gateway_tests"


@pytest.fixture(scope="session")
def clean_nats(nats_url: str) -> str:
    return nats_url
