"""Reads parameters of OAuth calls from query strings and URL-encoded bodies, and writes OAuth's errors as responses."""

from collections import Counter
from typing import Any
from urllib.parse import parse_qsl

from litestar import Request, Response
from litestar.enums import MediaType

from api_gateway.edge.faults import Fault
from api_gateway.identities.oauth_errors import OAuthError, oauth_code
from api_gateway.identities.views import OAuthErrorBody

LARGEST_FORM = 64 * 1024
_MOST_FIELDS = 100
_FORM = "application/x-www-form-urlencoded"


def parameters_of(octets: bytes) -> list[tuple[str, str]]:
    """The names and values in a query string or a form. Raises OAuthError if they are not URL-encoded UTF-8."""
    try:
        return parse_qsl(octets.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise OAuthError("invalid_request", "the parameters must be URL-encoded UTF-8, at most 100 of them") from error


def is_form(request: Request[Any, Any, Any]) -> bool:
    """Whether the body is a URL-encoded form."""
    return request.content_type[0] == _FORM


async def form_of(request: Request[Any, Any, Any]) -> list[tuple[str, str]]:
    """The fields of a form in the body. Raises OAuthError for another kind of body."""
    if not is_form(request):
        raise OAuthError("invalid_request", f"the body must be {_FORM}")
    return parameters_of(await request.body())


async def single_form_of(request: Request[Any, Any, Any]) -> dict[str, str]:
    """The fields by name; empty ones count as absent. Raises OAuthError for one given twice (RFC 6749 section 3.2)."""
    fields = await form_of(request)
    if any(count > 1 for count in Counter(name for name, _ in fields).values()):
        raise OAuthError("invalid_request", "a parameter is given more than once")
    return {name: value for name, value in fields if value}


def refused(error: OAuthError) -> Response[Any]:
    """The error as JSON; never stored by a cache."""
    body = OAuthErrorBody(error=error.code, error_description=error.detail)
    headers = {**error.headers, "Cache-Control": "no-store", "Pragma": "no-cache"}
    return Response(body, status_code=error.status, headers=headers, media_type=MediaType.JSON)


def oauth_shape(fault: Fault) -> Response[Any]:
    """What the edge refuses on the provider's paths, in OAuth's words."""
    body = OAuthErrorBody(error=oauth_code(fault.code), error_description=fault.message)
    return Response(body, status_code=fault.status, headers=dict(fault.headers), media_type=MediaType.JSON)
