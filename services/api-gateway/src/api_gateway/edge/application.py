"""Builds the Litestar application: the routes of all rooms, guards, dependencies, error handling."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from litestar import Litestar, Router
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler
from litestar.types import Scope

from api_gateway.edge import idempotent_calls, openapi, status, web_routes
from api_gateway.edge.admission import Admission
from api_gateway.edge.body import CheckedRequest
from api_gateway.edge.caller import Caller
from api_gateway.edge.faults import Shape, answer_with
from api_gateway.edge.idempotency import IdempotencyKeys
from api_gateway.edge.large_responses import Whole
from api_gateway.edge.options import answers_options
from api_gateway.edge.parameters import GivenCaller
from api_gateway.edge.query import check_query
from api_gateway.edge.request_head import clear_head
from api_gateway.edge.web_files import WebFiles
from api_gateway.edge.web_routes import PageLink

_Connection = ASGIConnection[Any, Any, Any, Any]
BODY_OCTETS = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Api:
    """What the application serves.

    `routers` are guarded by admission, `public_routers` by the pace of an address, `operator_routes` by the operator
    token. `shape_of`: how errors on a path are written. `handlers`: what routes can have injected, by argument name.
    `admit`: admits calls in the place of `Surroundings.admission`. `home`: where browsers begin, below `/`, without
    `web`, the web page. `page_link`: where that is, if it is on another port. `has_default_space`: whether this is
    where the default space can be open.
    """

    routers: Sequence[Any]
    public_routers: Sequence[Any]
    operator_routes: Sequence[Any]
    shape_of: Callable[[str], Shape]
    handlers: Mapping[str, object]
    admit: Callable[[_Connection, BaseRouteHandler], Awaitable[None]] | None = None
    home: str = "docs"
    has_default_space: bool = False
    web: WebFiles = field(default_factory=WebFiles)
    page_link: PageLink = field(default_factory=PageLink)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all routes share."""

    admission: Admission
    keys: IdempotencyKeys
    check_ready: Callable[[], Awaitable[None]]
    discovery: status.Discovery


def litestar(api: Api, surroundings: Surroundings) -> Litestar:
    admission = surroundings.admission
    enter = api.admit or admission.admit

    # One function a router, because Litestar copies the route for each guard of every request; functions, because it
    # deep-copies guards: a bound method would be copied with its object.
    async def admit(connection: _Connection, route: BaseRouteHandler) -> None:
        await enter(connection, route)
        check_query(connection, route)
        if look := route.opt.get("before_body"):
            await look(connection, api.handlers)
        if route.opt.get("creates"):
            await idempotent_calls.begin(surroundings.keys, connection)

    async def admit_peer(connection: _Connection, _: BaseRouteHandler) -> None:
        admission.admit_peer(connection)

    async def admit_operator(connection: _Connection, route: BaseRouteHandler) -> None:
        await admission.require_operator(connection)
        check_query(connection, route)

    return Litestar(
        route_handlers=[
            *status.ROUTES,
            *openapi.ROUTES,
            *web_routes.ROUTES,
            Router(
                "/api/v1/admin",
                tags=["operator"],
                guards=[admit_operator],
                dependencies={name: _provide(handlers) for name, handlers in api.handlers.items()},
                route_handlers=api.operator_routes,
            ),
            Router(
                "/",
                guards=[admit_peer],
                dependencies={name: _provide(handlers) for name, handlers in api.handlers.items()},
                route_handlers=api.public_routers,
            ),
            Router(
                "/",
                guards=[admit],
                dependencies=_after_caller({**api.handlers, "credentials": admission.credentials}),
                route_handlers=api.routers,
            ),
        ],
        dependencies=_for_status(api, surroundings),
        exception_handlers={Exception: answer_with(api.shape_of)},
        middleware=[clear_head, answers_options],
        request_class=CheckedRequest,
        response_class=Whole,
        request_max_body_size=BODY_OCTETS,
        openapi_config=openapi.CONFIG,
        logging_config=None,
        debug=False,  # Litestar's defaults for both come from the environment
        pdb_on_exception=False,
    )


def _for_status(api: Api, surroundings: Surroundings) -> dict[str, Provide]:
    opens = surroundings.admission.opens_default_space if api.has_default_space else _never
    return {
        "check_ready": _provide(surroundings.check_ready),
        "home": _provide(api.home),
        "web": _provide(api.web),
        "page_link": _provide(api.page_link),
        "discovery": _provide(surroundings.discovery),
        "opens_default_space": _provide(opens),
    }


def _after_caller(handlers: Mapping[str, object]) -> dict[str, Provide]:
    return {
        "caller": Provide(_get_caller, sync_to_thread=False),
        **{name: _provide_after_caller(value) for name, value in handlers.items()},
    }


def _never(_: Mapping[str, str]) -> bool:
    return False


def _get_caller(scope: Scope) -> Caller:  # not the request: a WebSocket has none
    caller: Caller = scope["user"]
    return caller


def _provide(value: object) -> Provide:
    def provide() -> Any:
        return value

    return Provide(provide, sync_to_thread=False)


def _provide_after_caller(value: object) -> Provide:
    # Depends on `caller` so that Litestar resolves them in sequence: in parallel, each would cost a task.
    def provide(caller: GivenCaller) -> Any:  # noqa: ARG001
        return value

    return Provide(provide, sync_to_thread=False)
