"""The whole API in one table: every module of routes, and what surrounds them all."""

from typing import Any

from litestar import Litestar, Request, Router
from litestar.datastructures import State
from litestar.di import Provide

from api_gateway.domain.caller import Caller
from api_gateway.entrypoints.http import admin, api_keys, auth, domains, inboxes, live, messages, openapi, status
from api_gateway.entrypoints.http.admission import admit, caller_of
from api_gateway.entrypoints.http.dialects import DIALECTS, shape_of
from api_gateway.entrypoints.http.edge import Edge
from api_gateway.entrypoints.http.faults import answer_with
from api_gateway.handlers.calls import Calls

BODY_OCTETS = 1024 * 1024

# Open to everyone, or to the operator by a guard of their own.
OPEN = [*status.ROUTES, *openapi.ROUTES, *admin.ROUTES]
# Behind admission: credentials, limits, scopes.
ADMITTED = [
    *auth.ROUTES,
    *inboxes.ROUTES,
    *messages.ROUTES,
    *api_keys.ROUTES,
    *domains.ROUTES,
    *live.ROUTES,
    *(route for dialect in DIALECTS for route in dialect.routes),
]


def application(calls: Calls, admin_token: str) -> Edge:
    """The ASGI application over these calls."""
    return Edge(litestar(calls, admin_token))


def litestar(calls: Calls, admin_token: str) -> Litestar:
    def get_calls() -> Calls:
        return calls

    def get_caller(request: Request[Any, Any, Any]) -> Caller:
        return caller_of(request)

    return Litestar(
        route_handlers=[*OPEN, Router("/", guards=[admit], route_handlers=ADMITTED)],
        dependencies={
            "calls": Provide(get_calls, sync_to_thread=False),
            "caller": Provide(get_caller, sync_to_thread=False),
        },
        exception_handlers={Exception: answer_with(shape_of)},
        request_max_body_size=BODY_OCTETS,
        state=State({"calls": calls, "admin_token": admin_token}),
        openapi_config=openapi.CONFIG,
        logging_config=None,
    )
