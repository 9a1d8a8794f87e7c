"""A gateway over real servers, spoken to over real HTTP; and a stand-in for the parser, which stores and announces."""

import asyncio
import re
import secrets
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from anyio.from_thread import start_blocking_portal

from api_gateway.app import build
from api_gateway.settings import Settings
from mayfly.bus.connection import connect as connect_bus
from mayfly.bus.publisher import Publisher
from mayfly.events.facts import new_event_id
from mayfly.failures import StorageFull
from mayfly.records.message import Attachment, Link, Message, stored_event
from mayfly.records.octets import RAW, StoredPart, attachment_part
from mayfly.store.client import connect as connect_store
from mayfly.store.messages import Messages
from mayfly.store.octets import Octets
from mayfly.testing.builders import make_inbox, make_message

ADMIN_TOKEN = "operator-token-0123456789"
RAW_MAIL = b"From: noreply@example.com\r\nSubject: Your code is 482193\r\n\r\nUse 482193.\r\n"

Deliver = Callable[..., Awaitable[Message]]


class Gateway:
    """One running gateway process's worth: `http` speaks to it without credentials, from an address of the test's own.

    `person`: an e-mail address that nobody has yet.
    """

    def __init__(self, http: httpx.AsyncClient, url: str) -> None:
        self.http = http
        self.url = url
        self.person = f"{new_event_id()}@example.com"
        self.operator = {"Authorization": f"Bearer {ADMIN_TOKEN}"}

    async def ask(self, method: str, target: str, **request: Any) -> httpx.Response:
        """The answer to any route's call; of a stream of events, which has no end, its status and headers alone."""
        async with self.http.stream(method, target, **request) as answer:
            if answer.headers.get("content-type", "").startswith("text/event-stream"):
                return httpx.Response(answer.status_code, headers=answer.headers)
            await answer.aread()
            return answer

    async def raw(self, request: bytes, *, ended: bool = False) -> bytes:
        """What the gateway answers to these octets, up to the end of the first response; `ended`: no more is sent."""
        host, port = self.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            writer.write(request)
            bodiless = request.startswith(b"HEAD")
            if ended:
                writer.write_eof()
            await writer.drain()
            async with asyncio.timeout(20):
                head = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"content-length: ([0-9]+)", head)
                return head + (await reader.readexactly(int(length[1])) if length and not bodiless else b"")
        finally:
            writer.close()

    async def raw_until_closed(self, request: bytes) -> bytes:
        """All that the gateway answers to these octets, until it closes the connection or is silent for a second."""
        host, port = self.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        answers = b""
        try:
            writer.write(request)
            with suppress(TimeoutError, ConnectionError):
                while octets := await asyncio.wait_for(reader.read(65536), 1):
                    answers += octets
            return answers
        finally:
            writer.close()

    async def account(self, plan: str = "pro", email: str | None = None) -> dict[str, str]:
        """Headers of a fresh account's first key."""
        body = {"email": email or f"{new_event_id()}@example.com", "plan": plan}
        answer = await self.http.post("/api/v1/admin/accounts", json=body, headers=self.operator)
        assert answer.status_code == 201, answer.text
        return {"X-API-Key": answer.json()["api_key"]}

    async def inbox(self, headers: dict[str, str] | None = None, **wish: Any) -> dict[str, Any]:
        path = "/api/v1/inboxes" if headers else "/api/v1/inboxes/generate"
        answer = await self.http.post(path, json=wish, headers=headers)
        assert answer.status_code == 201, answer.text
        return answer.json()


MakeGateway = Callable[..., Awaitable[Gateway]]


# The tests speak HTTP without TLS, and to load the certificates of the system takes 20 ms of a processor for each client.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[str]:
    """A gateway that serves until the context ends, then drains as at SIGTERM; yields its URL."""
    async with build(settings) as component:
        stop = asyncio.Event()
        tasks = [asyncio.create_task(task(stop)) for task in component.tasks.values()]
        url = f"http://127.0.0.1:{settings.http_port}"
        async with httpx.AsyncClient(base_url=url, verify=NO_TLS) as http:
            for _ in range(200):
                try:
                    await http.get("/health")
                    break
                except httpx.ConnectError:
                    await asyncio.sleep(0.01)
        yield url
        stop.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 10)


