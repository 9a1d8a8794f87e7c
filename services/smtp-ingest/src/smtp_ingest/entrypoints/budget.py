"""How many octets of messages this process holds at once: the bound that keeps memory flat under load."""

import asyncio
from collections import deque

_FIRST_SHARE = 32 * 1024


class OctetBudget:
    """`taken`: octets given out in shares now."""

    def __init__(self, octets: int) -> None:
        self._octets = octets
        self._queue: deque[asyncio.Future[None]] = deque()
        self.taken = 0

    async def share(self, patience: float) -> "Share | None":
        """A first share, in the order of asking; None when `patience` seconds bring no room."""
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
    """One message's part. It grows at once or not at all: messages that all hold something and all wait for more
    would wait for ever.
    """

    def __init__(self, budget: OctetBudget, octets: int) -> None:
        self._budget = budget
        self._octets = octets

    def covers(self, octets: int) -> bool:
        """Grow to hold so many octets if need be, twofold where possible, to grow seldom; False without room."""
        needed = octets - self._octets
        return needed <= 0 or self._grow(max(needed, self._octets)) or self._grow(needed)

    def _grow(self, octets: int) -> bool:
        grown = self._budget.try_take(octets)
        self._octets += octets if grown else 0
        return grown

    def give_back(self) -> None:
        self._budget.give_back(self._octets)
        self._octets = 0
