"""Consumes a durable pull consumer in batches and settles each event by its outcome.

A service gives `Consumption` a handler (mayfly.events.handling). The handler returns one reply per event, in order: its
outcome, or a coroutine that produces the outcome without blocking the batch. Events that the consumer does not expect
become dead letters before the handler sees them. Only mayfly.bus.outcome decides what an outcome means for the broker,
and mayfly.bus.gate when to fetch.
"""

import asyncio
from collections.abc import Collection, Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Generic

import nats.errors
import structlog
from nats.aio.msg import Msg

from mayfly import tracing
from mayfly.bus import metrics
from mayfly.bus.connection import Bus, broker_failures
from mayfly.bus.gate import PAUSES, Cause, Gate
from mayfly.bus.outcome import Settlement, Unexpected, Word, may_be_outage
from mayfly.bus.pull import Pull
from mayfly.bus.sweep import Sweep
from mayfly.bus.topology import Consumer
from mayfly.events import codec, subjects
from mayfly.events.handling import Delivered, F, Handler, Outcome, Reply, Settled
from mayfly.failures import Failure, PermanentFailure, TransientFailure
from mayfly.pausing import pause

_log = structlog.get_logger()
_SILENT_FETCHES = 5
_OUTAGES_IN_A_ROW = 2
# A process that starts looks back this far: was the consumer stopped by dead letters before?
_LOOK_BACK_MINUTES = 15


