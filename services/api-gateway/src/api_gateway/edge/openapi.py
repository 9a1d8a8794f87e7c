"""Serves /openapi.json, and /docs: the viewer of the web page, or else a page without scripts, also at /docs/static.

Neither loads anything from other hosts.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec
from litestar import Litestar, MediaType, Request, Response, Router, get
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.routes import BaseRoute, HTTPRoute
from litestar.types import ControllerRouterHandler

from api_gateway.edge.admission import scopes_of
from api_gateway.edge.docs_page import render
from api_gateway.edge.openapi_document import Door, RouteFacts, complete
from api_gateway.edge.parameters import Given
from api_gateway.edge.web_files import WebFiles, root_from
from api_gateway.edge.web_routes import page_response
from mayfly import __version__


def _operation_id(handler: HTTPRouteHandler, _: object, path: Sequence[object]) -> str:
    """The handler's name, prefixed with its dialect's name if it belongs to one; with another for its second path."""
    _, _, dialect = handler.fn.__module__.partition(".dialects.")
    name = f"{dialect.partition('.')[0]}_{handler.handler_name}" if dialect else handler.handler_name
    return f"{name}_of_one" if len(handler.paths) > 1 and not all(isinstance(part, str) for part in path) else name


class _NoRoutes(Router):
    """Takes none of the routes that Litestar adds for a description; ours are in `ROUTES`."""

    def register(self, value: ControllerRouterHandler) -> list[BaseRoute]:  # noqa: ARG002
        return []


CONFIG = OpenAPIConfig(
    title="Mayfly",
    version=__version__,
    description="Disposable inboxes: receive mail by SMTP; read it by REST, server-sent events and webhooks.",
    openapi_router=_NoRoutes("/", route_handlers=[]),
    render_plugins=(),
    operation_id_creator=_operation_id,
    use_handler_docstrings=True,
)
_PAGE_CSP = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"


@lru_cache(maxsize=4)
def description(app: Litestar) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the application, with the additions of edge.openapi_document."""
    document: dict[str, Any] = msgspec.to_builtins(app.openapi_schema.to_schema())
    return complete(document, _facts(app))


def _facts(app: Litestar) -> dict[tuple[str, str], RouteFacts]:
    return {
        (route.path_format, method.lower()): _facts_of(handler)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods
    }


_DOORS: dict[str, Door] = {"admit": "admitted", "admit_operator": "operator", "admit_peer": "public"}


def _facts_of(handler: HTTPRouteHandler) -> RouteFacts:
    guards = {guard.__name__ for guard in handler.resolve_guards()}
    door: Door = next((door for guard, door in _DOORS.items() if guard in guards), "open")
    opt = handler.opt
    return RouteFacts(
        door=door,
        needs_account=opt.get("needs") == "account",
        scopes=scopes_of(opt),
        creates=bool(opt.get("creates")),
        octets=opt.get("octets"),
        request_body=opt.get("request_body"),
    )


@get("/openapi.json", include_in_schema=False)
async def openapi_json(request: Request[Any, Any, Any]) -> Response[bytes]:
    octets = msgspec.json.encode(description(request.app))
    return Response(octets, media_type=MediaType.JSON, headers={"Cache-Control": "public, max-age=300"})


@get("/docs", include_in_schema=False)
async def docs_page(request: Request[Any, Any, Any], web: Given[WebFiles]) -> Response[Any]:
    return _static_docs(request) if web.docs is None else page_response(request, web.docs)


@get("/docs/static", include_in_schema=False)
async def static_docs_page(request: Request[Any, Any, Any]) -> Response[Any]:
    return _static_docs(request)


def _static_docs(request: Request[Any, Any, Any]) -> Response[Any]:
    page = render(description(request.app), root_from(request.scope["raw_path"].decode("latin-1")))
    headers = {"Cache-Control": "public, max-age=300", "Content-Security-Policy": _PAGE_CSP}
    return Response(page, media_type=MediaType.HTML, headers=headers)


ROUTES: list[Any] = [openapi_json, docs_page, static_docs_page]
