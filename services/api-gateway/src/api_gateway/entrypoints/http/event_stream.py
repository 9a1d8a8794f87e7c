"""An answer that goes on for as long as somebody reads it; and calls that end when their client has gone."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

from litestar import Response

from api_gateway import metrics

Chunks = AsyncIterator[bytes]
Open = Callable[[], AbstractAsyncContextManager[Chunks]]
T = TypeVar("T")

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx holds back what it buffers
]


class EventStream(Response[None]):
    """`open_chunks` is entered before the first octet goes out, so what it raises becomes an ordinary error.

    A reader that does not take a chunk within `stall_seconds` is given up. The server takes only what the socket's
    buffers hold (3 MiB at most, measured), so a slow reader costs the process one chunk.
    """

    def __init__(self, open_chunks: Open, *, stall_seconds: float) -> None:
        super().__init__(None)
        self._open_chunks = open_chunks
        self._stall_seconds = stall_seconds

    def to_asgi_response(self, *_: Any, **__: Any) -> Any:
        return self._answer

    async def _answer(
        self, _: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
    ) -> None:
        async with self._open_chunks() as chunks:
            await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
            await while_connected(receive, self._send_all(chunks, send))

    async def _send_all(self, chunks: Chunks, send: Callable[[Any], Awaitable[None]]) -> None:
        try:
            async for chunk in chunks:
                async with asyncio.timeout(self._stall_seconds):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            async with asyncio.timeout(self._stall_seconds):
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            metrics.LIVE_DROPPED.inc()


async def while_connected(receive: Callable[[], Awaitable[Any]], work: Coroutine[Any, Any, T]) -> T | None:
    """What `work` comes to; None when the client went away first: then it is cancelled, and has ended on return."""
    working = asyncio.create_task(work)
    leaving = asyncio.create_task(_departure(receive))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        working.cancel()
        leaving.cancel()
        await asyncio.wait({working, leaving})


async def _departure(receive: Callable[[], Awaitable[Any]]) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
