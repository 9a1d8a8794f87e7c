"""Where to begin, and probes: `/`, /health and /ready with their aliases. No credentials, no rate limit."""

from collections.abc import Awaitable, Callable
from typing import Any, Literal

from litestar import Request, Response, get
from litestar.enums import MediaType
from litestar.openapi.datastructures import ResponseSpec
from msgspec import Struct

from api_gateway.edge.parameters import Given


class Discovery(Struct, frozen=True):
    """Paths of this API's documentation, its OpenAPI document and its health check."""

    docs: str = "/docs"
    openapi: str = "/openapi.json"
    health: str = "/health"


class Health(Struct, frozen=True):
    status: Literal["ok"] = "ok"
    ok: Literal[True] = True


class Ready(Struct, frozen=True):
    ready: Literal[True] = True


_TO_DOCS = {302: ResponseSpec(None, generate_examples=False, description="For browsers: to the documentation")}


@get("/", tags=["status"], responses=_TO_DOCS)
async def discover(request: Request[Any, Any, Any]) -> Response[Discovery]:
    """Get the paths of documentation and health; browsers (`Accept: text/html`) are redirected to the documentation."""
    headers = {"Vary": "Accept"}
    if "text/html" in request.headers.get("accept", ""):
        # Relative, so that it also holds behind a proxy that adds a path before this one.
        redirect: Response[Any] = Response(None, status_code=302, headers={**headers, "Location": "docs"})
        return redirect
    return Response(Discovery(), headers=headers, media_type=MediaType.JSON)


@get("/health", tags=["status"])
async def health() -> Health:
    """Check that the process is running. `/healthz` and `/livez` answer alike."""
    return Health()


@get("/ready", tags=["status"])
async def ready(check_ready: Given[Callable[[], Awaitable[None]]]) -> Ready:
    """Check that the database and the message broker respond; 503 otherwise. `/readyz` answers alike."""
    await check_ready()
    return Ready()


@get(["/healthz", "/livez"], include_in_schema=False)
async def health_alias() -> Health:
    return Health()


@get("/readyz", include_in_schema=False)
async def ready_alias(check_ready: Given[Callable[[], Awaitable[None]]]) -> Ready:
    await check_ready()
    return Ready()


ROUTES: list[Any] = [discover, health, ready, health_alias, ready_alias]
