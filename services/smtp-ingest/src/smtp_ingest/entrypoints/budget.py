"""Limits the octets of messages that this process holds at once, which bounds its memory under load."""

import asyncio
from collections import deque

_FIRST_SHARE = 32 * 1024


class OctetBudget:
    """Hands out shares of a number of octets. `taken`: octets in use now."""

    def __init__(self, octets: int) -> None:
        self._octets = octets
        self._queue: deque[asyncio.Future[None]] = deque()
        self.taken = 0

    async def share(self, patience: float) -> "Share | None":
        """A first share, in order of request; None when none is free within `patience` seconds."""
        if (self._queue or not self.try_take(_FIRST_SHARE)) and not await self._wait(patience):
            return None
        return Share(self, _FIRST_SHARE)

    def try_take(self, octets: int) -> bool:
        if self.taken + octets > self._octets:
            return False
        self.taken += octets
        return True

    def give_back(self, octets: int) -> None:
        self.taken -= octets
        while self._queue and self.try_take(_FIRST_SHARE):
            self._queue.popleft().set_result(None)

    async def _wait(self, patience: float) -> bool:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        await asyncio.wait({turn}, timeout=patience)
        if turn.done():
            return True
        self._queue.remove(turn)
        return False


class Share:
    """The octets reserved for one message.

    It grows at once or not at all: messages that hold octets and wait for more could block each other for ever.
    """

    def __init__(self, budget: OctetBudget, octets: int) -> None:
        self._budget = budget
        self._octets = octets

    def covers(self, octets: int) -> bool:
        """Grow to at least `octets`, doubling if possible to grow rarely; False when the budget is used up."""
        needed = octets - self._octets
        return needed <= 0 or self._grow(max(needed, self._octets)) or self._grow(needed)

    def _grow(self, octets: int) -> bool:
        grown = self._budget.try_take(octets)
        self._octets += octets if grown else 0
        return grown

    def give_back(self) -> None:
        self._budget.give_back(self._octets)
        self._octets = 0
