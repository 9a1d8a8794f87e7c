"""Turns events into stored deliveries; an event is acked when the first attempt of each is recorded, or in the broker.

Called by the consumer of EVENTS. It reads ahead: events wait here in memory, and accounts take turns, so that a burst
for one of them delays no other. Order: store the deliveries, make or hand over the first attempts, ack the event. A
delivery's id derives from event and endpoint, so that a redelivered event creates nothing twice.
"""

import asyncio
from collections.abc import Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from mayfly.events import facts
from mayfly.events.handling import Delivered, Outcome, Reply
from mayfly.failures import Failure, TransientFailure
from mayfly.records.endpoint import Endpoint
from mayfly.service.clock import Clock
from mayfly.webhooks.formats import MESSAGE_RECEIVED
from webhook_dispatcher import metrics
from webhook_dispatcher.domain.bodies import Announced
from webhook_dispatcher.domain.turns import Turns
from webhook_dispatcher.handlers.first_attempts import First, FirstAttempts
from webhook_dispatcher.handlers.health import Health
from webhook_dispatcher.handlers.listeners import Listeners

if TYPE_CHECKING:
    from mayfly.store.deliveries import Deliveries
    from mayfly.store.inboxes import Inboxes

_log = structlog.get_logger()

BATCH = 400
"""Events to read at once; as many in one call mean that more are to be read."""

_REPLAY_LIMIT = 10_000
_TOGETHER = 200  # events that are stored at once
# Those that run at once, whether they serve bursts; so that one batch is computed while the store writes another.
_SERVERS = (False, False, True)
_READ_SECONDS = 0.1  # after a full batch, the next one comes within this time if there is one
_OUTAGES_IN_A_ROW = 2


@dataclass(frozen=True, slots=True)
class FanOutLimits:
    """`events`: how many wait in memory (5.4 kB each, measured); more stay in the broker.

    `few`: an account with more waiting events has a burst. Bursts are fanned out beside the others, and wait while more
    is to be read. `in_line`: deliveries of one account that wait for slots, `in_all_lines`: those of all; above, events
    wait. None of them wait when `relaxed` events do already.
    """

    events: int = 16_000
    relaxed: int = 12_000
    in_line: int = 64
    in_all_lines: int = 512
    few: int = 32


LIMITS = FanOutLimits()


@dataclass(slots=True, eq=False)
class _Event:
    """One that waits. `open`: how many of its deliveries are not in hand; `context`: of the trace it belongs to."""

    fact: Announced
    sequence: int
    read_at: datetime
    context: Context
    outcome: asyncio.Future[Outcome]
    open: int = 0
    failure: Failure | None = None

    @property
    def account(self) -> str:
        """Whose turn it takes: its account's, or its inbox's if that has none."""
        if isinstance(self.fact, facts.MessageStored | facts.InboxExpired):
            return self.fact.account_id or self.fact.inbox_id
        return self.fact.account_id

    def close(self, failure: Failure | None) -> None:
        """One delivery is in hand, or failed; after the last, the first failure is the event's outcome."""
        self.open -= 1
        self.failure = self.failure or failure
        if not self.open and not self.outcome.done():
            self.outcome.set_result(self.failure)

    def fail(self, error: Exception) -> None:
        if self.outcome.done():
            return
        if isinstance(error, Failure):
            self.outcome.set_result(error)
        else:
            self.outcome.set_exception(error)


