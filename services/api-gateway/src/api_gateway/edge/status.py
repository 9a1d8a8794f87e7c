"""/health and /ready, for probes: they need no credentials and have no rate limit."""

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
    """Check that the process is running."""
    return Health()


@get("/ready", tags=["status"])
async def ready(check_ready: Given[Callable[[], Awaitable[None]]]) -> Ready:
    """Check that the database and the message broker respond; 503 otherwise."""
    await check_ready()
    return Ready()


ROUTES: list[Any] = [health, ready]
