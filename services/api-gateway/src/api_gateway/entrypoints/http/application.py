"""The whole API in one table: every module of routes, and what surrounds them all."""

from dataclasses import dataclass
from typing import Any, cast

from litestar import Litestar, Request, Router
from litestar.config.cors import CORSConfig
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler

from api_gateway.domain.caller import Caller
from api_gateway.entrypoints.http import (
    admin,
    api_keys,
    auth,
    clock,
    domains,
    fault_plans,
    inboxes,
    injection,
    live,
    messages,
    openapi,
    receipts,
    status,
    team,
    usage,
    waiting,
    webhooks,
)
from api_gateway.entrypoints.http.admission import Admission, caller_of
from api_gateway.entrypoints.http.body import CheckedRequest
from api_gateway.entrypoints.http.dialects import DIALECTS, shape_of
from api_gateway.entrypoints.http.edge import Edge
from api_gateway.entrypoints.http.faults import answer_with
from api_gateway.entrypoints.http.given import GivenCalls
from api_gateway.entrypoints.http.repeats import AnswerKeeper
from api_gateway.handlers.calls import Calls

BODY_OCTETS = 1024 * 1024

OPEN = [*status.ROUTES, *openapi.ROUTES]
OPERATORS = [*admin.ROUTES, *clock.ROUTES]
# Behind admission: credentials, limits, scopes.
ADMITTED = [
    *auth.ROUTES,
    *team.ROUTES,
    *usage.ROUTES,
    *inboxes.ROUTES,
    *fault_plans.ROUTES,
    *messages.ROUTES,
    *injection.ROUTES,
    *api_keys.ROUTES,
    *domains.ROUTES,
    *live.ROUTES,
    *webhooks.ROUTES,
    *receipts.ROUTES,
    *waiting.ROUTES,
    *(route for dialect in DIALECTS for route in dialect.routes),
]


@dataclass(frozen=True, slots=True)
class EdgeSettings:
    """`allowed_origins` empty: no browser may call from elsewhere."""

    admin_token: str = ""
    trusted_proxies: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()


def application(calls: Calls, settings: EdgeSettings) -> Edge:
    """The ASGI application over these calls."""
    return Edge(litestar(calls, settings))


def litestar(calls: Calls, settings: EdgeSettings) -> Litestar:
    admission = Admission(calls, admin_token=settings.admin_token, trusted_proxies=settings.trusted_proxies)

    # Functions, because Litestar copies the guards of a route, and what a bound method is bound to with them.
    async def admit(connection: ASGIConnection[Any, Any, Any, Any], route: BaseRouteHandler) -> None:
        await admission.admit(connection, route)

    async def admit_operator(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        admission.require_operator(connection)

    def get_calls() -> Calls:
        return calls

    # Asks for `calls` so that the two are resolved one after the other: side by side, each would get a task.
    def get_caller(request: Request[Any, Any, Any], calls: GivenCalls) -> Caller:  # noqa: ARG001
        return caller_of(request)

    return Litestar(
        route_handlers=[
            *OPEN,
            Router("/api/v1/admin", tags=["operator"], guards=[admit_operator], route_handlers=OPERATORS),
            Router("/", guards=[admit], route_handlers=ADMITTED),
        ],
        dependencies={
            "calls": Provide(get_calls, sync_to_thread=False),
            "caller": Provide(get_caller, sync_to_thread=False),
        },
        before_send=[AnswerKeeper(admission)],
        exception_handlers={Exception: answer_with(shape_of)},
        cors_config=_cors(settings.allowed_origins),
        request_class=CheckedRequest,
        request_max_body_size=BODY_OCTETS,
        openapi_config=openapi.CONFIG,
        logging_config=None,
    )


def describe() -> dict[str, Any]:
    """The OpenAPI document, without anything running."""
    no_calls = cast("Calls", None)  # describing calls nothing
    return openapi.description(litestar(no_calls, EdgeSettings()))


def _cors(origins: tuple[str, ...]) -> CORSConfig | None:
    if not origins:
        return None
    return CORSConfig(
        allow_origins=list(origins),
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID", "X-API-Key"],
        expose_headers=["Retry-After", "X-Cursor", "X-Next-Cursor", "X-RateLimit-Remaining", "X-Request-ID"],
    )
