"""The outermost ASGI layer: HEAD, CORS, request ids, common response headers, metrics, one log line per request."""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from itertools import count
from secrets import token_hex
from time import perf_counter
from typing import Any

import structlog

from api_gateway import metrics
from api_gateway.edge.cors import Cors
from api_gateway.edge.head import Receive, Send, allowed_with_head, as_get
from api_gateway.edge.request_body import BodyLimits, body_of
from mayfly.service.http_server import NO_PRODUCT

_log = structlog.get_logger()
_Scope = MutableMapping[str, Any]
_Message = MutableMapping[str, Any]
Application = Callable[[Any, Any, Any], Awaitable[None]]

# Unique ids without a system call for randomness at every request.
_PROCESS = token_hex(8).encode()
_requests = count(1)
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    NO_PRODUCT,
]
_TOO_MANY = 429
# Whichever limit it was: clients of MinuteMail go by this header.
_NONE_LEFT = {"X-RateLimit-Remaining": "0"}
_CLOSE = (b"connection", b"close")
_PRIVATE = (b"cache-control", b"no-store")
_NO_FRAME = (b"x-frame-options", b"DENY")
_STRICT_CSP = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")


class Envelope:
    """Wraps the ASGI application `next_application`: what HTTP asks of every response is done here."""

    def __init__(self, next_application: Application, cors: Cors, limits: BodyLimits) -> None:
        self._next = next_application
        self._cors = cors
        self._limits = limits

    async def __call__(self, scope: _Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._next(scope, receive, send)
            return
        scope["body_limits"] = self._limits
        body = body_of(scope, receive, self._limits)
        if body is None:
            await self._respond(scope, receive, send)
            return
        try:
            await self._respond(scope, body, send)
        finally:
            await body.end()

    async def _respond(self, scope: _Scope, receive: Receive, send: Send) -> None:
        request_id, method = _request_id(scope), scope["method"]
        application = self._permit if self._cors.is_preflight(scope) else self._next
        started = perf_counter()
        status = 0

        async def send_with_headers(message: _Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                rates = scope.get("rate_headers", {}) | (_NONE_LEFT if status == _TOO_MANY else {})
                given = _complete(message["headers"], request_id, rates)
                given += self._cors.headers(scope["headers"], scope["path"]) if application is self._next else []
                given += _closing(scope)
                message["headers"] = given
            await send(message)

        channels = as_get(scope, receive, send_with_headers) if method == "HEAD" else (receive, send_with_headers)
        try:
            await application(scope, *channels)
        finally:
            _account_for(scope, method, status, perf_counter() - started, request_id)

    async def _permit(self, scope: _Scope, _: Receive, send: Send) -> None:
        """Answer a preflight."""
        headers = self._cors.preflight_headers(scope["headers"], scope["path"])
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


def _request_id(scope: _Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return bytes(value)
    return b"%s-%x" % (_PROCESS, next(_requests))


def _complete(headers: Any, request_id: bytes, rate_headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    given = [(bytes(name).lower(), bytes(value)) for name, value in headers]
    names = {name for name, _ in given}
    if b"allow" in names:
        given = [(name, allowed_with_head(value) if name == b"allow" else value) for name, value in given]
    given += _HEADERS
    rates = [(name.lower().encode(), value.encode()) for name, value in rate_headers.items()]
    given += [(name, value) for name, value in rates if name not in names]
    given.append((b"x-request-id", request_id))
    given += [header for header in (_PRIVATE, _NO_FRAME, _STRICT_CSP) if header[0] not in names]
    return given


def _closing(scope: _Scope) -> list[tuple[bytes, bytes]]:
    """Closes the connection after a request in chunks.

    RFC 9112 section 6.1 demands it for one that has a Content-Length too: a proxy may have read that and taken the rest
    for another request. granian drops the length, so nobody can tell.
    """
    return [_CLOSE] if any(name == b"transfer-encoding" for name, _ in scope["headers"]) else []


def _account_for(scope: _Scope, method: str, status: int, seconds: float, request_id: bytes) -> None:
    route = str(scope.get("path_template") or "unknown")
    method = method if method in metrics.METHODS else "other"
    metrics.REQUESTS.labels(method, route, str(status)).inc()
    metrics.SECONDS.labels(route).observe(seconds)
    _log.info(
        "request",
        method=method,
        route=route,
        status=status,
        milliseconds=round(seconds * 1000, 2),
        request_id=request_id.decode(),
        account_id=getattr(scope.get("user"), "account_id", None),
    )
