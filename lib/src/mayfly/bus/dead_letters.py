"""Dead letters: events that a consumer gave up on, stored with the reason; an operator reads, replays or discards them.

Written by mayfly.bus.outcome; read by the admin API. A dead letter's id is its sequence in the stream DEAD_LETTERS. The
octets of a claimed mail stay in the object store as long as its dead letter does (`Claims.is_wanted`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import nats.js.errors
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, RawStreamMsg

from mayfly.bus.claims import Claims
from mayfly.bus.connection import Bus, broker_failures
from mayfly.bus.topology import DEAD_LETTERS
from mayfly.events import codec, facts, subjects
from mayfly.failures import PermanentFailure, UnknownDeadLetter
from mayfly.records.dead_letter import DeadLetter

MAX_LISTED = 100
_COUNTING_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Tally:
    """`last`: the newest dead letter's sequence when the count began."""

    count: int
    last: int


class DeadLetters:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._claims = Claims(bus)

    async def count(self) -> int:
        """The number of dead letters. Raises TransientFailure, like every method here."""
        with broker_failures():
            return (await self._bus.jetstream.stream_info(DEAD_LETTERS.name)).state.messages

    async def tally(self, stream: str, seconds: float) -> Tally:
        """How many events of `stream` became dead letters in the last `seconds`, by the broker's clock.

        The broker counts: a consumer that begins at that moment, and that nobody reads, says what is pending for it.
        """
        info = await self._bus.ask(f"STREAM.INFO.{DEAD_LETTERS.name}")
        config = ConsumerConfig(
            filter_subject=subjects.dead_letter(stream, ">"),
            deliver_policy=DeliverPolicy.BY_START_TIME,
            opt_start_time=datetime.fromisoformat(info["ts"]) - timedelta(seconds=seconds),
            ack_policy=AckPolicy.NONE,
            inactive_threshold=_COUNTING_SECONDS,
            mem_storage=True,
            num_replicas=1,
        )
        with broker_failures():
            counting = await self._bus.jetstream.add_consumer(DEAD_LETTERS.name, config)
        return Tally(counting.num_pending or 0, info["state"]["last_seq"])

    async def list(self, *, after: int = 0, limit: int = 50) -> list[DeadLetter]:
        """Up to `limit` (at most 100) with ids above `after`, oldest first."""
        found: list[DeadLetter] = []
        while len(found) < min(limit, MAX_LISTED):
            raw = await self._get(after + 1, following=True)
            if raw is None:
                break
            found.append(_dead_letter(raw))
            after = found[-1].id
        return found

    async def show(self, letter_id: int) -> tuple[DeadLetter, facts.Fact | None]:
        """The dead letter and its event; None for an event that cannot be decoded. Raises UnknownDeadLetter."""
        raw = await self._require(letter_id)
        try:
            fact = codec.decode((raw.headers or {}).get(subjects.TYPE_HEADER, ""), raw.data or b"")
        except PermanentFailure:
            fact = None
        return _dead_letter(raw), fact

    async def replay(self, letter_id: int) -> None:
        """Publish the event again on its original subject, then delete the dead letter. Raises UnknownDeadLetter.

        Repeating this is safe: the broker recognises the second copy. All consumers of that subject receive the event
        again.
        """
        raw = await self._require(letter_id)
        letter = _dead_letter(raw)
        # The time tells letters with the same id apart when DEAD_LETTERS was made anew.
        headers = {
            subjects.TYPE_HEADER: letter.event_type,
            "Nats-Msg-Id": f"replay.{letter_id}.{letter.buried_at}",
        }
        with broker_failures():
            await self._bus.jetstream.publish(letter.subject, raw.data or b"", headers=headers)
        await self._delete(letter_id)

    async def discard(self, letter_id: int) -> None:
        """Delete the dead letter permanently, and the octets it claims unless its mail was replayed too.

        Raises UnknownDeadLetter.
        """
        _, fact = await self.show(letter_id)
        await self._delete(letter_id)
        if isinstance(fact, facts.MailReceived) and isinstance(fact.octets, facts.ClaimCheck):
            await self._claims.release(fact.octets)

    async def _require(self, letter_id: int) -> RawStreamMsg:
        raw = await self._get(letter_id) if letter_id > 0 else None
        if raw is None:
            raise UnknownDeadLetter("no such dead letter")
        return raw

    async def _get(self, sequence: int, *, following: bool = False) -> RawStreamMsg | None:
        with broker_failures():
            try:
                if following:
                    return await self._bus.jetstream.get_msg(
                        DEAD_LETTERS.name, seq=sequence, subject=subjects.DEAD, direct=True, next=True
                    )
                return await self._bus.jetstream.get_msg(DEAD_LETTERS.name, seq=sequence, direct=True)
            except nats.js.errors.NotFoundError:
                return None

    async def _delete(self, letter_id: int) -> None:
        with broker_failures():
            try:
                await self._bus.jetstream.delete_msg(DEAD_LETTERS.name, letter_id)
            except nats.js.errors.NotFoundError:
                return


def _dead_letter(raw: RawStreamMsg) -> DeadLetter:
    headers: Mapping[str, str] = raw.headers or {}
    subject = headers.get(subjects.DEAD_SUBJECT_HEADER, "")
    return DeadLetter(
        id=raw.seq or 0,
        stream=(raw.subject or "..").split(".")[2].upper(),
        consumer=headers.get(subjects.DEAD_CONSUMER_HEADER, ""),
        subject=subject,
        reason=headers.get(subjects.DEAD_REASON_HEADER, ""),
        deliveries=int(headers.get(subjects.DEAD_DELIVERIES_HEADER, "0")),
        event_type=headers.get(subjects.TYPE_HEADER, ""),
        size=len(raw.data or b""),
        buried_at=moment_of(raw),
    )


def moment_of(raw: RawStreamMsg) -> datetime | None:
    """When the broker stored a message. Direct gets have it in a header, others in the message."""
    text = (raw.headers or {}).get("Nats-Time-Stamp", "")
    if isinstance(raw.time, datetime):
        return raw.time.astimezone(UTC)
    return datetime.fromisoformat(text) if text else None
