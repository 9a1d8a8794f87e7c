"""Counting against limits, on a clock that is handed in (seconds, any origin)."""

from collections import defaultdict

_MINUTE = 60.0


class RatePerMinute:
    """A token bucket per key: `limit` at once, refilled evenly over a minute."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buckets: dict[str, tuple[float, float]] = {}

    def allow(self, key: str, now: float) -> bool:
        """Count one for `key`, or say no and count nothing."""
        tokens, then = self._buckets.get(key, (float(self._limit), now))
        tokens = min(float(self._limit), tokens + (now - then) * self._limit / _MINUTE)
        if tokens < 1:
            return False
        self._buckets[key] = (tokens - 1, now)
        return True

    def forget_full(self, now: float) -> None:
        """Drop the keys that a minute has refilled, so that memory follows the traffic."""
        self._buckets = {key: bucket for key, bucket in self._buckets.items() if now - bucket[1] < _MINUTE}


class Occupancy:
    """How many are in per key."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._counts: defaultdict[str, int] = defaultdict(int)

    def enter(self, key: str, *, exempt: bool) -> bool:
        """Count one in, unless `key` has its share already."""
        if not exempt and self._counts.get(key, 0) >= self._limit:
            return False
        self._counts[key] += 1
        return True

    def leave(self, key: str) -> None:
        self._counts[key] -= 1
        if not self._counts[key]:
            del self._counts[key]
