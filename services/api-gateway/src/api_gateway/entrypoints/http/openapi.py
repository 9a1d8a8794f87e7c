"""/openapi.json and /docs: the description of this API, for programs and for people; no internet needed."""

from functools import lru_cache
from typing import Any

import msgspec
from litestar import Litestar, MediaType, Request, Response, get
from litestar.openapi import OpenAPIConfig

from api_gateway.entrypoints.http.docs_page import render

CONFIG = OpenAPIConfig(
    title="Mayfly",
    version="1",
    description="Disposable inboxes: mail comes in by SMTP and goes out by REST, server-sent events and webhooks.",
    openapi_controller=None,
    render_plugins=(),
    path="/unused-by-litestar",
)
_PAGE_CSP = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"


@lru_cache(maxsize=4)
def description(app: Litestar) -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    schema: dict[str, Any] = app.openapi_schema.to_schema()
    return schema


@get("/openapi.json", include_in_schema=False)
async def openapi_json(request: Request[Any, Any, Any]) -> Response[bytes]:
    octets = msgspec.json.encode(description(request.app))
    return Response(octets, media_type=MediaType.JSON, headers={"Cache-Control": "public, max-age=300"})


@get("/docs", include_in_schema=False)
async def docs_page(request: Request[Any, Any, Any]) -> Response[str]:
    page = render(description(request.app))
    headers = {"Cache-Control": "public, max-age=300", "Content-Security-Policy": _PAGE_CSP}
    return Response(page, media_type=MediaType.HTML, headers=headers)


ROUTES: list[Any] = [openapi_json, docs_page]
