"""Makes one HTTP attempt and records its result; called by handlers.fan_out (first attempts) and handlers.attempts.

Results are written together: while one write is under way, the results of other attempts wait for the next one.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from mayfly.failures import TransientFailure
from mayfly.records.delivery import Attempt, Delivery, DeliveryStatus, Result
from mayfly.records.endpoint import Endpoint
from mayfly.service.clock import Clock
from mayfly.service.coalescer import Coalescer
from mayfly.webhooks.formats import Format
from webhook_dispatcher import metrics
from webhook_dispatcher.domain.attempt import attempt_of
from webhook_dispatcher.domain.formats import Sending, Wire
from webhook_dispatcher.domain.lanes import Lanes
from webhook_dispatcher.domain.verdict import Response, next_delay
from webhook_dispatcher.handlers.health import Health
from webhook_dispatcher.ports import Publisher, Sender

if TYPE_CHECKING:
    from mayfly.store.deliveries import Deliveries

_log = structlog.get_logger()

# Without DNS an attempt waits for so long, then it has failed: in a network that knows only names of its own no server
# ever answers for those outside.
_LONGEST_WAIT = timedelta(days=1)
_ALL = "all"


class Courier:
    def __init__(
        self,
        *,
        deliveries: "Deliveries",
        publisher: Publisher,
        sender: Sender,
        health: Health,
        lanes: Lanes,
        clock: Clock,
        chance: Callable[[], float],
        wires: Mapping[Format, Wire],
    ) -> None:
        self._deliveries = deliveries
        self._publisher = publisher
        self._sender = sender
        self._health = health
        self._lanes = lanes
        self._clock = clock
        self._chance = chance
        self._wires = wires
        self._results: Coalescer[str, Result, None] = Coalescer(self._write)

    async def attempt(self, number: int, delivery: Delivery, endpoint: Endpoint) -> None:
        """Make the attempt, record it, and schedule the next one if it failed and there is one.

        Raises TransientFailure: it was not made, or not recorded.
        """
        wire = self._wires[endpoint.format]
        now = self._clock()
        sending = Sending(
            delivery.id, delivery.event_type, number, now, delivery.payload, endpoint.secrets_valid_at(now)
        )
        try:
            response = await self._sender.send(endpoint.url, wire.headers(sending), delivery.payload, wire.timeout)
        except TransientFailure as failure:
            if now - (delivery.next_attempt_at or delivery.created_at) < _LONGEST_WAIT:
                raise
            response = Response(0, error=failure.reason)
        self._lanes.note(endpoint.id, seconds=response.duration, is_failing=not response.is_success)
        await self._record(number, delivery, endpoint, sending, response)

    async def _record(
        self, number: int, delivery: Delivery, endpoint: Endpoint, sending: Sending, response: Response
    ) -> None:
        retries = self._wires[endpoint.format].retries
        delay = next_delay(response, retries, number - delivery.attempts_before, self._chance())
        next_attempt_at = None if delay is None else self._clock() + timedelta(seconds=delay)
        status: DeliveryStatus = "pending" if next_attempt_at else "delivered" if response.is_success else "failed"
        attempt = Attempt(
            number=number,
            at=sending.at,
            duration=round(response.duration, 3),
            status=response.status,
            error=response.error,
            answer=response.excerpt,
        )
        result = Result(delivery_id=delivery.id, attempt=attempt, status=status, next_attempt_at=next_attempt_at)
        await self._results.get(_ALL, result)
        if next_attempt_at:
            await self._schedule(delivery, number + 1, next_attempt_at)
        await self._health.note(endpoint, response, sending.at)
        _report(delivery, attempt, status)

    async def _schedule(self, delivery: Delivery, number: int, due_at: datetime) -> None:
        await self._publisher.schedule(attempt_of(delivery, number, due_at))

    async def _write(self, _group: str, results: Sequence[Result]) -> list[None]:
        await self._deliveries.record_all(results)
        return [None] * len(results)


def _report(delivery: Delivery, attempt: Attempt, status: DeliveryStatus) -> None:
    outcome = "delivered" if status == "delivered" else "failed"
    metrics.ATTEMPTS.labels(outcome).inc()
    metrics.ATTEMPT_SECONDS.observe(attempt.duration)
    if attempt.number == 1:
        metrics.FIRST_ATTEMPT_SECONDS.observe((attempt.at - delivery.created_at).total_seconds())
    _log.info(
        "attempt",
        delivery_id=delivery.id,
        endpoint_id=delivery.endpoint_id,
        inbox_id=delivery.inbox_id,
        attempt=attempt.number,
        outcome=outcome,
        status=attempt.status,
        error=attempt.error,
        seconds=attempt.duration,
        delivery_status=status,
    )
