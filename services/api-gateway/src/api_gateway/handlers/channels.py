"""How many live channels are open: bounded for each holder of credentials, and in all."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from api_gateway import metrics
from api_gateway.domain.caller import Caller
from api_gateway.errors import LimitExceeded
from mayfly.failures import TransientFailure

_RETRY_SECONDS = 5.0


class Channels:
    """Counts per process: each replica grants the same again."""

    def __init__(self, *, per_holder: int, in_all: int) -> None:
        self._per_holder = per_holder
        self._in_all = in_all
        self._held: Counter[str] = Counter()

    @contextmanager
    def seat(self, caller: Caller, kind: str) -> Iterator[None]:
        """A place for one channel. Raises LimitExceeded when the caller has too many, TransientFailure when all do."""
        holder = caller.key_id or caller.session_id or caller.inbox_id or caller.subject
        if self._held[holder] >= self._per_holder:
            metrics.REJECTIONS.labels("live channels").inc()
            raise LimitExceeded(
                f"more than {self._per_holder} live channels are open with these credentials",
                retry_after=_RETRY_SECONDS,
            )
        if self._held.total() >= self._in_all:
            metrics.REJECTIONS.labels("live channels").inc()
            raise TransientFailure("too many live channels are open", retry_after=_RETRY_SECONDS)
        self._held[holder] += 1
        metrics.LIVE_CHANNELS.labels(kind).inc()
        try:
            yield
        finally:
            metrics.LIVE_CHANNELS.labels(kind).dec()
            self._held[holder] -= 1
            if not self._held[holder]:
                del self._held[holder]
