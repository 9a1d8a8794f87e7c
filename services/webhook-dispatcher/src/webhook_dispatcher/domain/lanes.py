"""Decides which endpoint may be called now: limits per endpoint and account, and a separate pool for slow endpoints.

An endpoint whose last attempt failed, or whose attempts take long, is suspect. Suspects share a pool of their own,
bounded in rate too, so a receiver that answers is never behind one that does not. Nobody queues here: an attempt runs
now, or learns when to ask again.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Self

from mayfly.service.token_bucket import TokenBucket

_SLOW_SECONDS = 1.0
_FIRST_GUESS_SECONDS = 0.1
_WEIGHT = 0.2  # of the newest attempt in an endpoint's pace
_LONGEST_WAIT = 60.0
_MOST_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class LaneLimits:
    """How many attempts may be under way at once; `suspects_per_second`: how many of suspects may begin."""

    healthy: int = 256
    suspect: int = 256
    per_account: int = 64
    per_endpoint: int = 8
    per_suspect: int = 2
    suspects_per_second: float = 100.0
    suspect_interval: float = 0.1


class Slot:
    """Permission for one attempt, held `with slot:`. Leaving it a second time changes nothing.

    A slot that is dropped is left too: a coroutine that is never awaited, or is cancelled before its first step, runs
    no `finally`, but it lets go of its slot.
    """

    __slots__ = ("_leave", "suspect")

    def __init__(self, leave: Callable[[], None], *, suspect: bool) -> None:
        self._leave: Callable[[], None] | None = leave
        self.suspect = suspect

    def leave(self) -> None:
        """Give the slot back, whether an attempt was made or not."""
        leave, self._leave = self._leave, None
        if leave is not None:
            leave()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def __del__(self) -> None:
        self.leave()


@dataclass(slots=True)
class _Endpoint:
    """`pace`: seconds an attempt takes, smoothed. `free_at`: when those put off so far will have had their turn."""

    running: int = 0
    pace: float = _FIRST_GUESS_SECONDS
    free_at: float = 0.0
    is_failing: bool = False

    @property
    def is_suspect(self) -> bool:
        return self.is_failing or self.pace > _SLOW_SECONDS


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

    def leave(self, account_id: str) -> None:
        self.running[account_id] -= 1
        if not self.running[account_id]:
            del self.running[account_id]


class Lanes:
    """`now`: a monotonic clock in seconds; `chance`: numbers in [0, 1)."""

    def __init__(self, limits: LaneLimits, now: Callable[[], float], chance: Callable[[], float]) -> None:
        self._limits = limits
        self._now = now
        self._chance = chance
        self._pools = {False: _Pool(limits.healthy), True: _Pool(limits.suspect)}
        self._suspects = TokenBucket(limits.suspects_per_second, limits.suspects_per_second, now)
        self._endpoints: dict[str, _Endpoint] = {}

    def enter(self, endpoint_id: str, account_id: str) -> Slot | float:
        """A slot, or the seconds after which to ask again."""
        endpoint = self._endpoints.setdefault(endpoint_id, _Endpoint())
        suspect = endpoint.is_suspect
        pool = self._pools[suspect]
        full = endpoint.running >= self._limit(endpoint) or not pool.has_room_for(account_id, self._limits.per_account)
        if full or (suspect and not self._suspects.take()):
            return self._wait(endpoint)
        endpoint.running += 1
        pool.running[account_id] += 1
        return Slot(partial(self._leave, endpoint, pool, account_id), suspect=suspect)

    def _leave(self, endpoint: _Endpoint, pool: _Pool, account_id: str) -> None:
        pool.leave(account_id)
        endpoint.running -= 1
        if len(self._endpoints) > _MOST_REMEMBERED:
            self._forget_resting()

    def note(self, endpoint_id: str, *, seconds: float | None = None, is_failing: bool) -> None:
        """Record the result of an attempt; `seconds`: how long it took."""
        endpoint = self._endpoints.setdefault(endpoint_id, _Endpoint())
        endpoint.is_failing = is_failing
        if seconds is not None:
            endpoint.pace += _WEIGHT * (seconds - endpoint.pace)

    def _limit(self, endpoint: _Endpoint) -> int:
        return self._limits.per_suspect if endpoint.is_suspect else self._limits.per_endpoint

    def _wait(self, endpoint: _Endpoint) -> float:
        """Turns are handed out one after the other at the endpoint's pace; far ones are spread, and asked again."""
        now = self._now()
        step = endpoint.pace / self._limit(endpoint)
        if endpoint.is_suspect:
            step = max(step, self._limits.suspect_interval)
        turn = max(endpoint.free_at, now) + step
        if turn - now > _LONGEST_WAIT:
            return _LONGEST_WAIT * (0.5 + self._chance() / 2)
        endpoint.free_at = turn
        return turn - now

    def _forget_resting(self) -> None:
        now = self._now()
        self._endpoints = {
            endpoint_id: endpoint
            for endpoint_id, endpoint in self._endpoints.items()
            if endpoint.running or endpoint.free_at > now
        }
