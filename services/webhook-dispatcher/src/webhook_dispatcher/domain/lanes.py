"""Decides which endpoint may be called now: limits per endpoint and account, and separate pools by what is known of it.

An endpoint is suspect if its last attempt failed, if its attempts take long, or if none of those that run has ended
for a second. It is proven once an attempt was delivered, as long as it is not suspect. Proven, unproven and suspect
endpoints have a pool each, and an attempt that takes over a second counts as a suspect's from then on; so a receiver
that answers never waits for one that does not, however many of these there are. Suspects are limited in rate too.

There is no queue: an attempt runs now or is told when to ask again.
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
    """How many attempts may run at once; `suspects_per_second`: how many of suspect endpoints may start.

    `healthy`: for proven endpoints, and as many for unproven ones; `in_all`: the process's limit, whatever they are.
    """

    healthy: int = 256
    suspect: int = 256
    in_all: int = 1024
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
    """`pace`: smoothed duration of an attempt in seconds. `free_at`: when all postponed attempts will have run.

    `moved_at`: when an attempt last ended, or the first of those that run began.
    """

    running: int = 0
    pace: float = _FIRST_GUESS_SECONDS
    free_at: float = 0.0
    moved_at: float = 0.0
    is_failing: bool = False
    is_proven: bool = False

    def is_suspect(self, now: float) -> bool:
        is_stuck = self.running > 0 and now - self.moved_at > _SLOW_SECONDS
        return self.is_failing or is_stuck or self.pace > _SLOW_SECONDS


@dataclass(slots=True, eq=False)
class _Attempt:
    """One that runs; `pool`: where it counts at the moment."""

    endpoint: _Endpoint
    account_id: str
    began: float
    pool: "_Pool"


@dataclass(slots=True)
class _Pool:
    """`attempts`: those that count in it, the oldest first; `running`: their number by account."""

    size: int
    attempts: dict[_Attempt, None] = field(default_factory=dict)
    running: Counter[str] = field(default_factory=Counter)

    def has_room_for(self, account_id: str, per_account: int) -> bool:
        """An account may use its even share of the pool, at most `per_account`, while other accounts use any of it."""
        accounts = len(self.running) + (account_id not in self.running)
        share = min(per_account, max(1, self.size // accounts))
        return len(self.attempts) < self.size and self.running[account_id] < share

    def add(self, attempt: _Attempt) -> None:
        attempt.pool = self
        self.attempts[attempt] = None
        self.running[attempt.account_id] += 1

    def remove(self, attempt: _Attempt) -> None:
        del self.attempts[attempt]
        self.running[attempt.account_id] -= 1
        if not self.running[attempt.account_id]:
            del self.running[attempt.account_id]


class Lanes:
    """`now`: a monotonic clock in seconds; `chance`: numbers in [0, 1)."""

    def __init__(self, limits: LaneLimits, now: Callable[[], float], chance: Callable[[], float]) -> None:
        self._limits = limits
        self._now = now
        self._chance = chance
        self._proven, self._unproven, self._suspect = (
            _Pool(size) for size in (limits.healthy, limits.healthy, limits.suspect)
        )
        self._starts = TokenBucket(limits.suspects_per_second, limits.suspects_per_second, now)
        self._endpoints: dict[str, _Endpoint] = {}

    def enter(self, endpoint_id: str, account_id: str) -> Slot | float:
        """A slot, or the seconds to wait before asking again."""
        slot = self.try_enter(endpoint_id, account_id)
        return self._wait(self._endpoints[endpoint_id]) if slot is None else slot

    def try_enter(self, endpoint_id: str, account_id: str) -> Slot | None:
        """A slot, if there is one now. Takes no turn otherwise."""
        now = self._now()
        endpoint = self._endpoints.setdefault(endpoint_id, _Endpoint())
        self._count_slow_ones_as_suspect(now)
        is_suspect = endpoint.is_suspect(now)
        pool = self._suspect if is_suspect else self._proven if endpoint.is_proven else self._unproven
        if (
            endpoint.running >= self._limit(endpoint, now)
            or not pool.has_room_for(account_id, self._limits.per_account)
            or sum(len(each.attempts) for each in (self._proven, self._unproven, self._suspect)) >= self._limits.in_all
            or (is_suspect and not self._starts.take())
        ):
            return None
        if not endpoint.running:
            endpoint.moved_at = now
        endpoint.running += 1
        attempt = _Attempt(endpoint, account_id, now, pool)
        pool.add(attempt)
        return Slot(partial(self._leave, attempt), suspect=is_suspect)

    def is_proven(self, endpoint_id: str) -> bool:
        """Whether an attempt was delivered, and nothing speaks against the endpoint since."""
        endpoint = self._endpoints.get(endpoint_id)
        return endpoint is not None and endpoint.is_proven and not endpoint.is_suspect(self._now())

    def is_suspect(self, endpoint_id: str) -> bool:
        endpoint = self._endpoints.get(endpoint_id)
        return endpoint is not None and endpoint.is_suspect(self._now())

    def note(self, endpoint_id: str, *, seconds: float | None = None, is_failing: bool) -> None:
        """Record the result of an attempt; `seconds`: how long it took."""
        endpoint = self._endpoints.setdefault(endpoint_id, _Endpoint())
        endpoint.is_failing = is_failing
        endpoint.is_proven = not is_failing
        if seconds is not None:
            endpoint.pace += _WEIGHT * (seconds - endpoint.pace)

    def note_failing_before(self, endpoint_id: str) -> None:
        """Its last attempt failed, by the store. Nothing changes if this process knows the endpoint already."""
        self._endpoints.setdefault(endpoint_id, _Endpoint(is_failing=True))

    def _leave(self, attempt: _Attempt) -> None:
        attempt.pool.remove(attempt)
        attempt.endpoint.running -= 1
        attempt.endpoint.moved_at = self._now()
        if len(self._endpoints) > _MOST_REMEMBERED:
            self._forget_resting()

    def _count_slow_ones_as_suspect(self, now: float) -> None:
        for pool in (self._proven, self._unproven):
            while pool.attempts and now - (oldest := next(iter(pool.attempts))).began > _SLOW_SECONDS:
                pool.remove(oldest)
                self._suspect.add(oldest)

    def _limit(self, endpoint: _Endpoint, now: float) -> int:
        return self._limits.per_suspect if endpoint.is_suspect(now) else self._limits.per_endpoint

    def _wait(self, endpoint: _Endpoint) -> float:
        """Assign turns in order at the endpoint's pace; distant ones get a random part and have to ask again."""
        now = self._now()
        step = endpoint.pace / self._limit(endpoint, now)
        if endpoint.is_suspect(now):
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
