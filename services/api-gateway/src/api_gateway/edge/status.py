"""/health and /ready: no credentials, no limits."""

from collections.abc import Awaitable, Callable
from typing import Any, Literal

from litestar import get
from msgspec import Struct

from api_gateway.edge.parameters import Given


class Health(Struct, frozen=True):
    status: Literal["ok"] = "ok"
    ok: Literal[True] = True


class Ready(Struct, frozen=True):
    ready: Literal[True] = True


@get("/health", tags=["status"])
async def health() -> Health:
    """Check that the process responds."""
    return Health()


@get("/ready", tags=["status"])
async def ready(check_ready: Given[Callable[[], Awaitable[None]]]) -> Ready:
    """Check that store and broker respond; 503 otherwise."""
    await check_ready()
    return Ready()


ROUTES: list[Any] = [health, ready]
