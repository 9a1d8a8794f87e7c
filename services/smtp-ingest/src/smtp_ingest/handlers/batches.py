"""Many lookups, few round trips: what is asked for while a query runs goes out together in the next."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
Query = Callable[[Sequence[str]], Awaitable[Mapping[str, T]]]
_BATCH_LIMIT = 200


class Batches(Generic[T]):
    """Answers `get` from `query`, one running query at a time; whoever asks while it runs is not answered from it."""

    def __init__(self, query: Query[T]) -> None:
        self._query = query
        self._waiting: dict[str, asyncio.Future[T | None]] = {}
        self._runner: asyncio.Task[None] | None = None

    async def get(self, key: str) -> T | None:
        """What the query has for `key` now. Raises what the query raises."""
        future = self._waiting.get(key)
        if future is None:
            future = self._waiting[key] = asyncio.get_running_loop().create_future()
        if self._runner is None:
            self._runner = asyncio.create_task(self._run())
        return await asyncio.shield(future)

    async def _run(self) -> None:
        try:
            while self._waiting:
                keys = list(self._waiting)[:_BATCH_LIMIT]
                await self._answer({key: self._waiting.pop(key) for key in keys})
        finally:
            self._runner = None

    async def _answer(self, asked: dict[str, asyncio.Future[T | None]]) -> None:
        try:
            found = await self._query(list(asked))
        except Exception as error:  # noqa: BLE001 - handed on to everybody who asked
            for future in asked.values():
                future.set_exception(error)
                # Marks it as seen: whoever asked may have gone away.
                future.exception()
        else:
            for key, future in asked.items():
                future.set_result(found.get(key))
