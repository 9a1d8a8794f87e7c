"""Checks whether all mail received up to a moment has been parsed; the proof behind "no mail came".

The parser acks a mail only after its message is stored and announced, and acked mail leaves the stream MAIL soon after
(mayfly.bus.sweep). So once every mail up to a sequence is acked or gone, everything received before is visible.
"""

from collections import OrderedDict
from dataclasses import dataclass

import nats.js.errors

from mayfly.bus.connection import Bus, broker_failures
from mayfly.bus.topology import MAIL, PARSER
from mayfly.events import codec, subjects
from mayfly.events.facts import MailReceived

_READ_AT_ONCE = 16
_MOST_REMEMBERED = 4_096


@dataclass(frozen=True, slots=True)
class Backlog:
    """Sequences of the stream MAIL: the newest mail that was `received`, and up to which all mail is `settled`."""

    received: int
    settled: int


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A mail in the stream, and for whom it is."""

    sequence: int
    inbox_ids: frozenset[str]


class MailBacklog:
    """Remembers which mail comes next after a sequence: to read many again at each call would cost all callers time."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._waiting: OrderedDict[int, _Waiting] = OrderedDict()
        self._newest = 0

    async def look(self) -> Backlog:
        """How far mail has been received and parsed. Raises TransientFailure."""
        with broker_failures():
            state = (await self._bus.jetstream.stream_info(MAIL.name)).state
        if state.last_seq < self._newest:
            self._waiting.clear()  # the stream was made anew
        self._newest = state.last_seq
        if not state.messages:
            return Backlog(state.last_seq, state.last_seq)
        return Backlog(state.last_seq, max(state.first_seq - 1, await self._ack_floor()))

    async def newest(self) -> int:
        """The sequence of the newest received mail. Raises TransientFailure."""
        with broker_failures():
            return (await self._bus.jetstream.stream_info(MAIL.name)).state.last_seq

    async def is_drained(self, up_to: int) -> bool:
        """Whether every mail up to that sequence has been parsed. Raises TransientFailure."""
        return (await self.look()).settled >= up_to

    async def _ack_floor(self) -> int:
        """The sequence up to which every mail is settled. Raises TransientFailure."""
        with broker_failures():
            info = await self._bus.jetstream.consumer_info(MAIL.name, PARSER.name)
        return info.ack_floor.stream_seq if info.ack_floor else 0

    async def is_drained_of(self, *inbox_ids: str, up_to: int) -> bool:
        """Whether no mail for these inboxes is left up to that sequence; mail for others may wait for its retry.

        Reads 16 mails at most, which may be large, and remembers for whom they are; if more are left, the answer is
        False, and the next call reads on. Raises TransientFailure.
        """
        wanted = frozenset(inbox_ids)
        sequence, reads = await self._ack_floor(), _READ_AT_ONCE
        while sequence < up_to:
            waiting = self._waiting.get(sequence)
            if waiting is None or wanted & waiting.inbox_ids:  # which may be settled by now
                if not reads:
                    return False
                reads -= 1
                waiting = await self._next_after(sequence)
                if waiting is None:
                    return True
                if waiting.sequence <= up_to and wanted & waiting.inbox_ids:
                    return False
            sequence = waiting.sequence
        return True

    async def _next_after(self, sequence: int) -> _Waiting | None:
        """The next mail in the stream; it stays the next one, or goes. Raises TransientFailure."""
        with broker_failures():
            try:
                found = await self._bus.jetstream.get_msg(MAIL.name, seq=sequence + 1, subject=subjects.MAIL, next=True)
            except nats.js.errors.NotFoundError:
                return None
        fact = codec.decode((found.headers or {})[subjects.TYPE_HEADER], found.data or b"")
        recipients = fact.envelope.recipients if isinstance(fact, MailReceived) else ()
        waiting = _Waiting(found.seq or 0, frozenset(recipient.inbox_id for recipient in recipients))
        self._waiting[sequence] = waiting
        if len(self._waiting) > _MOST_REMEMBERED:
            self._waiting.popitem(last=False)
        return waiting
