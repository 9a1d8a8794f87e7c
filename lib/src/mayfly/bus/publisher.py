"""Durable publishing: returns only when the broker has acked, which with `sync_interval: always` means on disk."""

from collections.abc import Mapping
from datetime import UTC

from nats.js.api import Header

from mayfly.bus.connection import Bus, broker_failures
from mayfly.events import codec, facts, subjects


class Publisher:
    """Publishes facts to the stream that owns their subject."""

    def __init__(self, bus: Bus, *, ack_timeout: float = 5.0) -> None:
        self._bus = bus
        self._ack_timeout = ack_timeout

    async def publish(self, fact: facts.Fact) -> int:
        """Publish and wait for the ack; returns the stream sequence.

        A fact published before (same deduplication id, inside the stream's window) gives the sequence it has.
        Raises TransientFailure without an ack, StorageFull when the stream has no room.
        """
        return await self._send(subjects.of(fact), fact, {"Nats-Msg-Id": subjects.deduplication_id(fact)})

    async def schedule(self, attempt: facts.AttemptScheduled) -> None:
        """Let the broker hand the attempt over at its `due_at` (JetStream message schedules, ADR-51).

        A delivery has one schedule at a time: a later one replaces an earlier. Raises like `publish`.
        """
        due = attempt.due_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        headers = {
            Header.SCHEDULE.value: f"@at {due}",
            Header.SCHEDULE_TARGET.value: subjects.delivery_attempt(attempt.inbox_id, attempt.delivery_id),
        }
        await self._send(subjects.delivery_schedule(attempt.inbox_id, attempt.delivery_id), attempt, headers)

    async def _send(self, subject: str, fact: facts.Fact, headers: Mapping[str, str]) -> int:
        type_name, payload = codec.encode(fact)
        self._bus.require_connected()
        with broker_failures():
            ack = await self._bus.jetstream.publish(
                subject,
                payload,
                timeout=self._ack_timeout,
                headers={subjects.TYPE_HEADER: type_name, **headers},
            )
        return ack.seq
