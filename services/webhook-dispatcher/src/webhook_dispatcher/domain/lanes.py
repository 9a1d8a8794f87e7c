"""Decides which endpoint may be called now: limits per endpoint and account, and a separate pool for slow endpoints.

An endpoint is suspect if its last attempt failed or its attempts take long. Suspects share a separate pool with a
limited rate, so a receiver that answers never waits for one that does not. There is no queue: an attempt runs now or is
told when to ask again.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Self

from mayfly.service.token_bucket import TokenBucket

_SLOW_SECONDS = 1.0
_FIRST_GUESS_SECONDS = 0.1
_WEIGHT = 0.2  # of the latest attempt in an endpoint's pace
_LONGEST_WAIT = 60.0
_MOST_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class LaneLimits:
    """How many attempts may run at once; `suspects_per_second`: how many of suspect endpoints may start."""

    healthy: int = 256
    suspect: int = 256
    per_account: int = 64
    per_endpoint: int = 8
    per_suspect: int = 2
    suspects_per_second: float = 100.0
    suspect_interval: float = 0.1


class Slot:
    """Permission for one attempt, used as `with slot:`. Releasing it twice has no effect.

    A slot is also released when it is garbage-collected: a coroutine that is never awaited, or is cancelled before its
    first step, runs no `finally`.
    """

    __slots__ = ("_leave", "suspect")

    def __init__(self, leave: Callable[[], None], *, suspect: bool) -> None:
        self._leave: Callable[[], None] | None = leave
        self.suspect = suspect

    def leave(self) -> None:
        """Release the slot, whether an attempt was made or not."""
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
    """`pace`: smoothed duration of an attempt in seconds. `free_at`: when all postponed attempts will have run."""

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
        """An account may use its even share of the pool, at most `per_account`, while other accounts use any of it."""
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
        """A slot, or the seconds to wait before asking again."""
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
        """Assign turns in order at the endpoint's pace; distant ones get a random part and have to ask again."""
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
