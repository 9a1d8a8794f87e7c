"""Accepts a mail at the end of DATA: adds trace lines and publishes one MailReceived event, which parser consumes.

When `accept` returns, the broker has the mail on disk; only then the session replies 250. Octets over `inline_octets`
go to the object store, and the event holds a claim check.
"""

import asyncio
from dataclasses import dataclass
from time import perf_counter

from mayfly.events.facts import Envelope, MailReceived, new_event_id
from mayfly.failures import StorageFull, TransientFailure
from mayfly.service.clock import Clock
from mayfly.service.fullness import Fullness
from smtp_ingest import metrics
from smtp_ingest.domain.trace import trace_lines
from smtp_ingest.ports import MailPublisher, OctetKeeper

# Storing octets takes many broker messages, each of which is awaited.
_CLAIM_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Accepted:
    """`octets`: size of the raw message with trace lines. `ack_seconds`: time until the broker's ack."""

    event_id: str
    octets: int
    ack_seconds: float


def octets_of(mail: MailReceived) -> int:
    """What the event takes in the broker, about: its octets, unless they are in the object store."""
    return len(mail.octets) if isinstance(mail.octets, bytes) else 0


class Reception:
    def __init__(
        self,
        publisher: MailPublisher,
        claims: OctetKeeper,
        fullness: Fullness,
        clock: Clock,
        hostname: str,
        *,
        inline_octets: int,
    ) -> None:
        self._publisher = publisher
        self._claims = claims
        self._fullness = fullness
        self._clock = clock
        self._hostname = hostname
        self._inline_octets = inline_octets

    async def accept(self, envelope: Envelope, content: bytes, protocol: str) -> Accepted:
        """Store the mail in the broker. Raises TransientFailure (StorageFull) when it was not stored."""
        begun = perf_counter()
        now = self._clock()
        event_id = new_event_id(now)
        octets = trace_lines(envelope, event_id=event_id, hostname=self._hostname, protocol=protocol, received_at=now)
        octets += content
        del content  # a large message is in memory once while the broker stores it
        if len(octets) <= self._inline_octets:
            await self._publisher.publish(MailReceived(event_id, now, envelope, octets))
        else:
            await self._publish_claimed(MailReceived(event_id, now, envelope, octets))
        for inbox_id in {recipient.inbox_id for recipient in envelope.recipients}:
            self._fullness.add(inbox_id, len(octets))
        seconds = perf_counter() - begun
        metrics.ACK_SECONDS.observe(seconds)
        metrics.OCTETS.inc(len(octets))
        return Accepted(event_id, len(octets), seconds)

    async def _publish_claimed(self, mail: MailReceived) -> None:
        """Store the octets, then publish. If publishing fails unclearly, octets stay: the event may be stored."""
        assert isinstance(mail.octets, bytes)
        try:
            async with asyncio.timeout(_CLAIM_SECONDS):
                claim = await self._claims.put(mail.event_id, mail.octets)
        except TimeoutError as error:
            raise TransientFailure("the broker did not store the octets in time") from error
        try:
            await self._publisher.publish(MailReceived(mail.event_id, mail.received_at, mail.envelope, claim))
        except StorageFull:
            await self._claims.delete(claim)
            raise
