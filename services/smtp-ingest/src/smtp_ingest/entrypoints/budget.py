"""Shares the memory for octets of peers among the peers, which bounds this process's memory under load.

Octets are booked as they arrive, and given back when the broker has the mail. While there is room, everybody gets it,
but one peer never all of it: an eighth is left for others. Where there is none, the slow give way first, then the peer
that holds most gives way to one that holds less. So nobody is refused who holds less than everybody else.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from math import inf
from time import monotonic

from smtp_ingest import metrics

STEP_OCTETS = 16 * 1024
_LEFT_FOR_OTHERS = 8  # one part of that many
# A mail on a line of 64 kbit/s (2G, ISDN) is not slow. Over a window, so that neither a pause nor a burst decides.
_SLOW_OCTETS_PER_SECOND = 8 * 1024
_WINDOW_SECONDS = 10.0


class OctetBudget:
    """`octets`: to share. `message_octets`: largest message, which a peer may hold in any case. `taken`: in use now."""

    def __init__(self, octets: int, message_octets: int, ticks: Callable[[], float] = monotonic) -> None:
        self._octets = octets
        self._most_of_one_peer = max(octets - octets // _LEFT_FOR_OTHERS, min(octets, message_octets + STEP_OCTETS))
        self._shares: set[Share] = set()
        self._waiting: list[tuple[Share, asyncio.Future[None]]] = []
        self.of_peers: Counter[str] = Counter()
        self.ticks = ticks
        self.taken = 0

    def share(self, peer: str, *, exempt: bool = False) -> "Share":
        """An empty share for a connection of `peer`. `exempt`: nothing is left for others that do not need it."""
        return Share(self, peer, inf if exempt else self._most_of_one_peer)

    async def wait(self, share: "Share", patience: float) -> bool:
        """Book the first octets; False when there are none within `patience` seconds. Who holds least goes first."""
        if share.covers(STEP_OCTETS):
            return True
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (share, turn)
        self._waiting.append(entry)
        try:
            await asyncio.wait({turn}, timeout=patience)
            return turn.done()
        finally:
            if not turn.done():
                self._waiting.remove(entry)

    def serve(self) -> None:
        """Give room to those who wait: called when octets come back, and every second because others become slow."""
        for entry in sorted(self._waiting, key=lambda entry: self.of_peers[entry[0].peer]):
            share, turn = entry
            if self.book(share, STEP_OCTETS):
                self._waiting.remove(entry)
                turn.set_result(None)
            elif self.taken + STEP_OCTETS > self._octets:
                return

    def book(self, share: "Share", octets: int) -> bool:
        """Add octets to a share, if need be in the place of others; False, and nothing added, when that fails."""
        while (is_own := self.of_peers[share.peer] + octets > share.most) or self.taken + octets > self._octets:
            found = self._to_give_way(share, octets, only_own=is_own)
            if found is None:
                return False
            reason, other = found
            metrics.NO_ROOM.labels(reason).inc()
            other.yield_all()
        self._shares.add(share)
        self.change(share, octets)
        return True

    def release(self, share: "Share") -> None:
        self._shares.discard(share)
        self.change(share, -share.octets)

    def change(self, share: "Share", octets: int) -> None:
        share.octets += octets
        self.taken += octets
        self.of_peers[share.peer] += octets
        if not self.of_peers[share.peer]:
            del self.of_peers[share.peer]

    def _to_give_way(self, share: "Share", octets: int, *, only_own: bool) -> "tuple[str, Share] | None":
        """Whose octets go so that `share` can have more, and why."""
        now, wanted = self.ticks(), self.of_peers[share.peer] + octets
        others = [other for other in self._shares if other.give_way is not None and other is not share]
        slow = [] if share.is_slow(now) else [other for other in others if other.is_slow(now)]
        if only_own:
            slow = [other for other in slow if other.peer == share.peer]
        if slow:
            return "slow", max(slow, key=lambda other: other.octets)
        larger = [] if only_own else [other for other in others if self.of_peers[other.peer] > wanted]
        if larger:
            return "largest", max(larger, key=lambda other: (self.of_peers[other.peer], -other.pace(now)))
        return None


class Share:
    """The octets of one connection.

    It grows at once or not at all: connections that hold octets and wait for more could block each other for ever.
    `most`: of its peer. `give_way`: what drops the octets when others need the room; None while they cannot be dropped.
    """

    def __init__(self, budget: OctetBudget, peer: str, most: float) -> None:
        self._budget = budget
        self.peer = peer
        self.most = most
        self.octets = 0
        self.give_way: Callable[[], None] | None = None
        self._received: int | None = None
        self._window_start = self._window_octets = 0.0
        self._last_pace = inf

    def measure(self, received: int) -> None:
        """Note how many octets have come in all, which tells how fast they come."""
        now, is_first = self._budget.ticks(), self._received is None
        self._received = received
        if is_first or now - self._window_start >= _WINDOW_SECONDS:
            self._last_pace = inf if is_first else self.pace(now)
            self._window_start, self._window_octets = now, received

    def pace(self, now: float) -> float:
        """Octets per second in the last window; infinite in the first one, and where nothing is measured."""
        elapsed = now - self._window_start
        if self._received is None or elapsed < _WINDOW_SECONDS:
            return self._last_pace
        return (self._received - self._window_octets) / elapsed

    def is_slow(self, now: float) -> bool:
        return self.pace(now) < _SLOW_OCTETS_PER_SECOND

    def covers(self, octets: int) -> bool:
        """Grow to at least `octets`, in whole steps if they fit; False when there is no room."""
        needed = octets - self.octets
        whole = -(-needed // STEP_OCTETS) * STEP_OCTETS
        return needed <= 0 or self._budget.book(self, whole) or (whole > needed and self._budget.book(self, needed))

    def yield_all(self) -> None:
        """Drop the octets in favour of others."""
        self._budget.release(self)
        if self.give_way is not None:
            self.give_way()

    def give_back(self) -> None:
        """Give back everything: the octets are no longer in memory."""
        if self.octets:
            self._budget.release(self)
            self._budget.serve()
