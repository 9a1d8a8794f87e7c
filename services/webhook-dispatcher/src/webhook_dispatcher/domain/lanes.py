"""Who may be called now: bounds per endpoint and per account, and two pools, so that the slow wait for the slow.

An endpoint whose last attempt failed or took long is suspect; suspects share a pool of their own, and a receiver
that answers is never behind one that does not. Nothing waits in memory: an attempt runs now or comes again later.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

_SLOW_SECONDS = 1.0
_FIRST_GUESS_SECONDS = 0.1
_WEIGHT = 0.2  # of the newest attempt in an endpoint's pace
_LONGEST_WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many attempts may be under way at once."""

    healthy: int = 256
    suspect: int = 256
    per_account: int = 64
    per_endpoint: int = 8


@dataclass(frozen=True, slots=True)
class Place:
    """Leave to make one attempt; hand it back by `Lanes.leave`."""

    endpoint_id: str
    account_id: str
    suspect: bool


@dataclass(slots=True)
class _Endpoint:
    """`pace`: seconds an attempt takes, smoothed. `free_at`: when those put off so far will have had their turn."""

    running: int = 0
    pace: float = _FIRST_GUESS_SECONDS
    free_at: float = 0.0


@dataclass(slots=True)
class _Pool:
    size: int
    running: Counter[str] = field(default_factory=Counter)

    def has_room_for(self, account_id: str, per_account: int) -> bool:
        """An account may hold its even share of the pool, and no more than `per_account`, while others hold any."""
        taken = self.running.total()
        accounts = len(self.running) + (account_id not in self.running)
        share = min(per_account, max(1, self.size // accounts))
        return taken < self.size and self.running[account_id] < share


class Lanes:
    """`now`: a monotonic clock in seconds; `chance`: numbers in [0, 1)."""

    def __init__(self, bounds: Bounds, now: Callable[[], float], chance: Callable[[], float]) -> None:
        self._bounds = bounds
        self._now = now
        self._chance = chance
        self._pools = {False: _Pool(bounds.healthy), True: _Pool(bounds.suspect)}
        self._endpoints: dict[str, _Endpoint] = {}

    def enter(self, endpoint_id: str, account_id: str, *, is_failing: bool) -> Place | float:
        """A place, or the seconds after which to ask again."""
        endpoint = self._endpoints.setdefault(endpoint_id, _Endpoint())
        suspect = is_failing or endpoint.pace > _SLOW_SECONDS
        pool = self._pools[suspect]
        if endpoint.running >= self._bounds.per_endpoint or not pool.has_room_for(account_id, self._bounds.per_account):
            return self._wait(endpoint)
        endpoint.running += 1
        pool.running[account_id] += 1
        return Place(endpoint_id, account_id, suspect)

    def leave(self, place: Place, duration: float) -> None:
        """`duration`: seconds the attempt took."""
        endpoint = self._endpoints[place.endpoint_id]
        endpoint.running -= 1
        endpoint.pace += _WEIGHT * (duration - endpoint.pace)
        running = self._pools[place.suspect].running
        running[place.account_id] -= 1
        if not running[place.account_id]:
            del running[place.account_id]
        if not endpoint.running and endpoint.free_at < self._now() and endpoint.pace < _SLOW_SECONDS:
            del self._endpoints[place.endpoint_id]

    def _wait(self, endpoint: _Endpoint) -> float:
        """Turns are handed out one after the other at the endpoint's pace; far ones are spread, and asked again."""
        now = self._now()
        turn = max(endpoint.free_at, now) + endpoint.pace / self._bounds.per_endpoint
        if turn - now > _LONGEST_WAIT:
            return _LONGEST_WAIT * (0.5 + self._chance() / 2)
        endpoint.free_at = turn
        return turn - now
