"""Bounds the octets that calls hold in memory, over all calls of a process and for each caller. No HTTP here.

A call that finds no room waits for some seconds. Meanwhile the slowest of those that are still sending (or reading) is
given up, so that nobody holds the budget by being slow, and callers that keep up get through. Small bodies, which most
calls have, count in the total only, of which large ones leave an eighth.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic

from api_gateway.refusals import LimitExceeded
from mayfly.failures import TransientFailure

_PATIENCE_SECONDS = 10.0
_RETRY_SECONDS = 5.0
# Nobody is called slow before that.
_SETTLING_SECONDS = 2.0
_LOOK_SECONDS = 0.5
SMALL_OCTETS = 64 * 1024


class ClientWait:
    """Bounds how long a call waits for its client to send or to read. `give_up` ends this wait and all later ones."""

    def __init__(self) -> None:
        self._current: asyncio.Timeout | None = None
        self._is_given_up = False

    @asynccontextmanager
    async def until(self, latest: float) -> AsyncIterator[None]:
        """Wait within this context; raises TimeoutError at `latest` of the loop's clock, or when given up."""
        if self._is_given_up:
            raise TimeoutError
        try:
            async with asyncio.timeout_at(latest) as self._current:
                yield
        finally:
            self._current = None

    def give_up(self) -> None:
        self._is_given_up = True
        if self._current is not None:
            self._current.reschedule(asyncio.get_running_loop().time())


@dataclass(eq=False, slots=True)
class Hold:
    """The octets that one call holds. `give_up`: ends the call; None: it is not waiting for its client (any more).

    `moved`: octets that the client has sent or read so far. `is_given_up`: it will be released in a moment.
    """

    holder: str
    since: float
    give_up: Callable[[], None] | None = None
    octets: int = 0
    moved: int = 0
    is_given_up: bool = False


@dataclass(slots=True)
class OctetBudget:
    """`total`, `per_holder`: in octets. `seconds`: how long a call waits for room."""

    total: int
    per_holder: int
    seconds: float = _PATIENCE_SECONDS
    clock: Callable[[], float] = monotonic
    _held: Counter[str] = field(default_factory=Counter)
    _holds: set[Hold] = field(default_factory=set)
    _room: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def held(self) -> int:
        """Octets that all calls hold now."""
        return self._held.total()

    def hold(self, holder: str, give_up: Callable[[], None] | None = None) -> Hold:
        """An empty hold; it has to be released."""
        hold = Hold(holder, self.clock(), give_up)
        self._holds.add(hold)
        return hold

    async def take(self, hold: Hold, octets: int, *, seconds: float | None = None) -> None:
        """Add octets to a hold; waits for room, `seconds` if given. More than one holder's share counts as the share.

        Raises LimitExceeded if the holder's other calls leave no room, TransientFailure if those of all do.
        """
        octets = min(octets, self.per_holder - hold.octets)
        until = self.clock() + (self.seconds if seconds is None else seconds)
        while not self._fits(hold, octets):
            if hold.is_given_up:
                return  # with less, since its call is about to end
            left = until - self.clock()
            if left <= 0:
                raise self._refusal(hold.holder, octets)
            self._room.clear()
            ending = sum(other.octets for other in self._holds if other.is_given_up)
            if self._held[hold.holder] + octets <= self.per_holder and not self._fits(hold, octets, ending=ending):
                self._give_up_slowest(but=hold)
            try:
                async with asyncio.timeout(min(left, _LOOK_SECONDS)):
                    await self._room.wait()
            except TimeoutError:
                continue
        self._held[hold.holder] += octets
        hold.octets += octets

    def release(self, hold: Hold) -> None:
        """Give back all octets of a hold; releasing it again does nothing."""
        if hold not in self._holds:
            return
        self._holds.discard(hold)
        self._held[hold.holder] -= hold.octets
        if not self._held[hold.holder]:
            del self._held[hold.holder]
        self._room.set()

    def _fits(self, hold: Hold, octets: int, *, ending: int = 0) -> bool:
        """Whether there is room; `ending`: once so many of the octets that are held are given back."""
        held = self.held - ending
        if hold.octets + octets <= SMALL_OCTETS:
            return held + octets <= self.total
        has_share = self._held[hold.holder] + octets <= self.per_holder
        return has_share and held + octets <= self.total - self.total // 8

    def _refusal(self, holder: str, octets: int) -> Exception:
        if self._held[holder] + octets > self.per_holder:
            reason = f"your other calls hold {self._held[holder]} of {self.per_holder} octets; send fewer at once"
            return LimitExceeded(reason, retry_after=_RETRY_SECONDS)
        return TransientFailure("too many octets of bodies are held in memory", retry_after=_RETRY_SECONDS)

    def _give_up_slowest(self, *, but: Hold) -> None:
        now = self.clock()
        slow = [
            (hold.moved / (now - hold.since), hold)
            for hold in self._holds
            if hold is not but and hold.give_up and hold.octets and now - hold.since >= _SETTLING_SECONDS
        ]
        if slow:
            _, slowest = min(slow, key=lambda entry: entry[0])
            give_up, slowest.give_up = slowest.give_up, None
            if give_up:
                slowest.is_given_up = True
                give_up()
