"""Finds pending deliveries whose next attempt is missing in the broker, and schedules it again.

An attempt can be lost between store and broker: the stream was wiped or restored from a backup. Every delivery that is
long overdue is looked up in the broker and scheduled again if it is missing.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from mayfly.service.clock import Clock
from webhook_dispatcher import metrics
from webhook_dispatcher.domain.attempt import attempt_of
from webhook_dispatcher.ports import Publisher, Schedule

if TYPE_CHECKING:
    from mayfly.store.deliveries import Deliveries

_log = structlog.get_logger()
_OVERDUE = timedelta(minutes=3)  # longer than the redelivery of an attempt after a crash takes
_PAGE = 500


class Recovery:
    def __init__(self, deliveries: "Deliveries", schedule: Schedule, publisher: Publisher, clock: Clock) -> None:
        self._deliveries = deliveries
        self._schedule = schedule
        self._publisher = publisher
        self._clock = clock
        self._after = ""

    async def __call__(self) -> int:
        """Check the next page of overdue deliveries; returns how many were scheduled again. Raises TransientFailure."""
        page = await self._deliveries.overdue(self._clock() - _OVERDUE, self._after, limit=_PAGE)
        self._after = page[-1].id if len(page) == _PAGE else ""
        lost = [delivery for delivery in page if not await self._schedule.holds(delivery.inbox_id, delivery.id)]
        for delivery in lost:
            number = max(len(delivery.attempts), delivery.attempts_before) + 1
            await self._publisher.publish(attempt_of(delivery, number, delivery.next_attempt_at or delivery.created_at))
        if lost:
            metrics.RECOVERED.inc(len(lost))
            _log.warning("attempts_put_back", deliveries=len(lost))
        return len(lost)
