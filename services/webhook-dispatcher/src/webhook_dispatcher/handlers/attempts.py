"""Decides when due attempts may be made, and which are still needed; handlers.courier makes them.

Called by the consumer of DELIVERIES, with retries, and with the first attempts that handlers.first_attempts gave to the
broker. Order for each attempt: request, record, schedule the next, ack. After a crash in between, the last step or the
request is repeated; a delivery always has its next attempt.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from mayfly.events import facts
from mayfly.events.handling import Delivered, Outcome, Reply
from mayfly.failures import Postponed
from mayfly.records.delivery import Delivery
from mayfly.records.endpoint import Endpoint
from mayfly.records.inbox import Inbox
from mayfly.service.clock import Clock
from mayfly.webhooks.formats import MESSAGE_RECEIVED, TEST
from webhook_dispatcher import metrics
from webhook_dispatcher.domain.attempt import attempt_of
from webhook_dispatcher.domain.lanes import Lanes, Slot
from webhook_dispatcher.handlers.courier import Courier
from webhook_dispatcher.handlers.health import Health
from webhook_dispatcher.ports import Publisher

if TYPE_CHECKING:
    from mayfly.store.deliveries import Deliveries
    from mayfly.store.endpoints import Endpoints
    from mayfly.store.inboxes import Inboxes

_NEAR_SECONDS = 0.5
_TIMES_IN_MEMORY = 3


@dataclass(frozen=True, slots=True)
class _Known:
    """The state of a batch in the store: deliveries that are pending, endpoints that may get them, live inboxes."""

    deliveries: Mapping[str, Delivery]
    endpoints: Mapping[str, Endpoint]
    inboxes: Mapping[str, Inbox]


class Attempts:
    def __init__(
        self,
        *,
        endpoints: "Endpoints",
        deliveries: "Deliveries",
        inboxes: "Inboxes",
        publisher: Publisher,
        health: Health,
        courier: Courier,
        lanes: Lanes,
        clock: Clock,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._endpoints = endpoints
        self._deliveries = deliveries
        self._inboxes = inboxes
        self._publisher = publisher
        self._health = health
        self._courier = courier
        self._lanes = lanes
        self._clock = clock
        self._pause = pause

    async def __call__(self, events: Sequence[Delivered[facts.AttemptScheduled]]) -> list[Reply]:
        """One reply for each due attempt: a coroutine that makes it, or a postponement. Raises TransientFailure.

        Checks first whether the endpoint can take an attempt: those that have to wait need no query to the store.
        """
        with ExitStack() as slots:
            asked: list[tuple[Delivered[facts.AttemptScheduled], Slot | float]] = []
            for event in events:
                turn = self._lanes.enter(event.fact.endpoint_id, event.fact.account_id)
                asked.append((event, slots.enter_context(turn) if isinstance(turn, Slot) else turn))
            known = await self._look_up([event.fact for event, turn in asked if isinstance(turn, Slot)])
            slots.pop_all()  # from here on each coroutine owns its slot
        return [
            self._in_slot(event.fact, turn, known)
            if isinstance(turn, Slot)
            else self._wait(event.fact, turn, event.deliveries)
            for event, turn in asked
        ]

    async def _look_up(self, due: Sequence[facts.AttemptScheduled]) -> _Known:
        deliveries = await self._deliveries.among([fact.delivery_id for fact in due]) if due else {}
        pending = [delivery for delivery in deliveries.values() if delivery.status == "pending"]
        if not pending:
            return _Known({}, {}, {})
        endpoints = await self._endpoints.among(sorted({delivery.endpoint_id for delivery in pending}))
        return _Known(
            {delivery.id: delivery for delivery in pending},
            await self._health.backed(endpoints, self._clock()),
            await self._inboxes.live_among(sorted({delivery.inbox_id for delivery in pending}), self._clock()),
        )

    async def _in_slot(self, fact: facts.AttemptScheduled, slot: Slot, known: _Known) -> None:
        with slot:
            delivery = known.deliveries.get(fact.delivery_id)
            if delivery is not None:
                await self._take(fact, delivery, known.endpoints.get(delivery.endpoint_id), known)

    async def _take(
        self, fact: facts.AttemptScheduled, delivery: Delivery, endpoint: Endpoint | None, known: _Known
    ) -> None:
        """Make the attempt, unless it was made before or is no longer needed."""
        made = len(delivery.attempts)
        if fact.attempt <= made:
            # Redelivered after a crash, which may have happened before the next attempt was scheduled.
            if fact.attempt == made:
                due_at = delivery.next_attempt_at or self._clock()
                await self._publisher.schedule(attempt_of(delivery, made + 1, due_at))
        elif delivery.event_type == MESSAGE_RECEIVED and delivery.inbox_id not in known.inboxes:
            await self._deliveries.delete([delivery.id])  # its inbox's contents are deleted, this included
        elif endpoint is None or not (endpoint.is_enabled or delivery.event_type == TEST):
            await self._deliveries.give_up(delivery.id)
        else:
            await self._courier.attempt(fact.attempt, delivery, endpoint)

    def _wait(self, fact: facts.AttemptScheduled, seconds: float, deliveries: int) -> Reply:
        """Wait here for a turn that is near, which saves a schedule in the broker."""
        if seconds <= _NEAR_SECONDS:
            return self._take_turn(fact, seconds, deliveries)
        return self._put_off(fact, seconds, deliveries)

    async def _take_turn(self, fact: facts.AttemptScheduled, seconds: float, deliveries: int) -> Outcome:
        await self._pause(seconds)
        turn = self._lanes.enter(fact.endpoint_id, fact.account_id)
        if isinstance(turn, Slot):
            with turn:
                await self._in_slot(fact, turn, await self._look_up([fact]))
            return None
        reply = self._put_off(fact, turn, deliveries)
        return await reply if asyncio.iscoroutine(reply) else reply

    def _put_off(self, fact: facts.AttemptScheduled, seconds: float, deliveries: int) -> Reply:
        """Return the attempt to the broker: redelivered a few times, then scheduled, which has no limit."""
        metrics.POSTPONED.inc()
        if deliveries <= _TIMES_IN_MEMORY:
            return Postponed("its endpoint is busy", retry_after=seconds)
        due_at = self._clock() + timedelta(seconds=seconds * _TIMES_IN_MEMORY)
        return self._publisher.schedule(replace(fact, event_id=facts.new_event_id(), due_at=due_at))
