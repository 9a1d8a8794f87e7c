"""Limits how often a peer may call paths that need no credentials of Mayfly. Used by edge.admission.

Each process counts for itself, in memory: unlike edge.limits, this must cost nobody a call of a daily quota, and
nobody's calls but the peer's own.
"""

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

from api_gateway import metrics
from api_gateway.refusals import LimitExceeded
from mayfly.mail.peers import peer_of
from mayfly.service.token_bucket import TokenBucket


class Pace:
    """Up to `per_minute` calls at once by each peer (IPv6: a /64), and as many again over a minute.

    Memory is bounded to so many peers; the least recently seen go first. `now`: in seconds.
    """

    def __init__(self, per_minute: int, now: Callable[[], float] = monotonic, *, most_peers: int = 10_000) -> None:
        self._per_minute = per_minute
        self._most_peers = most_peers
        self._now = now
        self._peers: OrderedDict[str, TokenBucket] = OrderedDict()

    def take(self, address: str) -> None:
        """Count a call from this IP address. Raises LimitExceeded."""
        name = peer_of(address)
        bucket = self._peers.get(name)
        if bucket is None:
            bucket = self._peers[name] = TokenBucket(self._per_minute / 60, self._per_minute, self._now)
        self._peers.move_to_end(name)
        if len(self._peers) > self._most_peers:
            self._peers.popitem(last=False)
        if not bucket.take():
            metrics.REJECTIONS.labels("sign-in").inc()
            detail = f"too many calls from this address (at most {self._per_minute} per minute)"
            raise LimitExceeded(detail, retry_after=bucket.wait())
