"""Limits per key (an IP address, an inbox), counted in this process."""

from collections import defaultdict
from collections.abc import Callable
from time import monotonic

from mayfly.service.token_bucket import TokenBucket

_MINUTE = 60.0


class RatePerMinute:
    """A token bucket per key: `limit` at once, refilled evenly over a minute. `now`: a clock in seconds."""

    def __init__(self, limit: int, now: Callable[[], float] = monotonic) -> None:
        self._limit = limit
        self._now = now
        self._buckets: dict[str, TokenBucket] = {}

    def allow(self, key: str) -> bool:
        """Count one for `key`; False, and nothing counted, when its rate is used up."""
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = TokenBucket(self._limit / _MINUTE, self._limit, self._now)
        return bucket.take()

    def is_used_up(self, key: str) -> bool:
        """Whether `allow` would be False now; counts nothing."""
        bucket = self._buckets.get(key)
        return bucket is not None and bucket.wait() > 0

    def forget_full(self) -> None:
        """Drop the keys whose bucket is full again, which bounds memory by the traffic of one minute."""
        self._buckets = {key: bucket for key, bucket in self._buckets.items() if not bucket.is_full()}


class Occupancy:
    """Counts how many connections each key has open."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._counts: defaultdict[str, int] = defaultdict(int)

    def enter(self, key: str, *, exempt: bool) -> bool:
        """Count one more for `key`; False, and nothing counted, at the limit. `exempt`: the limit does not apply."""
        if not exempt and self._counts.get(key, 0) >= self._limit:
            return False
        self._counts[key] += 1
        return True

    def of(self, key: str) -> int:
        """How many connections `key` has."""
        return self._counts.get(key, 0)

    def leave(self, key: str) -> None:
        self._counts[key] -= 1
        if not self._counts[key]:
            del self._counts[key]
