"""Maps the outcome of an event to ack, nak or dead letter; the only place that does.

None              -> ack
TransientFailure  -> nak, with its retry_after or the next step of the backoff, however often: the event is not at fault
PermanentFailure  -> dead letter with its reason, then term
anything else     -> nak with the next step of the backoff; a dead letter once it has failed so too often
"""

import asyncio
from collections import OrderedDict
from typing import Any, Literal

import structlog
from nats.aio.msg import Msg
from nats.errors import MsgAlreadyAckdError
from nats.js.errors import APIError

from mayfly import tracing
from mayfly.bus import metrics
from mayfly.bus.connection import Bus, broker_failures
from mayfly.bus.dead_letters import DeadLetters
from mayfly.bus.topology import Consumer
from mayfly.events import subjects
from mayfly.events.handling import Outcome
from mayfly.failures import Failure, PermanentFailure, Postponed, TransientFailure

_log = structlog.get_logger()
_BACKOFF_SECONDS = (0.2, 1, 5, 15, 30, 60, 120, 300)
# As the longest pause of the gate, which keeps the pace: an outage is over for the event soon after it is over.
_LONGEST_OUTAGE_SECONDS = 10.0
_NO_LETTER_SECONDS = 60.0
_MOST_REMEMBERED = 10_000
_MINUTE_SECONDS = 60
_WRONG_LAST_SEQUENCE = frozenset({10071, 10164})  # nats-server server/errors.json
_KEPT_HEADERS = (subjects.TYPE_HEADER, tracing.TRACE_HEADER)

Word = Literal["acked", "retried", "postponed", "buried", "kept", "lost"]
"""What became of an event. `kept`: a dead letter too many, see `keep`; `lost`: another process settled it."""


class _OvertakenError(Exception):
    """Another process wrote a dead letter first."""


class Unexpected(Failure):
    """A handler raised what is no Failure, so nobody knows yet whether the event or Mayfly is at fault."""


