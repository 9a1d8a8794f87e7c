"""Responses of paged lists: the body is a plain array, the link to the next page is in the headers."""

from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from litestar import Request, Response

from api_gateway.edge.large_responses import Whole

T = TypeVar("T")


def paged(
    body: T, next_cursor: str | None, request: Request[Any, Any, Any], headers: Mapping[str, str] | None = None
) -> Response[T]:
    """The body with `X-Next-Cursor` and `Link: rel="next"` (RFC 8288), both absent on the last page."""
    given = dict(headers or {})
    if next_cursor is not None:
        query = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
        given["X-Next-Cursor"] = next_cursor
        # Encoded anew: a tag in an address may hold any character, and a header must not.
        path = quote(request.url.path, safe="/@+")
        given["Link"] = f'<{path}?{urlencode([*query, ("cursor", next_cursor)])}>; rel="next"'
    return Whole(body, headers=given)
