"""Consumes a durable pull consumer in batches and settles each event by its outcome.

A service gives `Consumption` a handler (mayfly.events.handling). The handler returns one reply per event, in order: its
outcome, or a coroutine that produces the outcome without blocking the batch. Events that the consumer does not expect
become dead letters before the handler sees them. Only mayfly.bus.outcome decides what an outcome means for the broker.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Generic

import nats.errors
import nats.js.errors
import structlog
from nats.aio.msg import Msg

from mayfly import tracing
from mayfly.bus import metrics
from mayfly.bus.connection import Bus, broker_failures
from mayfly.bus.outcome import FailureBudget, settle
from mayfly.bus.pull import Pull
from mayfly.bus.sweep import INTERVAL_SECONDS, Sweep
from mayfly.bus.topology import Consumer
from mayfly.events import codec, subjects
from mayfly.events.handling import Delivered, F, Handler, Outcome, Reply, Settled
from mayfly.failures import Failure, PermanentFailure, TransientFailure
from mayfly.pausing import pause

_log = structlog.get_logger()
_FETCH_SECONDS = 1.0
_SILENT_FETCHES = 5


class Consumption(Generic[F]):
    """One durable consumer, read by `readers` loops, so that the next batch is fetched while one is handled.

    The handler limits how many coroutines run at once. `settled` is called with the acked events of a batch, to release
    what an event held while it was handled.

    Above `dead_letters_per_minute` it stops, because the fault is then Mayfly's, and `check` fails until the process is
    restarted.
    """

    def __init__(
        self,
        bus: Bus,
        consumer: Consumer[F],
        handler: Handler[F],
        *,
        settled: Settled[F] | None = None,
        batch: int = 100,
        readers: int = 2,
        dead_letters_per_minute: int = 200,
    ) -> None:
        self._bus = bus
        self._consumer = consumer
        self._handler = handler
        self._settled = settled
        self._batch = batch
        self._readers = readers
        self._budget = FailureBudget(dead_letters_per_minute)
        self._sweep = Sweep(bus, consumer) if consumer.sweeps else None
        self._under_way: set[asyncio.Task[None]] = set()

    async def check(self) -> None:
        """Readiness check: fails once the consumer has stopped itself. Raises TransientFailure."""
        if self._budget.spent:
            raise TransientFailure(f"consumer {self._consumer.name} stopped: too many dead letters")

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop` is set; finish and settle the current batches first."""
        try:
            async with asyncio.TaskGroup() as tasks:
                for _ in range(self._readers):
                    tasks.create_task(self._read(stop))
                if self._sweep:
                    tasks.create_task(_sweep_until(stop, self._sweep))
            await asyncio.gather(*self._under_way)
            if self._sweep:
                await self._sweep.sweep()
        finally:
            for task in self._under_way:
                task.cancel()

    async def _read(self, stop: asyncio.Event) -> None:
        pull: Pull | None = None
        silent = 0
        while not stop.is_set() and not self._budget.spent:
            try:
                if pull is None:
                    pull = await Pull.open(self._bus, self._consumer)
                # Never cancelled, even at stop: events of a cancelled batch would be redelivered only after ack_wait.
                messages = await pull.fetch(self._batch, _FETCH_SECONDS)
                silent = 0 if messages else silent + 1
                if silent >= _SILENT_FETCHES and await self._is_pending():
                    raise TransientFailure("the subscription fell silent while events wait")
            except (Failure, nats.errors.Error, OSError) as error:
                _log.warning("consumer_resubscribes", consumer=self._consumer.name, error=str(error))
                metrics.RESUBSCRIPTIONS.labels(self._consumer.name).inc()
                await self._drop(pull)
                pull, silent = None, 0
                await pause(stop, 0.5)
                continue
            if messages:
                await self._handle(messages)
        await self._drop(pull)
        if self._budget.spent:
            metrics.STOPPED.labels(self._consumer.name).set(1)
            await stop.wait()

    async def _is_pending(self) -> bool:
        with broker_failures():
            info = await self._bus.jetstream.consumer_info(self._consumer.stream, self._consumer.name)
        return bool(info.num_pending)

    async def _drop(self, pull: Pull | None) -> None:
        if pull is not None:
            with suppress(Failure):
                await pull.close()

    async def _handle(self, messages: list[Msg]) -> None:
        """Handle a batch, and report to the broker that it is in progress for as long as that takes."""
        beat = asyncio.create_task(self._keep_alive(messages))
        try:
            await self._handle_batch(messages)
        finally:
            beat.cancel()

    async def _keep_alive(self, messages: list[Msg]) -> None:
        while True:
            await asyncio.sleep(self._consumer.ack_wait / 3)
            for message in messages:
                try:
                    await message.in_progress()
                except (nats.errors.Error, OSError):
                    continue

    async def _handle_batch(self, messages: list[Msg]) -> None:
        """Decode, call the handler, settle. The handler never sees an event that is unexpected or malformed."""
        good: list[tuple[Msg, Delivered[F]]] = []
        for message in messages:
            try:
                good.append((message, self._expected(message)))
            except Failure as failure:
                await self._settle(message, failure)
        self._observe_ages([message for message, _ in good])
        if good:
            await self._hand_over(good)

    async def _hand_over(self, good: list[tuple[Msg, Delivered[F]]]) -> None:
        with tracing.handling(self._consumer.name, [_traced(*pair) for pair in good] if tracing.is_on() else ()):
            replies = await self._replies([delivered for _, delivered in good])
        settled: list[tuple[Msg, Delivered[F], Outcome]] = []
        for (message, delivered), reply in zip(good, replies, strict=True):
            # Start all coroutines as tasks before the first await, so that none is lost when this is cancelled.
            if asyncio.iscoroutine(reply):
                self._start(message, delivered, reply)
            else:
                settled.append((message, delivered, reply))
        for message, _, outcome in settled:
            if outcome is None:
                # Acks need no task: they are not awaited.
                await self._settle(message, None)
        await asyncio.gather(*(self._settle(message, outcome) for message, _, outcome in settled if outcome))
        await self._report_settled([delivered for _, delivered, outcome in settled if outcome is None])

    def _expected(self, message: Msg) -> Delivered[F]:
        """The event, if this consumer expects its type. Raises PermanentFailure."""
        type_name = (message.headers or {}).get(subjects.TYPE_HEADER, "")
        fact = codec.decode(type_name, message.data)
        if not isinstance(fact, self._consumer.expects):
            raise PermanentFailure(f"consumer {self._consumer.name} does not expect the event {type(fact).__name__}")
        metadata = message.metadata
        return Delivered(fact, metadata.sequence.stream, metadata.num_delivered or 1)

    def _observe_ages(self, messages: list[Msg]) -> None:
        now = datetime.now(UTC)
        ages = metrics.AGE_SECONDS.labels(self._consumer.name)
        for message in messages:
            if message.metadata.num_delivered == 1:
                ages.observe(max(0.0, (now - message.metadata.timestamp).total_seconds()))

    async def _report_settled(self, acked: list[Delivered[F]]) -> None:
        if self._settled is None or not acked:
            return
        try:
            await self._settled(acked)
        except Failure as failure:
            # expiry-reaper removes what is left.
            _log.warning("settled_failed", consumer=self._consumer.name, error=str(failure))

    def _start(self, message: Msg, delivered: Delivered[F], reply: Coroutine[None, None, Outcome]) -> None:
        task = asyncio.create_task(self._finish(message, delivered, reply))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _finish(self, message: Msg, delivered: Delivered[F], reply: Coroutine[None, None, Outcome]) -> None:
        try:
            with tracing.handling(self._consumer.name, [_traced(message, delivered)] if tracing.is_on() else ()):
                outcome = await reply
        except Failure as failure:
            outcome = failure
        except Exception as error:  # noqa: BLE001 - the edge, as in _replies
            _log.exception("handler_failed", consumer=self._consumer.name, events=1)
            outcome = _outcome_of(error)
        await self._settle(message, outcome)

    async def _replies(self, events: list[Delivered[F]]) -> Sequence[Reply]:
        """The handler's replies. If a batch fails as a whole, each event is tried alone, to find the one that fails."""
        try:
            replies = await self._handler(events)
            if len(replies) != len(events):
                raise RuntimeError(f"the handler gave {len(replies)} replies to {len(events)} events")
            return replies
        except Failure as failure:
            whole: Exception = failure
        except Exception as error:  # noqa: BLE001 - the edge: whatever a handler raises costs its events a retry, not the loop
            _log.exception("handler_failed", consumer=self._consumer.name, events=len(events))
            whole = error
        if len(events) == 1 or isinstance(whole, TransientFailure):
            return [_outcome_of(whole)] * len(events)
        return [(await self._replies([event]))[0] for event in events]

    async def _settle(self, message: Msg, outcome: Outcome) -> None:
        try:
            is_done = await settle(self._bus, self._consumer, message, outcome, self._budget)
            if is_done and self._sweep:
                self._sweep.note(message.metadata.sequence.stream)
        except Failure as failure:
            # Unsettled events are redelivered after ack_wait; the handler is idempotent.
            _log.warning("settle_failed", consumer=self._consumer.name, error=str(failure))


def _traced(message: Msg, delivered: Delivered[F]) -> tracing.Handled:
    headers = message.headers or {}
    return tracing.Handled(delivered.fact.event_id, headers.get(subjects.TYPE_HEADER, ""), headers)


def _outcome_of(error: Exception) -> Failure:
    if isinstance(error, Failure):
        return error
    return TransientFailure(f"unexpected {type(error).__name__}")


async def _sweep_until(stop: asyncio.Event, sweep: Sweep) -> None:
    while not stop.is_set():
        await sweep.sweep()
        await pause(stop, INTERVAL_SECONDS)
