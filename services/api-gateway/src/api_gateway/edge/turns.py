"""Grants turns to callers in rotation, so that one who asks for many makes the others wait for one of his at most."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from mayfly.failures import TransientFailure

_RETRY_SECONDS = 5.0


class Turns:
    """`places` turns at a time. The holders that wait are served one after the other, each with its oldest request."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, holder: str, patience: float = 20.0) -> AsyncIterator[None]:
        """Hold a place. Raises TransientFailure if none is granted within `patience` seconds."""
        if self._free:
            self._free -= 1
        else:
            await self._wait(holder, patience)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, holder: str, patience: float) -> None:
        granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(holder, deque()).append(granted)
        try:
            async with asyncio.timeout(patience):
                await granted
        except BaseException as error:
            if granted.done() and not granted.cancelled():
                self._pass_on()  # granted in the moment of giving up
            else:
                self._forget(holder, granted)
            if isinstance(error, TimeoutError):
                raise TransientFailure("many calls wait for their turn", retry_after=_RETRY_SECONDS) from error
            raise

    def _forget(self, holder: str, granted: asyncio.Future[None]) -> None:
        queue = self._waiting.get(holder, deque())
        if granted in queue:
            queue.remove(granted)
        if holder in self._waiting and not queue:
            del self._waiting[holder]

    def _pass_on(self) -> None:
        """Grant the place to the next holder that waits; without one it is free."""
        while self._waiting:
            holder, queue = self._waiting.popitem(last=False)
            granted = queue.popleft()
            if queue:
                self._waiting[holder] = queue  # behind all others
            if not granted.done():
                granted.set_result(None)
                return
        self._free += 1
