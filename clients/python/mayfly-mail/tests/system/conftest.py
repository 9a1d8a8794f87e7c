"""One body for both halves: `await now(inbox.cursor())` is right for an `Inbox` and for an `AsyncInbox`."""

from __future__ import annotations

import inspect
import smtplib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from typing import Any, TypeVar

import pytest

from mayfly_mail import AsyncMayfly, Mayfly

T = TypeVar("T")

MakeClient = Callable[..., Any]


async def now(result: T | Awaitable[T]) -> T:
    """Return the result of a verb, of either half."""
    return await result if inspect.isawaitable(result) else result  # type: ignore[return-value]


@asynccontextmanager
async def entering(manager: Any) -> AsyncIterator[Any]:
    """Enter a context manager of either half."""
    if hasattr(manager, "__aenter__"):
        async with manager as entered:
            yield entered
    else:
        with manager as entered:
            yield entered


async def take(stream: Any, count: int) -> list[Any]:
    """Return the next events of a stream of either half."""
    if hasattr(stream, "__anext__"):
        return [await anext(stream) for _ in range(count)]
    return [next(stream) for _ in range(count)]


@pytest.fixture(params=["blocking", "awaited"])
def make_client(request: pytest.FixtureRequest) -> MakeClient:
    """Makes clients of one half: make_client(url, key)."""
    return Mayfly if request.param == "blocking" else AsyncMayfly


@pytest.fixture
async def client(make_client: MakeClient, stack: Any) -> AsyncIterator[Any]:
    async with entering(make_client(stack.http_url, stack.api_key)) as made:
        yield made


@pytest.fixture
async def inbox(client: Any) -> AsyncIterator[Any]:
    async with entering(client.inbox(label="clients", ttl=600)) as made:
        yield made


@pytest.fixture
def send(stack: Any) -> Callable[..., None]:
    """Sends a mail by SMTP: send(address, subject=..., body=...)."""

    def send_mail(
        to: str, subject: str = "Welcome", body: str = "Your code is 482913", sender: str = "shop@example.com"
    ) -> None:
        deliver(stack.smtp_port, to, subject, body, sender)

    return send_mail


def deliver(port: int, to: str, subject: str, body: str, sender: str = "shop@example.com") -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Shop <{sender}>", to, subject
    mail.set_content(body)
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as peer:
        peer.send_message(mail)
