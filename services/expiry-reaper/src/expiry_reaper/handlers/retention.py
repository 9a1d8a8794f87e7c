"""Deletes records after their retention time: finished deliveries, receipts, endpoints of ended inboxes."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from expiry_reaper import metrics
from mayfly.service.clock import Clock

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Term:
    """How long a record is kept. `delete_before` deletes records older than a moment and returns their number."""

    kept: timedelta
    delete_before: Callable[[datetime], Awaitable[int]]


class Retention:
    """`terms`: by collection."""

    def __init__(self, terms: Mapping[str, Term], clock: Clock) -> None:
        self._terms = terms
        self._clock = clock

    async def __call__(self) -> None:
        """Delete all records whose retention has ended. Raises TransientFailure."""
        now = self._clock()
        for collection, term in self._terms.items():
            if deleted := await term.delete_before(now - term.kept):
                metrics.EXPIRED_RECORDS.labels(collection).inc(deleted)
                _log.info("retired", collection=collection, records=deleted)
