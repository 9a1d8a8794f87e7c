"""Streams server-sent events, and cancels the work of a waiting call when its client disconnects."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any, Generic, TypeVar

from litestar import Response

from api_gateway import metrics

T = TypeVar("T")
_Receive = Callable[[], Awaitable[Any]]
_Send = Callable[[Any], Awaitable[None]]

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # else nginx would buffer the events
]


class EventStream(Response[None], Generic[T]):
    """A streaming response. `notices` is entered before the headers are sent, so its exceptions become HTTP errors.

    A client that does not read a notice within `stall_seconds` is disconnected. The server accepts only what fits the
    buffers of the connection (at most 3 MB, measured), so a slow client costs this process one notice. A stream takes
    two tasks, since thousands of them may be idle at once.
    """

    def __init__(
        self,
        notices: AbstractAsyncContextManager[AsyncIterator[T]],
        render: Callable[[T], bytes],
        *,
        stall_seconds: float,
    ) -> None:
        super().__init__(None)
        self._notices = notices
        self._render = render
        self._stall_seconds = stall_seconds

    def to_asgi_response(self, *_: Any, **__: Any) -> Any:
        """The ASGI application that Litestar runs for this response."""
        return self._respond

    async def _respond(self, _: Any, receive: _Receive, send: _Send) -> None:
        async with self._notices as notices:
            await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
            await while_connected(receive, self._send_all(notices, send))

    async def _send_all(self, notices: AsyncIterator[T], send: _Send) -> None:
        try:
            async for notice in notices:
                await self._send_one(send, self._render(notice), more=True)
            await self._send_one(send, b"", more=False)
        except TimeoutError:
            metrics.LIVE_DROPPED.inc()

    async def _send_one(self, send: _Send, octets: bytes, *, more: bool) -> None:
        async with asyncio.timeout(self._stall_seconds):
            await send({"type": "http.response.body", "body": octets, "more_body": more})


async def while_connected(receive: _Receive, work: Coroutine[Any, Any, T]) -> T | None:
    """The result of `work`; None if the client disconnects first: then `work` has been cancelled and has ended."""
    leaving = asyncio.create_task(_disconnected(receive))
    patience = asyncio.timeout(None)

    def lose_patience(_: object) -> None:
        patience.reschedule(0)

    try:
        async with patience:
            leaving.add_done_callback(lose_patience)
            return await work
    except TimeoutError:
        if not patience.expired():
            raise
        return None
    finally:
        leaving.remove_done_callback(lose_patience)
        leaving.cancel()


async def _disconnected(receive: _Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
