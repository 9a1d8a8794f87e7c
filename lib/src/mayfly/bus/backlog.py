"""Checks whether all mail received up to a moment has been parsed; the proof behind "no mail came".

The parser acks a mail only after its message is stored and announced, and acked mail leaves the stream MAIL soon after
(mayfly.bus.sweep). So once every mail up to a sequence is acked or gone, everything received before is visible.
"""

import nats.js.errors

from mayfly.bus.connection import Bus, broker_failures
from mayfly.bus.topology import MAIL, PARSER
from mayfly.events import codec, subjects
from mayfly.events.facts import MailReceived

_LOOKED_AT = 16


class MailBacklog:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def newest(self) -> int:
        """The sequence of the newest received mail. Raises TransientFailure."""
        with broker_failures():
            return (await self._bus.jetstream.stream_info(MAIL.name)).state.last_seq

    async def is_drained(self, up_to: int) -> bool:
        """Whether every mail up to that sequence has been parsed. Raises TransientFailure."""
        with broker_failures():
            state = (await self._bus.jetstream.stream_info(MAIL.name)).state
        return state.messages == 0 or state.first_seq > up_to or await self._ack_floor() >= up_to

    async def _ack_floor(self) -> int:
        """The sequence up to which every mail is settled. Raises TransientFailure."""
        with broker_failures():
            info = await self._bus.jetstream.consumer_info(MAIL.name, PARSER.name)
        return info.ack_floor.stream_seq if info.ack_floor else 0

    async def is_drained_of(self, inbox_id: str, up_to: int) -> bool:
        """Whether no mail for this inbox is left up to that sequence; mail for other inboxes may wait for its retry.

        Looks at a few mails only; if more are left, the answer is False. Raises TransientFailure.
        """
        sequence = await self._ack_floor()
        for _ in range(_LOOKED_AT):
            with broker_failures():
                try:
                    found = await self._bus.jetstream.get_msg(
                        MAIL.name, seq=sequence + 1, subject=subjects.MAIL, next=True
                    )
                except nats.js.errors.NotFoundError:
                    return True
            sequence = found.seq or 0
            if sequence > up_to:
                return True
            fact = codec.decode((found.headers or {})[subjects.TYPE_HEADER], found.data or b"")
            if isinstance(fact, MailReceived) and any(r.inbox_id == inbox_id for r in fact.envelope.recipients):
                return False
        return False
