"""Events become deliveries: one for each endpoint that listens, durable before the event is acked.

Called by the consumer of EVENTS. A delivery's id derives from the event and the endpoint, so an event that comes
twice makes none twice; its first attempt goes to DELIVERIES at once, where handlers.attempts takes it.
"""

import asyncio
from collections.abc import Sequence

import structlog

from mayfly.bus.consumer import Delivered
from mayfly.events import facts
from mayfly.mail.message_id import derive_message_id
from mayfly.service.clock import Clock
from mayfly.store.deliveries import Delivery
from mayfly.store.endpoints import Endpoint
from webhook_dispatcher import metrics
from webhook_dispatcher.domain.formats import EVENT_TYPES, WIRES, Announced, payload
from webhook_dispatcher.ports import Deliveries, Endpoints, Publisher

_log = structlog.get_logger()


class FanOut:
    def __init__(self, endpoints: Endpoints, deliveries: Deliveries, publisher: Publisher, clock: Clock) -> None:
        self._endpoints = endpoints
        self._deliveries = deliveries
        self._publisher = publisher
        self._clock = clock

    async def __call__(self, events: Sequence[Delivered]) -> list[None]:
        """Fan out a batch as a whole. Raises TransientFailure."""
        announced = [(event.fact, event.sequence) for event in events if isinstance(event.fact, Announced)]
        endpoints = await self._endpoints.listening(
            {fact.inbox_id for fact, _ in announced}, {fact.account_id for fact, _ in announced if fact.account_id}
        )
        deliveries = [
            self._delivery(fact, sequence, endpoint)
            for fact, sequence in announced
            for endpoint in endpoints
            if _listens(endpoint, fact)
        ]
        await self._deliveries.insert_missing(deliveries)
        await asyncio.gather(*(self._start(delivery) for delivery in deliveries))
        metrics.FANNED_OUT.inc(len(deliveries))
        return [None] * len(events)

    def _delivery(self, fact: Announced, sequence: int, endpoint: Endpoint) -> Delivery:
        source = fact.message_id if isinstance(fact, facts.MessageStored) else fact.event_id
        now = self._clock()
        return Delivery(
            id=derive_message_id(source, endpoint.id),
            endpoint_id=endpoint.id,
            account_id=endpoint.account_id,
            inbox_id=fact.inbox_id,
            event_type=EVENT_TYPES[type(fact)],
            payload=payload(endpoint.format, fact, sequence),
            created_at=now,
            next_attempt_at=now,
        )

    async def _start(self, delivery: Delivery) -> None:
        await self._publisher.publish(
            facts.AttemptScheduled(facts.new_event_id(), delivery.id, delivery.inbox_id, 1, delivery.created_at)
        )


def _listens(endpoint: Endpoint, fact: Announced) -> bool:
    if EVENT_TYPES[type(fact)] not in WIRES[endpoint.format].announces:
        return False
    if endpoint.inbox_id is None:
        return endpoint.account_id == fact.account_id
    return endpoint.inbox_id == fact.inbox_id
