"""Limits the number of open live channels, per credentials and in total."""

from collections import Counter

from api_gateway import metrics
from api_gateway.edge.caller import Caller
from api_gateway.refusals import LimitExceeded
from mayfly.failures import TransientFailure

_RETRY_SECONDS = 5.0


class Seat:
    """A context manager that counts one open channel."""

    __slots__ = ("_channels", "_holder", "_kind")

    def __init__(self, channels: "Channels", holder: str, kind: str) -> None:
        self._channels = channels
        self._holder = holder
        self._kind = kind

    def __enter__(self) -> None:
        self._channels.take(self._holder)
        metrics.LIVE_CHANNELS.labels(self._kind).inc()

    def __exit__(self, *_: object) -> None:
        self._channels.give_back(self._holder)
        metrics.LIVE_CHANNELS.labels(self._kind).dec()


class Channels:
    """Counts open channels of this process; the limits apply to each replica separately."""

    def __init__(self, *, per_holder: int, in_all: int) -> None:
        self._per_holder = per_holder
        self._in_all = in_all
        self._held: Counter[str] = Counter()
        self._open = 0

    def seat(self, caller: Caller, kind: str) -> Seat:
        """A seat for one channel. Entering it raises LimitExceeded (per caller) or TransientFailure (in total)."""
        return Seat(
            self, (caller.key and caller.key.id) or caller.session_id or caller.inbox_id or caller.subject, kind
        )

    def seat_of_subject(self, caller: Caller, kind: str) -> Seat:
        """As `seat`, but all credentials of an account, and all inboxes of an address without one, count together."""
        return Seat(self, caller.subject, kind)

    def take(self, holder: str) -> None:
        if self._held[holder] >= self._per_holder:
            metrics.REJECTIONS.labels("live channels").inc()
            reason = f"at most {self._per_holder} live channels can be open with the same credentials"
            raise LimitExceeded(reason, retry_after=_RETRY_SECONDS)
        if self._open >= self._in_all:
            metrics.REJECTIONS.labels("live channels").inc()
            raise TransientFailure("too many live channels are open", retry_after=_RETRY_SECONDS)
        self._held[holder] += 1
        self._open += 1

    def give_back(self, holder: str) -> None:
        self._open -= 1
        self._held[holder] -= 1
        if not self._held[holder]:
            del self._held[holder]
