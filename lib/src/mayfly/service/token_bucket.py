"""A token bucket: a rate limit that allows short bursts. Pure; time comes from an injected clock."""

from collections.abc import Callable
from time import monotonic


class TokenBucket:
    """Holds up to `capacity` tokens and gains `rate_per_second` tokens a second; full at first.

    `now`: a clock in seconds that never goes back.
    """

    __slots__ = ("_capacity", "_filled_at", "_now", "_rate", "_tokens")

    def __init__(self, rate_per_second: float, capacity: float, now: Callable[[], float] = monotonic) -> None:
        self._rate = rate_per_second
        self._capacity = capacity
        self._now = now
        self._tokens = capacity
        self._filled_at = now()

    def take(self, count: float = 1.0) -> bool:
        """Take `count` tokens if the bucket holds them; otherwise take none and return False."""
        self._refill()
        if self._tokens < count:
            return False
        self._tokens -= count
        return True

    def give_back(self) -> None:
        """Put back one token that was taken for nothing."""
        self._tokens = min(self._capacity, self._tokens + 1.0)

    def wait(self) -> float:
        """Seconds until the bucket holds one token; 0 when it does already."""
        self._refill()
        return max(0.0, (1.0 - self._tokens) / self._rate)

    def is_full(self) -> bool:
        self._refill()
        return self._tokens >= self._capacity

    def _refill(self) -> None:
        now = self._now()
        self._tokens = min(self._capacity, self._tokens + (now - self._filled_at) * self._rate)
        self._filled_at = now
