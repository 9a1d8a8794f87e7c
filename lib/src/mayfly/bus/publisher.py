"""Durable publishing: returns only when the broker has acked, which with `sync_interval: always` means on disk."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC
from uuid import uuid4

import msgspec
from nats.js.api import Header

from mayfly import tracing
from mayfly.bus.connection import FULL_CODES, Bus, broker_failures
from mayfly.events import codec, facts, subjects
from mayfly.failures import Failure, StorageFull

_BATCH_LIMIT = 1000  # the server's own


class Publisher:
    """Publishes facts to the stream that owns their subject."""

    def __init__(self, bus: Bus, *, ack_timeout: float = 5.0) -> None:
        self._bus = bus
        self._ack_timeout = ack_timeout

    async def publish(self, fact: facts.Fact) -> int:
        """Publish and wait for the ack; returns the stream sequence.

        A fact that was published before (same deduplication id, within the stream's window) returns its first sequence.
        Raises TransientFailure without an ack, StorageFull when the stream has no room.
        """
        return await self._send(subjects.of(fact), fact, {"Nats-Msg-Id": subjects.deduplication_id(fact)})

    async def publish_all(self, batch: Sequence[facts.Fact]) -> None:
        """Publish facts to one stream, as `publish_each` does. Raises like `publish`; the others may be published."""
        for failure in await self.publish_each(batch):
            if failure is not None:
                raise failure

    async def publish_each(self, batch: Sequence[facts.Fact]) -> list[Failure | None]:
        """Publish facts to one stream that accepts atomic batches (ADR-50 of NATS); what became of each, in order.

        In batches of up to a thousand, with one disk write for each: ten times as fast as single publishes (measured).
        If the server refuses a batch, for example because of a duplicate, its facts are published one by one.
        """
        failures: list[Failure | None] = []
        for start in range(0, len(batch), _BATCH_LIMIT):
            part = batch[start : start + _BATCH_LIMIT]
            try:
                is_done = len(part) > 1 and await self._commit(part)
            except Failure as failure:
                failures += [failure] * len(part)
                continue
            failures += [None] * len(part) if is_done else await asyncio.gather(*map(self._outcome, part))
        return failures

    async def _outcome(self, fact: facts.Fact) -> Failure | None:
        try:
            await self.publish(fact)
        except Failure as failure:
            return failure
        return None

    async def _commit(self, batch: Sequence[facts.Fact]) -> bool:
        """Whether the server accepted the batch. Raises TransientFailure, StorageFull when the stream has no room."""
        self._bus.require_connected()
        batch_id = uuid4().hex
        reply = b""
        with broker_failures():
            for number, fact in enumerate(batch, 1):
                type_name, payload = codec.encode(fact)
                headers = {
                    subjects.TYPE_HEADER: type_name,
                    "Nats-Msg-Id": subjects.deduplication_id(fact),
                    Header.BATCH_ID.value: batch_id,
                    Header.BATCH_SEQUENCE.value: str(number),
                }
                # The span of a fact in a batch has no duration; only its parent matters.
                with tracing.publishing(type_name, _about(fact), headers):
                    pass
                if number < len(batch):
                    await self._bus.client.publish(subjects.of(fact), payload, headers=headers)
                else:
                    headers[Header.BATCH_COMMIT.value] = "1"
                    answer = await self._bus.client.request(
                        subjects.of(fact), payload, headers=headers, timeout=self._ack_timeout
                    )
                    reply = answer.data
        error = msgspec.json.decode(reply).get("error")
        if error and error.get("err_code") in FULL_CODES:
            raise StorageFull("the stream is full")
        return not error

    async def schedule(self, attempt: facts.AttemptScheduled) -> None:
        """Schedule the attempt with the broker for its `due_at` (JetStream message schedules, ADR-51).

        A delivery has at most one schedule: a later call replaces it. Raises like `publish`.
        """
        due = attempt.due_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        headers = {
            Header.SCHEDULE.value: f"@at {due}",
            Header.SCHEDULE_TARGET.value: subjects.delivery_attempt(attempt.inbox_id, attempt.delivery_id),
        }
        await self._send(subjects.delivery_schedule(attempt.inbox_id, attempt.delivery_id), attempt, headers)

    async def _send(self, subject: str, fact: facts.Fact, headers: Mapping[str, str]) -> int:
        type_name, payload = codec.encode(fact)
        sent = {subjects.TYPE_HEADER: type_name, **headers}
        self._bus.require_connected()
        with broker_failures(), tracing.publishing(type_name, _about(fact), sent):
            ack = await self._bus.jetstream.publish(subject, payload, timeout=self._ack_timeout, headers=sent)
        return ack.seq


def _about(fact: facts.Fact) -> str:
    """Id of the object that the fact is about, if a handler derived it from an event (mayfly.tracing.derives)."""
    match fact:
        case facts.MessageStored():
            return fact.message_id
        case facts.AttemptScheduled():
            return fact.delivery_id
        case _:
            return fact.event_id
