"""What has been received and not yet been parsed: the proof behind "no mail came".

The stream MAIL is a work queue: what the parser has acked is gone from it, and it acks only after the message is
stored and announced. So once nothing up to a sequence is left, whatever was received by then is visible.
"""

import nats.js.errors

from mayfly.bus.connection import Bus, broker_failures
from mayfly.bus.topology import MAIL
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
        return state.messages == 0 or state.first_seq > up_to

    async def is_drained_of(self, inbox_id: str, up_to: int) -> bool:
        """Whether no mail up to that sequence that is for this inbox is left: other mail may be waiting for its retry.

        Looks at few of them; when more are left, the answer is no. Raises TransientFailure.
        """
        sequence = 0
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
