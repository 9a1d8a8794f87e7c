"""Answers HEAD on every route that has GET: the same status and headers, without the body (RFC 9110 section 9.3.2).

The application behind it sees a GET. A route whose GET has an effect or waits asks `is_head` and does neither.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from litestar.connection import ASGIConnection

_Scope = MutableMapping[str, Any]
_Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[_Message]]
Send = Callable[[_Message], Awaitable[None]]


def as_get(scope: _Scope, receive: Receive, send: Send) -> tuple[Receive, Send]:
    """Turn the HEAD request in `scope` into a GET, and return the channels for it.

    The response ends with its headers; the route then sees a client that has left, so a stream stops at once.
    """
    scope["method"] = "GET"
    scope["is_head"] = True
    answered = False

    async def send_headers(message: _Message) -> None:
        nonlocal answered
        if message["type"] == "http.response.start":
            answered = True
            await send(message)
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def receive_until_answered() -> _Message:
        return {"type": "http.disconnect"} if answered else await receive()

    return receive_until_answered, send_headers


def is_head(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Whether the client sent HEAD, which must change nothing and not wait."""
    return bool(connection.scope.get("is_head"))


def allowed_with_head(allowed: bytes) -> bytes:
    """The value of an Allow header with HEAD added beside GET, in a stable order."""
    methods = {method.strip() for method in allowed.split(b",")}
    return b", ".join(sorted(methods | {b"HEAD"} if b"GET" in methods else methods))
