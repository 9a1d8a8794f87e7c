"""Refuses requests whose request line or headers can be read in two ways, before anything else looks at them."""

from typing import Any
from urllib.parse import unquote_to_bytes

from litestar.types import ASGIApp, Receive, Scope, Send

from api_gateway.refusals import BadInput, NotFound

_HTTP_1_0 = ("1", "1.0")
# Fields that are read and have one value: of two, any choice might be the wrong one (RFC 9110 section 5.3).
_SINGLE = {
    name.lower().encode(): name
    for name in (
        "Authorization",
        "Content-Type",
        "Idempotency-Key",
        "Last-Event-ID",
        "Origin",
        "Referer",
        "Transfer-Encoding",
        "X-API-Key",
    )
}


def clear_head(app: ASGIApp) -> ASGIApp:
    """A Litestar middleware of every route; what it raises is answered in the shape of the path."""

    async def checked(scope: Scope, receive: Receive, send: Send) -> None:
        require_clear_head(scope)
        await app(scope, receive, send)

    return checked


def require_clear_head(scope: Any) -> None:
    """Raise BadInput for a field with one value that is given twice, other than one Host, a transfer coding and a query
    that is not UTF-8; NotFound for `%2F`, except below /ui/, where every path is the same page.
    """
    hosts = 0
    given: set[bytes] = set()
    for name, value in scope["headers"]:
        if name == b"host":
            # The server adds an empty Host where there is none.
            hosts += 1 if value or scope["http_version"] in _HTTP_1_0 else 2
        elif name in _SINGLE:
            if name in given:
                raise BadInput("given more than once", field=_SINGLE[name])
            given.add(name)
            if name == b"transfer-encoding" and value.strip().lower() != b"chunked":
                raise BadInput("must be chunked", field="Transfer-Encoding")
    if hosts > 1:
        raise BadInput("exactly one is required (RFC 9112 section 3.2)", field="Host")
    path = scope["raw_path"]
    if b"%" in path and b"%2f" in path.lower() and not path.startswith(b"/ui/"):
        # Decoded, it would separate segments: proxies that do not decode would see another path than the routes do.
        raise NotFound("this path does not exist")
    _require_utf8(scope["query_string"])


def _require_utf8(query: bytes) -> None:
    # Litestar replaces what it cannot decode, so a filter would silently match nothing.
    if b"%" in query or not query.isascii():
        try:
            unquote_to_bytes(query).decode()
        except UnicodeDecodeError as error:
            raise BadInput("must be percent-encoded UTF-8", field="query string") from error