class Settlement:
    """Settles the events of one consumer.

    Counts the unexpected failures of each event in this process, because the broker's count of deliveries has those of
    outages in it too. After a restart an event has all its tries again.
    """

    def __init__(self, bus: Bus, consumer: Consumer[Any], dead_letters_per_minute: int) -> None:
        self._bus = bus
        self._consumer = consumer
        self._limit = dead_letters_per_minute
        self._letters = DeadLetters(bus)
        self._burying = asyncio.Lock()
        self._failures: OrderedDict[int, int] = OrderedDict()

    async def settle(self, message: Msg, outcome: Outcome, *, may_bury: bool) -> Word:
        """Settle one event with the broker. Raises TransientFailure when the broker cannot be reached."""
        with broker_failures():
            try:
                word = await self._settle(message, outcome, may_bury=may_bury)
            except MsgAlreadyAckdError:
                return "lost"
        metrics.EVENTS.labels(self._consumer.name, "postponed" if word == "kept" else word).inc()
        return word

    async def _settle(self, message: Msg, outcome: Outcome, *, may_bury: bool) -> Word:
        sequence = message.metadata.sequence.stream
        if outcome is None:
            await message.ack()
            self._failures.pop(sequence, None)
            return "acked"
        if isinstance(outcome, TransientFailure):
            await message.nak(delay=delay_after(outcome, _deliveries(message)))
            return "postponed"
        if not isinstance(outcome, PermanentFailure) and (count := self._count(sequence)) < self._consumer.max_failures:
            await message.nak(delay=_step(count))
            return "retried"
        if may_bury and await self._bury(message, outcome.reason):
            self._failures.pop(sequence, None)
            return "buried"
        return "kept"

    async def keep(self, message: Msg, seconds: float) -> None:
        """Have an event that was kept delivered again after `seconds`. Raises TransientFailure."""
        with broker_failures():
            await message.nak(delay=seconds)

    def _count(self, sequence: int) -> int:
        count = self._failures.pop(sequence, 0) + 1
        self._failures[sequence] = count
        if len(self._failures) > _MOST_REMEMBERED:
            self._failures.popitem(last=False)
        return count

    async def is_spent(self, minutes: float) -> bool:
        """Whether as many dead letters as a minute may have came in the last `minutes`. Raises TransientFailure."""
        return (await self._letters.tally(self._consumer.stream, 60 * minutes)).count >= self._limit

    async def _bury(self, message: Msg, reason: str) -> bool:
        """Publish the dead letter if the last minute has room for it, then term. False: it has not.

        Only what the broker holds counts, whichever process wrote it. After a crash between the two steps, the second
        copy is removed by its id.
        """
        async with self._burying:
            try:
                if not await self._publish_within_limit(message, reason):
                    return False
            except Failure as failure:
                _log.warning("dead_letter_not_taken", consumer=self._consumer.name, error=failure.reason)
                await message.nak(delay=_NO_LETTER_SECONDS)
                raise
        await message.term()
        return True

    async def _publish_within_limit(self, message: Msg, reason: str) -> bool:
        """The broker refuses the letter when another one came since the count; then it is counted again."""
        while True:
            tally = await self._letters.tally(self._consumer.stream, _MINUTE_SECONDS)
            if tally.count >= self._limit:
                return False
            try:
                await self._publish(message, reason, tally.last)
            except _OvertakenError:
                continue
            return True

    async def _publish(self, message: Msg, reason: str, last: int) -> None:
        """Raises _OvertakenError when `last` is not the newest dead letter any more.

        The id has the time of the event too, because sequences begin again in a stream that is made anew.

        Of the event's own headers only `_KEPT_HEADERS` go along: the broker acts on others, such as those of an atomic
        batch.
        """
        sent = message.headers or {}
        event = message.metadata
        headers = {
            **{name: sent[name] for name in _KEPT_HEADERS if name in sent},
            "Nats-Msg-Id": f"dead.{self._consumer.stream}.{event.sequence.stream}.{event.timestamp.isoformat()}",
            "Nats-Expected-Last-Sequence": str(last),
            subjects.DEAD_REASON_HEADER: _header_value(reason),
            subjects.DEAD_SUBJECT_HEADER: message.subject,
            subjects.DEAD_CONSUMER_HEADER: self._consumer.name,
            subjects.DEAD_DELIVERIES_HEADER: str(_deliveries(message)),
        }
        subject = subjects.dead_letter(self._consumer.stream, _identifier(message))
        with broker_failures():
            try:
                await self._bus.jetstream.publish(subject, message.data, headers=headers)
            except APIError as error:
                if error.err_code in _WRONG_LAST_SEQUENCE:
                    raise _OvertakenError from error
                raise


def delay_after(failure: TransientFailure, deliveries: int) -> float:
    """Seconds until an event that was delivered so often, and failed for the fault of something else, comes again."""
    if failure.retry_after is not None:
        return failure.retry_after
    return min(_step(deliveries), _LONGEST_OUTAGE_SECONDS)


def _step(number: int) -> float:
    return _BACKOFF_SECONDS[min(number, len(_BACKOFF_SECONDS)) - 1]


def may_be_outage(outcome: Outcome) -> bool:
    """Whether something but the event may be at fault. Not a postponement: nothing was tried."""
    return outcome is not None and not isinstance(outcome, PermanentFailure | Postponed)


def _identifier(message: Msg) -> str:
    """The event id where octets are claimed under it (see Claims.is_wanted), else the sequence."""
    claimed = subjects.mail_claimed("")
    if message.subject.startswith(claimed):
        return message.subject.removeprefix(claimed)
    return str(message.metadata.sequence.stream)


def _deliveries(message: Msg) -> int:
    return message.metadata.num_delivered or 1


def _header_value(text: str) -> str:
    return " ".join(text.split())[:500]
