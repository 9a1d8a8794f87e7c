"""Builds the Litestar application: the routes of all rooms, guards, dependencies, error handling."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Litestar, Request, Router
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler

from api_gateway.edge import idempotent_calls, openapi, status
from api_gateway.edge.admission import Admission, caller_of
from api_gateway.edge.body import CheckedRequest
from api_gateway.edge.caller import Caller
from api_gateway.edge.faults import Shape, answer_with
from api_gateway.edge.idempotency import IdempotencyKeys
from api_gateway.edge.large_responses import Whole
from api_gateway.edge.options import answers_options
from api_gateway.edge.parameters import GivenCaller
from api_gateway.edge.query import check_query
from api_gateway.edge.request_head import clear_head

BODY_OCTETS = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Api:
    """What the application serves.

    `routers` are guarded by admission, `operator_routes` by the operator token. `shape_of`: how errors on a path are
    written. `handlers`: what routes can have injected, by argument name.
    """

    routers: Sequence[Any]
    operator_routes: Sequence[Any]
    shape_of: Callable[[str], Shape]
    handlers: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all routes share."""

    admission: Admission
    keys: IdempotencyKeys
    check_ready: Callable[[], Awaitable[None]]


def litestar(api: Api, surroundings: Surroundings) -> Litestar:
    admission = surroundings.admission

    # One function a router, because Litestar copies the route for each guard of every request; functions, because it
    # deep-copies guards: a bound method would be copied with its object.
    async def admit(connection: ASGIConnection[Any, Any, Any, Any], route: BaseRouteHandler) -> None:
        await admission.admit(connection, route)
        check_query(connection, route)
        if look := route.opt.get("before_body"):
            await look(connection, api.handlers)
        if route.opt.get("creates"):
            await idempotent_calls.begin(surroundings.keys, connection)

    async def admit_operator(connection: ASGIConnection[Any, Any, Any, Any], route: BaseRouteHandler) -> None:
        await admission.require_operator(connection)
        check_query(connection, route)

    return Litestar(
        route_handlers=[
            *status.ROUTES,
            *openapi.ROUTES,
            Router(
                "/api/v1/admin",
                tags=["operator"],
                guards=[admit_operator],
                dependencies={name: _provide(handlers) for name, handlers in api.handlers.items()},
                route_handlers=api.operator_routes,
            ),
            Router(
                "/",
                guards=[admit],
                dependencies=_after_caller({**api.handlers, "credentials": admission.credentials}),
                route_handlers=api.routers,
            ),
        ],
        dependencies={"check_ready": _provide(surroundings.check_ready)},
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


def _after_caller(handlers: Mapping[str, object]) -> dict[str, Provide]:
    return {
        "caller": Provide(_get_caller, sync_to_thread=False),
        **{name: _provide_after_caller(value) for name, value in handlers.items()},
    }


def _get_caller(request: Request[Any, Any, Any]) -> Caller:
    return caller_of(request)


def _provide(value: object) -> Provide:
    def provide() -> Any:
        return value

    return Provide(provide, sync_to_thread=False)


def _provide_after_caller(value: object) -> Provide:
    # Depends on `caller` so that Litestar resolves them in sequence: in parallel, each would cost a task.
    def provide(caller: GivenCaller) -> Any:  # noqa: ARG001
        return value

    return Provide(provide, sync_to_thread=False)