def calling_from(address: str, url: str) -> httpx.AsyncClient:
    """A client whose calls come from this address."""
    return httpx.AsyncClient(base_url=url, timeout=30, headers={"X-Forwarded-For": address}, verify=NO_TLS)


@pytest.fixture
def caller_address() -> str:
    """An address that no other test calls from."""
    return ".".join(str(octet) for octet in (10, *secrets.token_bytes(3)))


@pytest.fixture(scope="module")
def settings_of(mongo_uri: str, mongo_database: str, clean_nats: str, free_ports: Any) -> Callable[..., Settings]:
    """The settings of a gateway on a port of its own: `settings_of(setting=value)`."""

    def settings_of(**changes: Any) -> Settings:
        return Settings(
            **{
                "mongo_uri": mongo_uri,
                "mongo_database": mongo_database,
                "nats_url": clean_nats,
                "http_port": free_ports.take(),
                "admin_token": ADMIN_TOKEN,
                "jwt_secret": "a secret of 32 octets, or more!!",
                "domains": ("mayfly.test", "second.test"),
                "trusted_proxies": ("127.0.0.0/8",),
                **changes,
            }
        )

    return settings_of


@pytest.fixture
async def make_gateway(settings_of: Callable[..., Settings], caller_address: str) -> AsyncIterator[MakeGateway]:
    """Gateways that only this test has, over the same store and bus: `make_gateway(setting=value)`."""
    async with AsyncExitStack() as stack:

        async def make(**changes: Any) -> Gateway:
            url = await stack.enter_async_context(running(settings_of(**changes)))
            return Gateway(await stack.enter_async_context(calling_from(caller_address, url)), url)

        yield make


@contextmanager
def lasting(settings: Settings) -> Iterator[str]:
    """A gateway that outlives the event loop of one test: it runs in a thread; yields its URL."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(running(settings)) as url:
        yield url


@pytest.fixture(scope="module")
def gateway_url(settings_of: Callable[..., Settings]) -> Iterator[str]:
    """The gateway that the tests of a module share, since to build one takes longer than most tests."""
    with lasting(settings_of()) as url:
        yield url


@pytest.fixture
async def gateway(gateway_url: str, caller_address: str) -> AsyncIterator[Gateway]:
    async with calling_from(caller_address, gateway_url) as http:
        yield Gateway(http, gateway_url)


@pytest.fixture
async def deliver(mongo_uri: str, mongo_database: str, clean_nats: str) -> AsyncIterator[Deliver]:
    """Store a message in an inbox and announce it, as the parser does: `await deliver(inbox, subject=...)`."""
    async with (
        connect_store(mongo_uri, mongo_database, "test") as database,
        connect_bus(clean_nats, "test") as bus,
    ):
        messages, octets, publisher = Messages(database), Octets(database), Publisher(bus)

        async def store(
            inbox: dict[str, Any], raw: bytes = RAW_MAIL, *, announced_after: float = 0, **changes: Any
        ) -> Message:
            message = _message(inbox, raw, changes)
            pieces = [StoredPart(message.id, message.inbox_id, RAW, raw)]
            pieces += [
                StoredPart(message.id, message.inbox_id, attachment_part(attachment.index), b"x" * attachment.size)
                for attachment in message.attachments
            ]
            await octets.insert_missing(pieces)
            await messages.insert_missing([message])
            await asyncio.sleep(announced_after)
            try:
                await publisher.publish(stored_event(message))
            except StorageFull:
                await messages.mark_unannounced([message.id])
            return message

        yield store


def _message(inbox: dict[str, Any], raw: bytes, changes: dict[str, Any]) -> Message:
    now = datetime.now(UTC)
    values: dict[str, Any] = {
        "raw_size": len(raw),
        "from_address": "noreply@example.com",
        "subject": "Your code is 482193",
        "headers": [("From", "noreply@example.com"), ("Subject", "Your code is 482193")],
        "text": "Use 482193.",
        "preview": "Use 482193.",
        "links": [Link(url="https://example.com/verify?token=abc", text="Verify", kind="verify")],
        "attachments": [
            Attachment(index=0, filename="a.txt", content_type="text/plain", size=3, sha256="0" * 64),
        ],
        "otp": "482193",
    }
    kept = make_inbox(inbox["address"], id=inbox["id"], created_at=now, account_id=inbox.get("account_id"))
    return make_message(kept, **values | changes)
