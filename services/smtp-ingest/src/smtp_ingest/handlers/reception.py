"""The end of DATA: trace lines, claim check, one event per transaction. Called by the session; goes on to the parser.

Durable first, reply second: when `accept` returns, the broker has the mail on disk.
"""

from dataclasses import dataclass

from mayfly.bus.claims import INLINE_LIMIT_OCTETS
from mayfly.events.facts import ClaimCheck, Envelope, MailReceived, new_event_id
from mayfly.service.clock import Clock
from smtp_ingest.domain.trace import trace_lines
from smtp_ingest.ports import MailPublisher, OctetKeeper


@dataclass(frozen=True, slots=True)
class Accepted:
    event_id: str
    octets: int


class Reception:
    def __init__(self, publisher: MailPublisher, claims: OctetKeeper, clock: Clock, hostname: str) -> None:
        self._publisher = publisher
        self._claims = claims
        self._clock = clock
        self._hostname = hostname

    async def accept(self, envelope: Envelope, content: bytes, protocol: str) -> Accepted:
        """Take the mail over. Raises TransientFailure (StorageFull) when it was not taken."""
        event_id, now = new_event_id(), self._clock()
        trace = trace_lines(envelope, event_id=event_id, hostname=self._hostname, protocol=protocol, received_at=now)
        octets = trace + content
        held = octets if len(octets) <= INLINE_LIMIT_OCTETS else await self._claim(event_id, octets)
        await self._publisher.publish(MailReceived(event_id, now, envelope, held))
        return Accepted(event_id, len(octets))

    async def _claim(self, event_id: str, octets: bytes) -> ClaimCheck:
        return await self._claims.put(event_id, octets)
