"""Gateways as processes of their own, and readers of event streams."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from mayfly.bus.connection import connect as connect_bus
from mayfly.bus.publisher import Publisher
from mayfly.events.facts import MessageStored, new_event_id

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


@pytest.fixture
def plenty(tmp_path: Path) -> str:
    """A plans file that limits no rate."""
    path = tmp_path / "plans.toml"
    path.write_text(PLENTY)
    return str(path)


class GatewayProcess:
    """`python -m api_gateway`; `http` speaks to it."""

    def __init__(self, process: asyncio.subprocess.Process, url: str, http: httpx.AsyncClient) -> None:
        self.process = process
        self.url = url
        self.port = int(url.rpartition(":")[2])
        self.http = http

    def descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    async def inbox(self) -> dict[str, Any]:
        answer = await self.http.post("/api/v1/inboxes/generate", json={})
        assert 201 == answer.status_code, answer.text
        return answer.json()


StartGateway = Callable[..., Awaitable[GatewayProcess]]


@pytest.fixture
async def start_gateway(
    mongo_uri: str, mongo_database: str, clean_nats: str, free_ports: Any, plenty: str
) -> AsyncIterator[StartGateway]:
    """Start a gateway process: `await start_gateway(MAYFLY_LIVE_CHANNELS="5")`."""
    async with AsyncExitStack() as stack:

        async def start(**settings: str) -> GatewayProcess:
            port = free_ports.take()
            inherited = {name: value for name, value in os.environ.items() if not name.startswith("MAYFLY_")}
            environ = {
                **inherited,
                "MAYFLY_MONGO_URI": mongo_uri,
                "MAYFLY_MONGO_DATABASE": mongo_database,
                "MAYFLY_NATS_URL": clean_nats,
                "MAYFLY_HTTP_PORT": str(port),
                "MAYFLY_PLANS_FILE": plenty,
                "MAYFLY_LOG_LEVEL": "ERROR",
                **settings,
            }
            return await stack.enter_async_context(_running(environ, f"http://127.0.0.1:{port}"))

        yield start


@asynccontextmanager
async def _running(environ: dict[str, str], url: str) -> AsyncIterator[GatewayProcess]:
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "api_gateway", env=environ)
    try:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=20)
        async with httpx.AsyncClient(base_url=url, timeout=20, trust_env=False, limits=limits) as http:
            async with asyncio.timeout(20):
                while not await _answers(http):
                    assert process.returncode is None, "the gateway ended"
                    await asyncio.sleep(0.02)
            yield GatewayProcess(process, url, http)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), 15)
            except TimeoutError:
                process.kill()
                await process.wait()


async def _answers(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/ready")).status_code == 200
    except httpx.TransportError:
        return False


Announce = Callable[..., Awaitable[tuple[int, str]]]


@pytest.fixture
async def announce(clean_nats: str) -> AsyncIterator[Announce]:
    """Announce a message that nobody stored: `sequence, message_id = await announce(inbox)`."""
    async with connect_bus(clean_nats, "test") as bus:
        publisher = Publisher(bus)

        async def publish(inbox: dict[str, Any], subject: str = "") -> tuple[int, str]:
            now = datetime.now(UTC)
            message_id = new_event_id()
            fact = MessageStored(
                event_id=new_event_id(),
                message_id=message_id,
                inbox_id=inbox["id"],
                account_id="",
                address=inbox["address"],
                from_address="noreply@example.com",
                subject=subject,
                received_at=now,
                stored_at=now,
                otp="",
                attachment_count=0,
                link_count=0,
                raw_size=1,
            )
            return await publisher.publish(fact), message_id

        yield publish
