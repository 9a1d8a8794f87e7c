"""Maps the outcome of an event to ack, nak or dead letter; the only place that does.

None                -> ack
TransientFailure    -> nak, with its retry_after or the next step of the backoff
Postponed           -> nak, however often it was delivered
PermanentFailure,
or the last delivery -> dead letter with its reason, then term
"""

from collections import deque
from time import monotonic
from typing import Any

from nats.aio.msg import Msg
from nats.errors import MsgAlreadyAckdError

from mayfly import tracing
from mayfly.bus import metrics
from mayfly.bus.connection import Bus, broker_failures
from mayfly.bus.topology import Consumer
from mayfly.events import subjects
from mayfly.events.handling import Outcome
from mayfly.failures import Failure, Postponed, TransientFailure

_BACKOFF_SECONDS = (0.2, 1, 5, 15, 30, 60, 120, 300)
_KEPT_HEADERS = (subjects.TYPE_HEADER, tracing.TRACE_HEADER)


class FailureBudget:
    """Limits dead letters per minute: above the limit the fault is Mayfly's, and consuming further would do harm.

    Each is reserved before it is published, so that those of one batch, which wait for the broker together, cannot pass
    the limit together.
    """

    def __init__(self, limit: int = 200, window: float = 60.0) -> None:
        self._limit = limit
        self._window = window
        self._moments: deque[float] = deque()
        self.spent = False

    def reserve(self) -> bool:
        """Whether one more may be buried; the first that may not spends the budget."""
        now = monotonic()
        while self._moments and self._moments[0] < now - self._window:
            self._moments.popleft()
        self.spent = self.spent or len(self._moments) >= self._limit
        if not self.spent:
            self._moments.append(now)
        return not self.spent

    def give_back(self) -> None:
        """The broker did not take the dead letter that was reserved."""
        if self._moments:
            self._moments.pop()


async def settle(bus: Bus, consumer: Consumer[Any], message: Msg, outcome: Outcome, budget: FailureBudget) -> bool:
    """Settle one event with the broker; returns whether it is finished.

    Raises TransientFailure when the broker cannot be reached.
    """
    is_done = False
    with broker_failures():
        try:
            if outcome is None:
                await message.ack()
                word, is_done = "acked", True
            elif _comes_again(consumer, message, outcome):
                await message.nak(delay=_delay(outcome, _deliveries(message)))
                word = "postponed" if isinstance(outcome, Postponed) else "retried"
            elif budget.reserve():
                await _bury(bus, consumer, message, outcome.reason, budget)
                word, is_done = "buried", True
            else:
                await message.nak(delay=_BACKOFF_SECONDS[-1])
                word = "postponed"
            metrics.EVENTS.labels(consumer.name, word).inc()
        except MsgAlreadyAckdError:
            return False
    return is_done


def _comes_again(consumer: Consumer[Any], message: Msg, outcome: Failure) -> bool:
    if isinstance(outcome, Postponed):
        return True
    return isinstance(outcome, TransientFailure) and _deliveries(message) < consumer.max_deliveries


def _delay(failure: Failure, deliveries: int) -> float:
    if isinstance(failure, TransientFailure) and failure.retry_after is not None:
        return failure.retry_after
    return _BACKOFF_SECONDS[min(deliveries, len(_BACKOFF_SECONDS)) - 1]


async def _bury(bus: Bus, consumer: Consumer[Any], message: Msg, reason: str, budget: FailureBudget) -> None:
    """Publish the dead letter, then term: after a crash in between, the second copy is removed by its id.

    The id has the time of the event too, because sequences begin again in a stream that is made anew. Of the event's
    own headers only `_KEPT_HEADERS` go along: the broker acts on others, such as those of an atomic batch.
    """
    sent = message.headers or {}
    event = message.metadata
    headers = {
        **{name: sent[name] for name in _KEPT_HEADERS if name in sent},
        "Nats-Msg-Id": f"dead.{consumer.stream}.{event.sequence.stream}.{event.timestamp.isoformat()}",
        subjects.DEAD_REASON_HEADER: _header_value(reason),
        subjects.DEAD_SUBJECT_HEADER: message.subject,
        subjects.DEAD_CONSUMER_HEADER: consumer.name,
        subjects.DEAD_DELIVERIES_HEADER: str(_deliveries(message)),
    }
    subject = subjects.dead_letter(consumer.stream, _identifier(message))
    try:
        await bus.jetstream.publish(subject, message.data, headers=headers)
    except BaseException:
        budget.give_back()
        raise
    await message.term()


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
