"""Gateways as processes of their own, and readers of event streams."""

import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest

from mayfly.bus.connection import connect as connect_bus
from mayfly.bus.publisher import Publisher
from mayfly.testing.builders import make_stored
from mayfly_local import throwaway

from ..conftest import GatewayProcess, client_of, running_process  # noqa: TID252 - tests are no installed package


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
def process(settings: dict[str, str], free_ports: Any) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The gateway that the module's tests share, and its port."""
    port = free_ports.take()
    with running_process(settings, port) as running:
        yield running, port


@pytest.fixture
async def gateway(process: tuple[subprocess.Popen[bytes], int]) -> AsyncIterator[GatewayProcess]:
    running, port = process
    async with client_of(port) as http:
        yield GatewayProcess(running, http)


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
