"""Makes first attempts at once where a slot is free, or soon will be; gives all others to the broker.

Called by handlers.fan_out with stored deliveries. A delivery waits here, in its endpoint's line, only if the endpoint
is proven, and for a second at most. What goes wrong with an attempt is for handlers.attempts, which has time: it comes
again from DELIVERIES.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextvars import Context
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from mayfly import tracing
from mayfly.failures import Failure, TransientFailure
from mayfly.records.delivery import Delivery
from mayfly.records.endpoint import Endpoint
from mayfly.service.clock import Clock
from webhook_dispatcher import metrics
from webhook_dispatcher.domain.attempt import attempt_of
from webhook_dispatcher.domain.lanes import Lanes, Slot
from webhook_dispatcher.domain.turns import Turns
from webhook_dispatcher.handlers.courier import Courier
from webhook_dispatcher.ports import Publisher

_log = structlog.get_logger()

_WATCH_SECONDS = 0.25
_LONGEST_IN_LINE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, eq=False)
class First:
    """A stored delivery before its first attempt.

    `account`: whose turn it took. `context`: of the trace it belongs to. `since`: when it began to wait for a slot.
    `close`: called once, when the attempt is recorded or the broker has it (None), or with what kept it from both.
    """

    delivery: Delivery
    endpoint: Endpoint
    account: str
    context: Context
    since: datetime
    close: Callable[[Failure | None], None]


class FirstAttempts:
    """`moved` is set whenever a delivery leaves its line."""

    def __init__(
        self,
        *,
        publisher: Publisher,
        courier: Courier,
        lanes: Lanes,
        clock: Clock,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._publisher = publisher
        self._courier = courier
        self._lanes = lanes
        self._clock = clock
        self._pause = pause
        self._line: Turns[First] = Turns()
        self._of_account: Counter[str] = Counter()
        self._watches = False
        self._tasks: set[asyncio.Task[None]] = set()
        self.moved = asyncio.Event()

    def in_line(self, account: str) -> int:
        """How many deliveries of the account wait for slots."""
        return self._of_account[account]

    def in_all_lines(self) -> int:
        return len(self._line)

    async def start(self, fresh: Sequence[First], again: Sequence[First]) -> None:
        """Start the attempts of `fresh`; returns when the broker has the others.

        `again` existed already: their event comes again, and somebody may be at them. They go to the broker.
        """
        await self.hand_over([first for first in fresh if not self._takes(first)] + [*again])

    async def hand_over(self, firsts: Sequence[First]) -> None:
        """Give attempts to the broker, those of a trace as part of it."""
        by_context: dict[Context | None, list[First]] = {}
        for first in firsts:
            by_context.setdefault(first.context if tracing.is_on() else None, []).append(first)
        for context, part in by_context.items():
            failure: Failure | None = None
            try:
                publishing = self.publish([first.delivery for first in part])
                await (asyncio.create_task(publishing, context=context) if context else publishing)
            except Exception as error:  # noqa: BLE001 - whatever it is, their events come again
                failure = error if isinstance(error, Failure) else TransientFailure(type(error).__name__)
            for first in part:
                first.close(failure)

    async def publish(self, deliveries: Sequence[Delivery]) -> None:
        """Have the next attempts of these deliveries made by handlers.attempts. Raises TransientFailure."""
        await self._publisher.publish_all(
            [
                attempt_of(delivery, delivery.attempts_before + 1, delivery.next_attempt_at or delivery.created_at)
                for delivery in deliveries
            ]
        )

    def _takes(self, first: First) -> bool:
        """Attempt it here, at once or as soon as a proven endpoint has a slot. False: the broker gets it."""
        endpoint = first.endpoint
        if endpoint.failing_since is not None:
            self._lanes.note_failing_before(endpoint.id)
        if self._lanes.is_proven(endpoint.id):
            self._line.add(endpoint.id, first)
            self._of_account[first.account] += 1
            self._start_next(endpoint.id)
            if self._line and not self._watches:
                self._watches = True
                self._run(self._watch())
            return True
        if self._lanes.is_suspect(endpoint.id):
            return False
        slot = self._lanes.try_enter(endpoint.id, endpoint.account_id)
        if slot is not None:
            self._run(self._attempt(first, slot), first.context)
        return slot is not None

    def _start_next(self, endpoint_id: str) -> bool:
        """Start the attempt that is first in the endpoint's line, if there is a slot."""
        if not self._line.waiting(endpoint_id):
            return False
        slot = self._lanes.try_enter(endpoint_id, self._line.first(endpoint_id).endpoint.account_id)
        if slot is None:
            return False
        first = self._leave_line(endpoint_id)
        self._run(self._attempt(first, slot), first.context)
        return True

    def _leave_line(self, endpoint_id: str) -> First:
        first = self._line.pop(endpoint_id)
        self._of_account[first.account] -= 1
        if not self._of_account[first.account]:
            del self._of_account[first.account]
        self.moved.set()
        return first

    async def _attempt(self, first: First, slot: Slot) -> None:
        try:
            with slot:
                await self._courier.attempt(1, first.delivery, first.endpoint)
        except Exception as error:  # noqa: BLE001 - the edge of this attempt: it is made again, and fails there if it must
            _log.warning("first_attempt_handed_over", delivery_id=first.delivery.id, error=type(error).__name__)
            await self.hand_over([first])
        else:
            first.close(None)
        if not self._start_next(first.endpoint.id):
            any(self._start_next(endpoint_id) for endpoint_id in self._line.keys_in_turn())

    async def _watch(self) -> None:
        """While deliveries wait for slots: give to the broker what waits for too long, or for a suspect."""
        try:
            while self._line:
                await self._pause(_WATCH_SECONDS)
                late = [first for endpoint_id in self._line.keys_in_turn() for first in self._late(endpoint_id)]
                metrics.POSTPONED.inc(len(late))
                await self.hand_over(late)
        finally:
            self._watches = False

    def _late(self, endpoint_id: str) -> list[First]:
        before = self._clock() - _LONGEST_IN_LINE
        late: list[First] = []
        while self._line.waiting(endpoint_id) and (
            not self._lanes.is_proven(endpoint_id) or self._line.first(endpoint_id).since < before
        ):
            late.append(self._leave_line(endpoint_id))
        return late

    def _run(self, work: Coroutine[None, None, None], context: Context | None = None) -> None:
        task = asyncio.create_task(work, context=context)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
