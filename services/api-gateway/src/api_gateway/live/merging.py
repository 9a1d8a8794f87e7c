"""Takes what several sources give, whichever comes first: arrivals and changes of one stream."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

T = TypeVar("T")


@asynccontextmanager
async def merged(*sources: Callable[[], Awaitable[T]]) -> AsyncIterator[Callable[[], Coroutine[Any, Any, T]]]:
    """A function that returns the next thing that a source gives; each source in its order.

    What a source raises, it raises. It takes one thing ahead, so a slow reader makes the sources wait.
    """
    queue: asyncio.Queue[T | _Raised] = asyncio.Queue(1)

    async def pump(source: Callable[[], Awaitable[T]]) -> None:
        try:
            while True:
                await queue.put(await source())
        except Exception as error:  # noqa: BLE001 - raised again by the reader
            await queue.put(_Raised(error))

    async def following() -> T:
        given = await queue.get()
        if isinstance(given, _Raised):
            raise given.error
        return given

    tasks = [asyncio.create_task(pump(source)) for source in sources]
    try:
        yield following
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Raised:
    def __init__(self, error: Exception) -> None:
        self.error = error
