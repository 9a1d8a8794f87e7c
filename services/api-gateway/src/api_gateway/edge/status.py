"""Where to begin, and probes: `/`, /health and /ready with their aliases. No credentials, no rate limit."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal

from litestar import Request, Response, get
from litestar.enums import MediaType
from litestar.openapi.datastructures import ResponseSpec
from msgspec import UNSET, Struct, UnsetType, structs

from api_gateway.edge.parameters import Given
from api_gateway.edge.web_files import WebFiles
from api_gateway.edge.web_routes import page_response
from mayfly import __version__
from mayfly.records.inbox import DEFAULT_SPACE_ID, AnonymousAccess


class SmtpAddress(Struct, frozen=True):
    """Where applications reach SMTP, as far as the operator has set it (`MAYFLY_PUBLIC_SMTP_HOST`, `_PORT`)."""

    host: str | UnsetType = UNSET
    port: int | UnsetType = UNSET


class Discovery(Struct, frozen=True, kw_only=True):
    """Paths of documentation, OpenAPI document, health check and web page; where to send mail; what needs no key.

    `default_space`: id of the default space, if this caller may use it without credentials; `default_space_smtp`: where
    SMTP takes mail for it, for any address. `sign_up`: whether accounts
    can register and log in. `anonymous_inboxes`: how an inbox made without credentials is read: by its address, by its
    token, or not at all (`off`: none can be made).
    """

    version: str = __version__
    docs: str = "/docs"
    openapi: str = "/openapi.json"
    health: str = "/health"
    web: str | UnsetType = UNSET
    smtp: SmtpAddress | UnsetType = UNSET
    default_space: str | UnsetType = UNSET
    default_space_smtp: SmtpAddress | UnsetType = UNSET
    sign_up: bool
    anonymous_inboxes: AnonymousAccess


class Health(Struct, frozen=True):
    status: Literal["ok"] = "ok"
    ok: Literal[True] = True


class Ready(Struct, frozen=True):
    ready: Literal[True] = True


_TO_DOCS = {
    302: ResponseSpec(
        None, generate_examples=False, description="For browsers, where no web page is served: to the documentation"
    )
}


@get("/", tags=["status"], responses=_TO_DOCS)
async def discover(
    request: Request[Any, Any, Any],
    home: Given[str],
    web: Given[WebFiles],
    discovery: Given[Discovery],
    opens_default_space: Given[Callable[[Mapping[str, str]], bool]],
) -> Response[Discovery]:
    """Get where documentation, health and SMTP are, and what can be done without a key; browsers get the web page."""
    headers = {"Vary": "Accept"}
    if "text/html" in request.headers.get("accept", ""):
        if web.index is not None:
            page: Response[Any] = page_response(request, web.index)
            return page
        # Relative, so that it also holds behind a proxy that adds a path before this one.
        redirect: Response[Any] = Response(None, status_code=302, headers={**headers, "Location": home})
        return redirect
    if opens_default_space(request.headers):
        discovery = structs.replace(discovery, default_space=DEFAULT_SPACE_ID)
    else:
        discovery = structs.replace(discovery, default_space_smtp=UNSET)
    return Response(discovery, headers=headers, media_type=MediaType.JSON)


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
