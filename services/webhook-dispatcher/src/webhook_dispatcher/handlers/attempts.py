"""Due attempts become HTTP requests, and their answers become the delivery's next state.

Called by the consumer of DELIVERIES. Order for each attempt: request, record, schedule the next, ack. A crash in
between repeats the last step or the request; it never leaves a delivery without its next attempt.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import structlog

from mayfly.bus.consumer import Answer as Reply
from mayfly.bus.consumer import Delivered
from mayfly.events import facts
from mayfly.failures import Postponed
from mayfly.service.clock import Clock
from mayfly.store.deliveries import Attempt, Delivery, DeliveryStatus
from mayfly.store.endpoints import Endpoint
from mayfly.webhooks.formats import MESSAGE_RECEIVED, TEST, Format
from webhook_dispatcher import metrics
from webhook_dispatcher.domain.formats import Sending, Wire
from webhook_dispatcher.domain.lanes import Lanes, Place
from webhook_dispatcher.domain.verdict import Answer, next_delay
from webhook_dispatcher.handlers.health import Health
from webhook_dispatcher.ports import Deliveries, Endpoints, Inboxes, Publisher, Sender

_log = structlog.get_logger()

# Shorter waits stay with the consumer, which holds them in memory; longer ones go back on the schedule.
_SHORT_WAIT_SECONDS = 2.0


class Attempts:
    def __init__(
        self,
        *,
        endpoints: Endpoints,
        deliveries: Deliveries,
        inboxes: Inboxes,
        publisher: Publisher,
        sender: Sender,
        health: Health,
        lanes: Lanes,
        clock: Clock,
        chance: Callable[[], float],
        wires: Mapping[Format, Wire],
    ) -> None:
        self._endpoints = endpoints
        self._deliveries = deliveries
        self._inboxes = inboxes
        self._publisher = publisher
        self._sender = sender
        self._health = health
        self._lanes = lanes
        self._clock = clock
        self._chance = chance
        self._wires = wires

    async def __call__(self, events: Sequence[Delivered]) -> list[Reply]:
        """What is to be done for each due attempt. Raises TransientFailure."""
        due = [event.fact for event in events if isinstance(event.fact, facts.AttemptScheduled)]
        deliveries = await self._deliveries.among([fact.delivery_id for fact in due])
        pending = [delivery for delivery in deliveries.values() if delivery.status == "pending"]
        endpoints = await self._endpoints.among(sorted({delivery.endpoint_id for delivery in pending}))
        live = await self._inboxes.live_among(sorted({delivery.inbox_id for delivery in pending}), self._clock())
        return [
            self._reply(fact, delivery, endpoints.get(delivery.endpoint_id), inbox_is_live=delivery.inbox_id in live)
            if (delivery := deliveries.get(fact.delivery_id)) and delivery.status == "pending"
            else None
            for fact in due
        ]

    def _reply(
        self, fact: facts.AttemptScheduled, delivery: Delivery, endpoint: Endpoint | None, *, inbox_is_live: bool
    ) -> Reply:
        if fact.attempt <= len(delivery.attempts):
            # Made and recorded before; the crash that brings it again may have come before the next was scheduled.
            return self._schedule(delivery, fact.attempt + 1) if fact.attempt == len(delivery.attempts) else None
        if delivery.event_type == MESSAGE_RECEIVED and not inbox_is_live:
            return self._forget(delivery)
        if endpoint is None or not (endpoint.is_enabled or delivery.event_type == TEST):
            return self._give_up(delivery)
        place = self._lanes.enter(endpoint.id, endpoint.account_id, is_failing=endpoint.failing_since is not None)
        if isinstance(place, Place):
            return self._attempt(fact, delivery, endpoint, place)
        metrics.POSTPONED.inc()
        if place <= _SHORT_WAIT_SECONDS:
            return Postponed("its endpoint is busy", retry_after=place)
        return self._put_off(fact, place)

    async def _forget(self, delivery: Delivery) -> None:
        """What the inbox held is gone, so nothing of it is sent any more."""
        await self._deliveries.delete([delivery.id])

    async def _give_up(self, delivery: Delivery) -> None:
        """Its endpoint is gone or switched off."""
        await self._deliveries.give_up(delivery.id)

    async def _put_off(self, fact: facts.AttemptScheduled, seconds: float) -> None:
        due_at = self._clock() + timedelta(seconds=seconds)
        await self._publisher.schedule(
            facts.AttemptScheduled(facts.new_event_id(), fact.delivery_id, fact.inbox_id, fact.attempt, due_at)
        )

    async def _attempt(
        self, fact: facts.AttemptScheduled, delivery: Delivery, endpoint: Endpoint, place: Place
    ) -> None:
        wire = self._wires[endpoint.format]
        now = self._clock()
        sending = Sending(
            delivery.id, delivery.event_type, fact.attempt, now, delivery.payload, endpoint.secrets_valid_at(now)
        )
        seconds = wire.timeout
        try:
            answer = await self._sender.send(endpoint.url, wire.headers(sending), delivery.payload, wire.timeout)
            seconds = answer.duration
        finally:
            self._lanes.leave(place, seconds)
        await self._settle(fact.attempt, delivery, endpoint, sending, answer)

    async def _settle(
        self, number: int, delivery: Delivery, endpoint: Endpoint, sending: Sending, answer: Answer
    ) -> None:
        retries = self._wires[endpoint.format].retries
        delay = next_delay(answer, retries, number - delivery.attempts_before, self._chance())
        next_attempt_at = None if delay is None else self._clock() + timedelta(seconds=delay)
        status: DeliveryStatus = "pending" if next_attempt_at else "delivered" if answer.is_success else "failed"
        attempt = Attempt(
            number=number,
            at=sending.at,
            duration=round(answer.duration, 3),
            status=answer.status,
            error=answer.error,
            answer=answer.excerpt,
        )
        await self._deliveries.record(delivery.id, attempt, status, next_attempt_at)
        if next_attempt_at:
            await self._publisher.schedule(
                facts.AttemptScheduled(
                    facts.new_event_id(), delivery.id, delivery.inbox_id, number + 1, next_attempt_at
                )
            )
        await self._health.note(endpoint, answer, sending.at)
        _tell(delivery, attempt, status)

    async def _schedule(self, delivery: Delivery, number: int) -> None:
        await self._publisher.schedule(
            facts.AttemptScheduled(
                facts.new_event_id(),
                delivery.id,
                delivery.inbox_id,
                number,
                delivery.next_attempt_at or self._clock(),
            )
        )


def _tell(delivery: Delivery, attempt: Attempt, status: DeliveryStatus) -> None:
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