class Consumption(Generic[F]):
    """One durable consumer, read by `readers` loops, so that the next batch is fetched while one is handled.

    A batch has up to `batch` events, and all batches together up to `octets` octets, but each at least one event.

    The handler limits how many coroutines run at once. `settled` is called with the acked events of a batch, to release
    what an event held while it was handled.

    A request to the broker waits up to `fetch_seconds` for an event. None is ended early, so that a stop takes as long.
    Settled events leave a stream that is swept within `sweep_seconds`.

    Where all fails because a dependency is away, it fetches one event at a time, after pauses. The same above
    `dead_letters_per_minute`, because the fault is then Mayfly's; `check` fails meanwhile.
    """

    def __init__(
        self,
        bus: Bus,
        consumer: Consumer[F],
        handler: Handler[F],
        *,
        settled: Settled[F] | None = None,
        batch: int = 100,
        octets: int = 16 * 1024 * 1024,
        readers: int = 2,
        fetch_seconds: float = 1.0,
        sweep_seconds: float = 1.0,
        dead_letters_per_minute: int = 200,
        pauses: Mapping[Cause, tuple[float, float]] = PAUSES,
    ) -> None:
        self._bus = bus
        self._consumer = consumer
        self._handler = handler
        self._settled = settled
        self._batch = batch
        self._octets = octets
        self._readers = readers
        self._fetch_seconds = fetch_seconds
        self._sweep_seconds = sweep_seconds
        self._gate = Gate(consumer.name, pauses)
        self._settlement = Settlement(bus, consumer, dead_letters_per_minute)
        self._sweep = Sweep(bus, consumer) if consumer.sweeps else None
        self._under_way: dict[asyncio.Task[Word | None], Msg] = {}
        self._suspects: set[int] = set()

    async def check(self) -> None:
        """Readiness check: fails while too many dead letters hold the consumer up. Raises TransientFailure."""
        if self._gate.cause == "dead_letters":
            after = f"tries one event in {self._gate.seconds_to_trial:.0f} s"
            raise TransientFailure(f"consumer {self._consumer.name} stopped: too many dead letters; {after}")

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop` is set; finish and settle the current batches first."""
        with suppress(Failure):
            if await self._settlement.is_spent(_LOOK_BACK_MINUTES):
                self._gate.distrust()
        beat = asyncio.create_task(self._keep_alive(self._under_way.values()))
        try:
            async with asyncio.TaskGroup() as tasks:
                for _ in range(self._readers):
                    tasks.create_task(self._read(stop))
                if self._sweep:
                    tasks.create_task(_sweep_until(stop, self._sweep, self._sweep_seconds))
            await asyncio.gather(*self._under_way)
            if self._sweep:
                await self._sweep.sweep()
        finally:
            beat.cancel()
            for task in self._under_way:
                task.cancel()

    async def _read(self, stop: asyncio.Event) -> None:
        source = _Source(self._bus, self._consumer, self._octets // self._readers, self._fetch_seconds)
        while not stop.is_set():
            if self._gate.cause is None:
                if messages := await source.fetch(self._batch, stop):
                    await self._handle(messages)
                continue
            async with self._gate.trial(stop) as is_due:
                if is_due:
                    await self._try_one(source, stop)
        await source.close()

    async def _try_one(self, source: "_Source", stop: asyncio.Event) -> None:
        messages = await source.fetch(1, stop)
        if messages is None:
            return
        if not messages:
            self._gate.relax()
            return
        words = await self._handle(messages, is_trial=True)
        if "acked" in words or ("buried" in words and self._gate.cause == "outage"):
            self._gate.open()
            _log.info("consumer_goes_on", consumer=self._consumer.name)
        elif "buried" in words or "retried" in words:
            self._shut(self._gate.cause or "outage")

    def _shut(self, cause: Cause) -> None:
        if self._gate.shut(cause):
            seconds = round(self._gate.seconds_to_trial, 1)
            _log.warning("consumer_pauses", consumer=self._consumer.name, cause=self._gate.cause, seconds=seconds)

    async def _handle(self, messages: list[Msg], *, is_trial: bool = False) -> list[Word | None]:
        """Handle a batch, and report to the broker that it is in progress for as long as that takes."""
        beat = asyncio.create_task(self._keep_alive(messages))
        try:
            return await self._handle_batch(messages, is_trial=is_trial)
        finally:
            beat.cancel()

    async def _keep_alive(self, messages: Collection[Msg]) -> None:
        while True:
            await asyncio.sleep(self._consumer.ack_wait / 3)
            for message in list(messages):
                try:
                    await message.in_progress()
                except (nats.errors.Error, OSError):
                    continue

    async def _handle_batch(self, messages: list[Msg], *, is_trial: bool) -> list[Word | None]:
        """Decode, call the handler, settle. The handler never sees an event that is unexpected or malformed."""
        good: list[tuple[Msg, Delivered[F]]] = []
        words: list[Word | None] = []
        for message in messages:
            try:
                good.append((message, self._expected(message)))
            except Failure as failure:
                words.append(await self._settle(message, failure))
        self._observe_ages([message for message, _ in good])
        if good:
            words += await self._hand_over(good, is_trial=is_trial)
        return words

    async def _hand_over(self, good: list[tuple[Msg, Delivered[F]]], *, is_trial: bool) -> list[Word | None]:
        with tracing.handling(self._consumer.name, [_traced(*pair) for pair in good] if tracing.is_on() else ()):
            replies = await self._replies([delivered for _, delivered in good])
        settled: list[tuple[Msg, Delivered[F], Outcome]] = []
        started: list[asyncio.Task[Word | None]] = []
        for (message, delivered), reply in zip(good, replies, strict=True):
            # Start all coroutines as tasks before the first await, so that none is lost when this is cancelled.
            if asyncio.iscoroutine(reply):
                started.append(self._start(message, delivered, reply))
            else:
                settled.append((message, delivered, reply))
        words: list[Word | None] = []
        for message, _, outcome in settled:
            if outcome is None:
                # Acks need no task: they are not awaited.
                words.append(await self._settle(message, None))
        failures = [(message, outcome) for message, _, outcome in settled if outcome]
        if words:
            self._suspects.clear()
        elif not started:
            for message, outcome in failures:
                self._suspect(message, outcome)
        words += await asyncio.gather(*(self._settle(message, outcome) for message, outcome in failures))
        await self._report_settled([delivered for _, delivered, outcome in settled if outcome is None])
        return words + list(await asyncio.gather(*started)) if is_trial else words

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

    def _start(
        self, message: Msg, delivered: Delivered[F], reply: Coroutine[None, None, Outcome]
    ) -> asyncio.Task[Word | None]:
        task = asyncio.create_task(self._finish(message, delivered, reply))
        self._under_way[task] = message
        task.add_done_callback(self._under_way.pop)
        return task

    async def _finish(
        self, message: Msg, delivered: Delivered[F], reply: Coroutine[None, None, Outcome]
    ) -> Word | None:
        try:
            with tracing.handling(self._consumer.name, [_traced(message, delivered)] if tracing.is_on() else ()):
                outcome = await reply
        except Failure as failure:
            outcome = failure
        except Exception as error:  # noqa: BLE001 - the edge, as in _replies
            _log.exception("handler_failed", consumer=self._consumer.name, events=1)
            outcome = _outcome_of(error)
        if outcome is None:
            self._suspects.clear()
        else:
            self._suspect(message, outcome)
        return await self._settle(message, outcome)

    def _suspect(self, message: Msg, outcome: Outcome) -> None:
        """Shut the gate if another event failed too, and none was handled in between: one alone may be at fault."""
        if not may_be_outage(outcome):
            return
        self._suspects.add(message.metadata.sequence.stream)
        if self._gate.cause or len(self._suspects) >= _OUTAGES_IN_A_ROW:
            self._suspects.clear()
            self._shut("outage")

    async def _replies(self, events: list[Delivered[F]]) -> Sequence[Reply]:
        """The handler's replies. If a batch fails as a whole, each event is tried alone, to find the one that fails."""
        try:
            replies = await self._handler(events)
            if len(replies) != len(events):
                raise RuntimeError(f"the handler gave {len(replies)} replies to {len(events)} events")
            return replies
        except Failure as failure:
            whole: Failure = failure
        except Exception as error:  # noqa: BLE001 - the edge: whatever a handler raises costs its events a retry, not the loop
            _log.exception("handler_failed", consumer=self._consumer.name, events=len(events))
            whole = _outcome_of(error)
        return [whole] if len(events) == 1 else await self._one_by_one(events)

    async def _one_by_one(self, events: list[Delivered[F]]) -> Sequence[Reply]:
        """Each event alone; once a dependency fails several in a row it is away, and the rest shares their failure."""
        replies: list[Reply] = []
        in_a_row = 0
        for event in events:
            if in_a_row == _OUTAGES_IN_A_ROW:
                replies.append(replies[-1])
                continue
            (reply,) = await self._replies([event])
            replies.append(reply)
            in_a_row = in_a_row + 1 if isinstance(reply, TransientFailure) else 0
        return replies

    async def _settle(self, message: Msg, outcome: Outcome) -> Word | None:
        """What became of the event; None: the broker could not be told, so it comes again after ack_wait."""
        try:
            word = await self._settlement.settle(message, outcome, may_bury=self._may_bury())
            if word == "kept":
                self._shut("dead_letters")
                await self._settlement.keep(message, self._gate.seconds_to_trial)
        except Failure as failure:
            _log.warning("settle_failed", consumer=self._consumer.name, error=str(failure))
            return None
        if word in {"acked", "buried"} and self._sweep:
            self._sweep.note(message.metadata.sequence.stream)
        return word

    def _may_bury(self) -> bool:
        """Not during a pause: what is left of a batch that had too many dead letters is kept."""
        return self._gate.cause != "dead_letters" or not self._gate.seconds_to_trial


class _Source:
    """One reader's subscription; made anew when it fails or falls silent. `octets`: limit of one batch."""

    def __init__(self, bus: Bus, consumer: Consumer[Any], octets: int, seconds: float) -> None:
        self._bus = bus
        self._consumer = consumer
        self._octets = octets
        self._seconds = seconds
        self._pull: Pull | None = None
        self._silent = 0

    async def fetch(self, batch: int, stop: asyncio.Event) -> list[Msg] | None:
        """Up to `batch` events, [] when there are none; None when they could not be asked for."""
        try:
            if self._pull is None:
                self._pull = await Pull.open(self._bus, self._consumer)
            # Never cancelled, even at stop: events of a cancelled batch would be redelivered only after ack_wait.
            messages = await self._pull.fetch(batch, self._seconds, octets=self._octets)
            self._silent = 0 if messages else self._silent + 1
            if self._silent >= _SILENT_FETCHES and await self._is_pending():
                raise TransientFailure("the subscription fell silent while events wait")
        except (Failure, nats.errors.Error, OSError) as error:
            _log.warning("consumer_resubscribes", consumer=self._consumer.name, error=str(error))
            metrics.RESUBSCRIPTIONS.labels(self._consumer.name).inc()
            await self.close()
            await pause(stop, 0.5)
            return None
        return messages

    async def _is_pending(self) -> bool:
        with broker_failures():
            info = await self._bus.jetstream.consumer_info(self._consumer.stream, self._consumer.name)
        return bool(info.num_pending)

    async def close(self) -> None:
        pull, self._pull, self._silent = self._pull, None, 0
        if pull is not None:
            with suppress(Failure):
                await pull.close()


def _traced(message: Msg, delivered: Delivered[F]) -> tracing.Handled:
    headers = message.headers or {}
    return tracing.Handled(delivered.fact.event_id, headers.get(subjects.TYPE_HEADER, ""), headers)


def _outcome_of(error: Exception) -> Failure:
    if isinstance(error, Failure):
        return error
    return Unexpected(f"unexpected {type(error).__name__}")


async def _sweep_until(stop: asyncio.Event, sweep: Sweep, seconds: float) -> None:
    while not stop.is_set():
        await sweep.sweep()
        await pause(stop, seconds)
