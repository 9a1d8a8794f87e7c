"""The outermost ASGI layer: request ids, common response headers, metrics and one log line per request."""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from itertools import count
from secrets import token_hex
from time import perf_counter
from typing import Any

import structlog

from api_gateway import metrics

_log = structlog.get_logger()
_Scope = MutableMapping[str, Any]
_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]

# Unique ids without a system call for randomness at every request.
_PROCESS = token_hex(8).encode()
_requests = count(1)
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
]
_PRIVATE = (b"cache-control", b"no-store")
_STRICT_CSP = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")


class Envelope:
    """Wraps the ASGI application `next_application`; only adds headers to its responses."""

    def __init__(self, next_application: Application) -> None:
        self._next = next_application

    async def __call__(self, scope: _Scope, receive: _Receive, send: _Send) -> None:
        if scope["type"] != "http":
            await self._next(scope, receive, send)
            return
        request_id = _request_id(scope)
        started = perf_counter()
        status = 0

        async def send_with_headers(message: _Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _complete(message["headers"], request_id, scope.get("rate_headers", {}))
            await send(message)

        try:
            await self._next(scope, receive, send_with_headers)
        finally:
            _account_for(scope, status, perf_counter() - started, request_id)


def _request_id(scope: _Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return bytes(value)
    return b"%s-%x" % (_PROCESS, next(_requests))


def _complete(headers: Any, request_id: bytes, rate_headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    given = [(bytes(name).lower(), bytes(value)) for name, value in headers]
    names = {name for name, _ in given}
    given += _HEADERS
    given += [(name.lower().encode(), value.encode()) for name, value in rate_headers.items()]
    given.append((b"x-request-id", request_id))
    given += [header for header in (_PRIVATE, _STRICT_CSP) if header[0] not in names]
    return given


def _account_for(scope: _Scope, status: int, seconds: float, request_id: bytes) -> None:
    route = str(scope.get("path_template") or "unknown")
    method = scope["method"] if scope["method"] in metrics.METHODS else "other"
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
