"""The header Idempotency-Key, on routes with `creates=True` in their `opt`: before the route, and after its response.

edge.application calls `begin` in its guard; ResponseRecorder wraps the whole application (built in api_gateway.app).
"""

from typing import Any

import structlog
from litestar import Request
from litestar.connection import ASGIConnection

from api_gateway.edge.admission import caller_of
from api_gateway.edge.envelope import Application
from api_gateway.edge.idempotency import FIELD, IdempotencyKeys, KeyLease, StoredResponse
from mayfly.failures import Failure

_log = structlog.get_logger()
_LEASE = "key_lease"


class Replayed(Exception):
    """The request is a repetition; the first response is sent again instead of calling the route."""

    def __init__(self, response: StoredResponse) -> None:
        super().__init__("repeated request")
        self.response = response


async def begin(keys: IdempotencyKeys, connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Acquire the request's key, if it has one. Raises Replayed, and whatever IdempotencyKeys.acquire raises."""
    key = connection.headers.get(FIELD)
    if key is None:
        return
    assert isinstance(connection, Request)
    request = f"{connection.method} {connection.url.path}\n".encode() + await connection.body()
    acquired = await keys.acquire(caller_of(connection), key, request)
    if isinstance(acquired, StoredResponse):
        raise Replayed(acquired)
    scope: Any = connection.scope  # typed by Litestar without our own keys
    scope[_LEASE] = acquired


class ResponseRecorder:
    """An ASGI layer that stores the response of a request with a lease before its end is sent to the client.

    A request that ends without a response (cancelled, failed) gives up its lease.
    """

    def __init__(self, next_application: Application, keys: IdempotencyKeys) -> None:
        self._next = next_application
        self._keys = keys

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope.get("method") != "POST":  # all routes that create are POST; most requests are not
            await self._next(scope, receive, send)
            return
        status, body = 0, b""

        async def record(message: Any) -> None:
            nonlocal status, body
            if _LEASE in scope:
                status = message.get("status", status)
                body += message.get("body", b"")
                if message["type"] == "http.response.body" and not message.get("more_body"):
                    await self._complete(scope.pop(_LEASE), status, body)
            await send(message)

        try:
            await self._next(scope, receive, record)
        finally:
            if _LEASE in scope:
                await self._keys.release(scope.pop(_LEASE))

    async def _complete(self, lease: KeyLease, status: int, body: bytes) -> None:
        try:
            await self._keys.complete(lease, status, body)
        except Failure as failure:
            # What was asked for is done, so the client gets the response. Its lease lapses, and frees the key.
            _log.warning("response_not_stored", reason=failure.reason)
