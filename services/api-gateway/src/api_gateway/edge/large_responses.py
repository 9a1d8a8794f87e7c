"""Responses whose octets count in the budget of edge.octet_budget until the client has read them.

A client that reads nothing for some time, or is the slowest when others wait for room, is disconnected.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from litestar import Response
from litestar.response.base import ASGIResponse

from api_gateway.edge.octet_budget import SMALL_OCTETS, ClientWait
from api_gateway.edge.request_body import BodyLimits, holder_of

_PIECE_OCTETS = 64 * 1024
# Of a response that is in memory already: long enough to give up the slowest of those that are sent.
_PATIENCE_SECONDS = 1.0
_Send = Callable[[Any], Awaitable[None]]


class Fetched(Response[Any]):
    """A response whose octets `fetch` brings once there is room for `size` of them, which need not be exact.

    What `fetch` raises becomes an HTTP error.
    """

    def __init__(self, size: int, fetch: Callable[[], Awaitable[bytes]], headers: Mapping[str, str]) -> None:
        super().__init__(b"")
        self._size = size
        self._fetch = fetch
        self._fixed_headers = headers

    def to_asgi_response(self, *_: Any, **__: Any) -> Any:
        """The ASGI application that Litestar runs for this response."""
        return self._respond

    async def _respond(self, scope: Any, _: Any, send: _Send) -> None:
        async def start() -> bytes:
            octets = await self._fetch()
            headers = {**self._fixed_headers, "content-length": str(len(octets))}
            encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
            await send({"type": "http.response.start", "status": 200, "headers": encoded})
            return octets

        await _send_held(scope, send, self._size, start, seconds=None)


class Whole(Response[Any]):
    """A response that is made in memory, as those of all routes; a large one is sent in pieces and counts meanwhile."""

    def to_asgi_response(self, *args: Any, **kwargs: Any) -> Any:
        """The ASGI application that Litestar runs for this response."""
        answer = super().to_asgi_response(*args, **kwargs)
        return answer if len(answer.body) <= SMALL_OCTETS else _in_pieces(answer)


def _in_pieces(answer: ASGIResponse) -> Callable[[Any, Any, _Send], Awaitable[None]]:
    async def respond(scope: Any, _: Any, send: _Send) -> None:
        async def start() -> bytes:
            await answer.start_response(send)
            return bytes(answer.body)

        await _send_held(scope, send, len(answer.body), start, seconds=_PATIENCE_SECONDS)

    return respond


async def _send_held(
    scope: Any, send: _Send, size: int, start: Callable[[], Awaitable[bytes]], *, seconds: float | None
) -> None:
    """Send what `start` returns after the headers; hold `size` octets meanwhile. `seconds`: to wait for room."""
    limits: BodyLimits = scope["body_limits"]
    hold = limits.budget.hold(holder_of(scope))
    try:
        await limits.budget.take(hold, size, seconds=seconds)
        octets = await start()
        wait = ClientWait()
        hold.since, hold.give_up = limits.budget.clock(), wait.give_up
        for begin in range(0, len(octets), _PIECE_OCTETS):
            piece = octets[begin : begin + _PIECE_OCTETS]
            try:
                async with wait.until(asyncio.get_running_loop().time() + limits.stall_seconds):
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
            except TimeoutError:
                return  # without its end: the server closes the connection
            hold.moved = begin
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        limits.budget.release(hold)
