"""A gateway with the open door, spaces, and clients that come in by each of the three doors."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest

from api_gateway.settings import Settings
from mayfly.records.inbox import DEFAULT_SPACE_ID, Inbox, Retention
from mayfly.store.client import connect as connect_store
from mayfly.store.documents import to_document
from mayfly.testing.builders import make_inbox

from ...conftest import NO_TLS, Gateway, lasting  # noqa: TID252 - tests are no installed package

MakeSpace = Callable[..., Awaitable[Inbox]]


class Doors:
    """`native`: the gateway; `open`: a client of its port without credentials."""

    def __init__(self, native: Gateway, open_door: httpx.AsyncClient) -> None:
        self.native = native
        self.open = open_door


def open_door(port: int) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60, verify=NO_TLS)


@pytest.fixture
async def make_doors(make_gateway: Any, free_ports: Any) -> AsyncIterator[Callable[..., Awaitable[Doors]]]:
    async with AsyncExitStack() as stack:

        async def make(**changes: Any) -> Doors:
            port = free_ports.take()
            gateway = await make_gateway(mailpit_http_port=port, **changes)
            return Doors(gateway, await stack.enter_async_context(open_door(port)))

        yield make


@pytest.fixture(scope="module")
def open_port(free_ports: Any) -> int:
    return free_ports.take()


@pytest.fixture(scope="module")
def gateway_url(settings_of: Callable[..., Settings], open_port: int) -> Iterator[str]:
    """The gateway that the tests of a module share has the open door."""
    with lasting(settings_of(mailpit_http_port=open_port)) as url:
        yield url


@pytest.fixture
async def doors(gateway: Gateway, open_port: int) -> AsyncIterator[Doors]:
    async with open_door(open_port) as client:
        yield Doors(gateway, client)


@pytest.fixture
async def make_space(mongo_uri: str, mongo_database: str) -> AsyncIterator[MakeSpace]:
    """A space of an account: `await make_space(account_id)`."""
    async with connect_store(mongo_uri, mongo_database, "test") as database:

        async def make(account_id: str | None, **changes: Any) -> Inbox:
            space_id = secrets.token_hex(4)
            space = make_inbox(
                f"*@{space_id}.mayfly.test",
                id=space_id,
                account_id=account_id,
                expires_at=None,
                kind="space",
                retention=Retention(),
                **changes,
            )
            await database["inboxes"].insert_one(to_document(space))
            return space

        yield make


class Account:
    """An account with a space. `key`: its API key; `basic`: what Mailpit's clients send for the space."""

    def __init__(self, gateway: Gateway, headers: dict[str, str], space: Inbox) -> None:
        self.key = headers["X-API-Key"]
        self.headers = headers
        self.space = space
        self.inbox = {"id": space.id, "address": space.address}
        self.basic = httpx.BasicAuth(space.id, self.key)
        self.http = gateway.http


async def an_account(doors: Doors, make_space: MakeSpace, plan: str = "pro") -> Account:
    headers = await doors.native.account(plan)
    account_id = (await doors.native.http.get("/api/v1/account", headers=headers)).json()["id"]
    return Account(doors.native, headers, await make_space(account_id))


@pytest.fixture
async def account(doors: Doors, make_space: MakeSpace) -> Account:
    return await an_account(doors, make_space)


DEFAULT_SPACE = {"id": DEFAULT_SPACE_ID, "address": f"*@{DEFAULT_SPACE_ID}.mayfly.test"}
