"""How Mailpit writes errors: as plain text; those of `send` about its body as JSON."""

from typing import Any

from litestar import Response
from msgspec import Struct

from api_gateway.dialects.mailpit.options import PLAIN, UTF_8, text
from api_gateway.edge.faults import Fault, Shape

_TEXTS = {401: "Unauthorized.", 404: "404 page not found", 405: "Method Not Allowed\n"}
# Of calls that reach no route.
_BEFORE = frozenset({401, 403, 405})
_LOGIN = {"WWW-Authenticate": 'Basic realm="Login"'}


class SendError(Struct, frozen=True, rename={"error": "Error"}):
    error: str


def shape_of(path: str) -> Shape:
    """How errors on this path are written."""
    return _json if path == "/api/v1/send" else _text


def _text(fault: Fault) -> Response[Any]:
    media_type = UTF_8 if fault.status in _BEFORE else PLAIN
    return text(_message(fault), fault.status, _headers(fault), media_type=media_type)


def _json(fault: Fault) -> Response[Any]:
    if fault.status in _BEFORE:
        return _text(fault)
    body = SendError(_message(fault))
    return Response(body, status_code=fault.status, headers=_headers(fault), media_type="application/json")


def _message(fault: Fault) -> str:
    return _TEXTS.get(fault.status) or fault.message


def _headers(fault: Fault) -> dict[str, str]:
    return {**fault.headers, **(_LOGIN if fault.status == 401 else {})}  # noqa: PLR2004 - an HTTP status
