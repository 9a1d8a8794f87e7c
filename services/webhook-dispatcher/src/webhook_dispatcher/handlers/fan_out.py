"""Creates deliveries for events: one for each endpoint that listens, stored before the event is acked.

Called by the consumer of EVENTS. A delivery's id derives from the event and the endpoint, so a redelivered event
creates nothing twice. The first attempt goes to DELIVERIES at once, where handlers.attempts receives it.
"""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import structlog

from mayfly import tracing
from mayfly.events import facts
from mayfly.events.handling import Delivered
from mayfly.records.delivery import Delivery
from mayfly.records.endpoint import Endpoint
from mayfly.service.clock import Clock
from mayfly.webhooks.formats import TEST, delivery_id
from webhook_dispatcher import metrics
from webhook_dispatcher.domain.attempt import attempt_of
from webhook_dispatcher.domain.bodies import Announced, event_type
from webhook_dispatcher.domain.formats import WIRES, payload
from webhook_dispatcher.ports import Publisher

if TYPE_CHECKING:
    from mayfly.store.deliveries import Deliveries
    from mayfly.store.endpoints import Endpoints

_log = structlog.get_logger()

_OfInbox = facts.MessageStored | facts.InboxExpired
_REPLAY_LIMIT = 10_000


class FanOut:
    def __init__(self, endpoints: "Endpoints", deliveries: "Deliveries", publisher: Publisher, clock: Clock) -> None:
        self._endpoints = endpoints
        self._deliveries = deliveries
        self._publisher = publisher
        self._clock = clock

    async def __call__(self, events: Sequence[Delivered[facts.Announcement]]) -> list[None]:
        """Fan out a batch as a whole. Raises TransientFailure."""
        announced = [(event.fact, event.sequence) for event in events if isinstance(event.fact, Announced)]
        endpoints = await self._candidates([fact for fact, _ in announced])
        deliveries = [
            self._delivery(fact, sequence, endpoint)
            for fact, sequence in announced
            for endpoint in endpoints
            if _listens(endpoint, fact)
        ]
        await self._deliveries.insert_missing(deliveries)
        await self._start(deliveries)
        metrics.DELIVERIES.inc(len(deliveries))
        for event in events:
            if isinstance(event.fact, facts.RedeliveryRequested):
                await self._begin_again(event.fact)
        return [None] * len(events)

    async def _candidates(self, announced: Collection[Announced]) -> Collection[Endpoint]:
        """Every endpoint that may be concerned by one of the events, once."""
        of_inboxes = [fact for fact in announced if isinstance(fact, _OfInbox)]
        found = (
            await self._endpoints.listening(
                {fact.inbox_id for fact in of_inboxes}, {fact.account_id for fact in of_inboxes if fact.account_id}
            )
            if of_inboxes
            else []
        )
        for fact in announced:
            if isinstance(fact, facts.EndpointDisabled):
                found += await self._endpoints.of_account(fact.account_id)
            elif isinstance(fact, facts.EndpointTestRequested):
                found += (await self._endpoints.among([fact.endpoint_id])).values()
        return {endpoint.id: endpoint for endpoint in found}.values()

    def _delivery(self, fact: Announced, sequence: int, endpoint: Endpoint) -> Delivery:
        now = self._clock()
        made = delivery_id(fact.message_id if isinstance(fact, facts.MessageStored) else fact.event_id, endpoint.id)
        tracing.derives(fact.event_id, made)
        return Delivery(
            id=made,
            endpoint_id=endpoint.id,
            account_id=endpoint.account_id,
            inbox_id=fact.inbox_id if isinstance(fact, _OfInbox) else "",
            event_type=event_type(fact),
            payload=payload(endpoint.format, fact, sequence),
            created_at=now,
            next_attempt_at=now,
        )

    async def _begin_again(self, request: facts.RedeliveryRequested) -> None:
        deliveries = await self._deliveries.begin_round(request, self._clock(), limit=_REPLAY_LIMIT)
        await self._start(deliveries)
        _log.info("redelivery", endpoint_id=request.endpoint_id, deliveries=len(deliveries))

    async def _start(self, deliveries: Sequence[Delivery]) -> None:
        await self._publisher.publish_all(
            [
                attempt_of(delivery, delivery.attempts_before + 1, delivery.next_attempt_at or delivery.created_at)
                for delivery in deliveries
            ]
        )


def _listens(endpoint: Endpoint, fact: Announced) -> bool:
    kind = event_type(fact)
    if kind == TEST:
        return isinstance(fact, facts.EndpointTestRequested) and endpoint.id == fact.endpoint_id
    if not endpoint.is_enabled or kind not in WIRES[endpoint.format].announces:
        return False
    if endpoint.events and kind not in endpoint.events:
        return False
    return _concerns(endpoint, fact)


def _concerns(endpoint: Endpoint, fact: Announced) -> bool:
    match fact:
        case facts.MessageStored() | facts.InboxExpired():
            if endpoint.inbox_id is None:
                return endpoint.account_id == fact.account_id
            return endpoint.inbox_id == fact.inbox_id
        case facts.EndpointDisabled():
            return endpoint.account_id == fact.account_id and endpoint.id != fact.endpoint_id
    return False