class FanOut:
    def __init__(
        self,
        *,
        listeners: Listeners,
        deliveries: "Deliveries",
        inboxes: "Inboxes",
        health: Health,
        first_attempts: FirstAttempts,
        clock: Clock,
        limits: FanOutLimits = LIMITS,
    ) -> None:
        self._listeners = listeners
        self._deliveries = deliveries
        self._inboxes = inboxes
        self._health = health
        self._first_attempts = first_attempts
        self._clock = clock
        self._limits = limits
        self._events: Turns[_Event] = Turns()
        # By id: the broker delivers again what it lost sight of, while it is here.
        self._in_hand: dict[str, _Event] = {}
        self._servers: dict[int, asyncio.Task[None]] = {}
        self._moved = first_attempts.moved
        self._reading: asyncio.TimerHandle | None = None

    async def __call__(self, events: Sequence[Delivered[facts.Announcement]]) -> list[Reply]:
        """Have the events wait for their accounts' turns. Returns once there is room for more."""
        context = copy_context()
        replies = [self._reply(event, context) for event in events]
        self._note_reading(is_full=len(events) >= BATCH)
        for number, serves_bursts in enumerate(_SERVERS):
            if number not in self._servers and self._events:
                self._servers[number] = asyncio.create_task(self._serve(number, serves_bursts=serves_bursts))
        while len(self._events) >= self._limits.events:
            await self._wait_for_move()
        return replies

    def _reply(self, event: Delivered[facts.Announcement], context: Context) -> Reply:
        fact = event.fact
        if isinstance(fact, facts.RedeliveryRequested):
            return self._begin_again(fact)
        if not isinstance(fact, Announced):
            return None
        if fact.event_id not in self._in_hand:
            outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
            waiting = _Event(fact, event.sequence, self._clock(), context, outcome)
            self._in_hand[fact.event_id] = waiting
            outcome.add_done_callback(lambda _: self._in_hand.pop(fact.event_id))
            self._events.add(waiting.account, waiting)
        return _outcome(self._in_hand[fact.event_id])

    async def _begin_again(self, request: facts.RedeliveryRequested) -> None:
        deliveries = await self._deliveries.begin_round(request, self._clock(), limit=_REPLAY_LIMIT)
        await self._first_attempts.publish(deliveries)
        _log.info("redelivery", endpoint_id=request.endpoint_id, deliveries=len(deliveries))

    async def _serve(self, number: int, *, serves_bursts: bool) -> None:
        """Fan out until no event waits: those of bursts, or the others, for which a batch of a burst is a long wait."""
        held = self._is_held_in_burst if serves_bursts else self._is_held
        try:
            while self._events:
                if batch := self._events.take(_TOGETHER, self._limits.in_line, held):
                    metrics.WAITING.set(len(self._events))
                    self._moved.set()
                    await self._settle(batch)
                else:
                    await self._wait_for_move()
        finally:
            del self._servers[number]

    def _note_reading(self, *, is_full: bool) -> None:
        """After a full batch more is to be read, until another batch or a short time says that it is not."""
        if self._reading:
            self._reading.cancel()
        self._reading = asyncio.get_running_loop().call_later(_READ_SECONDS, self._has_read) if is_full else None
        self._moved.set()

    def _has_read(self) -> None:
        self._reading = None
        self._moved.set()

    def _is_held(self, account: str) -> bool:
        return self._has_burst(account) or self._waits_for_slots(account)

    def _is_held_in_burst(self, account: str) -> bool:
        if len(self._events) >= self._limits.relaxed:
            return False
        return not self._has_burst(account) or self._reading is not None or self._waits_for_slots(account)

    def _has_burst(self, account: str) -> bool:
        return self._events.waiting(account) > self._limits.few

    def _waits_for_slots(self, account: str) -> bool:
        """Whether enough deliveries wait for slots already."""
        limits, lines = self._limits, self._first_attempts
        return lines.in_line(account) >= limits.in_line or lines.in_all_lines() >= limits.in_all_lines

    async def _wait_for_move(self) -> None:
        self._moved.clear()
        await self._moved.wait()

    async def _settle(self, batch: Sequence[_Event]) -> None:
        """Fan out a batch. If that fails, each event is tried alone, to find the one at fault.

        Once a dependency fails several in a row it is away, and the rest shares their failure.
        """
        error = await self._try(batch)
        if error and len(batch) == 1:
            batch[0].fail(error)
        elif error:
            in_a_row = 0
            for event in batch:
                if in_a_row < _OUTAGES_IN_A_ROW:
                    error = await self._try([event])
                    in_a_row = in_a_row + 1 if isinstance(error, TransientFailure) else 0
                if error:
                    event.fail(error)

    async def _try(self, batch: Sequence[_Event]) -> Exception | None:
        try:
            await self._fan_out(batch)
        except Exception as error:  # noqa: BLE001 - the edge of these events: what it is becomes their outcome
            return error
        return None

    async def _fan_out(self, batch: Sequence[_Event]) -> None:
        """Store the deliveries of these events and start their first attempts. Raises Failure: nothing was started."""
        listening = await self._listeners.of([event.fact for event in batch])
        firsts = [
            self._first(event, endpoint)
            for event, endpoints in zip(batch, listening, strict=True)
            for endpoint in endpoints
        ]
        known = await self._deliveries.insert_missing([first.delivery for first in firsts])
        fresh = [first for first in firsts if first.delivery.id not in known]
        wanted = await self._wanted(fresh)
        for event, endpoints in zip(batch, listening, strict=True):
            event.open = len(endpoints)
            if not endpoints:
                event.outcome.set_result(None)
        metrics.DELIVERIES.inc(len(fresh))
        for first in fresh:
            if first.delivery.id not in wanted:
                first.close(None)
        again = [first for first in firsts if first.delivery.id in known]
        await self._first_attempts.start([first for first in fresh if first.delivery.id in wanted], again)

    def _first(self, event: _Event, endpoint: Endpoint) -> First:
        delivery = event.context.run(self._listeners.delivery, event.fact, event.sequence, endpoint, event.read_at)
        return First(delivery, endpoint, event.account, event.context, self._clock(), event.close)

    async def _wanted(self, firsts: Sequence[First]) -> set[str]:
        """Ids of the deliveries to attempt; the others are deleted or given up.

        Looked up after they were stored: either expiry-reaper sees them when their inbox ends, or this sees its end.
        """
        if not firsts:
            return set()
        now = self._clock()
        backed = await self._health.backed({first.endpoint.id: first.endpoint for first in firsts}, now)
        wanted = {first.delivery.id for first in firsts if first.endpoint.id in backed}
        for delivery_id in sorted({first.delivery.id for first in firsts} - wanted):
            await self._deliveries.give_up(delivery_id)
        of_messages = [first.delivery for first in firsts if first.delivery.event_type == MESSAGE_RECEIVED]
        if of_messages:
            live = await self._inboxes.live_among(sorted({delivery.inbox_id for delivery in of_messages}), now)
            ended = {delivery.id for delivery in of_messages if delivery.inbox_id not in live}
            if ended:
                await self._deliveries.delete(sorted(ended))
            wanted -= ended
        return wanted


async def _outcome(event: _Event) -> Outcome:
    """The event's outcome, once there is one. Raises what is no Failure."""
    return await asyncio.shield(event.outcome)
