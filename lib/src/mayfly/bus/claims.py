"""The claim check: octets too large for a bus message are in the object store while a mail or a dead letter needs them.

Written by smtp-ingest and api-gateway before their event; deleted by parser when it has stored the mail (`release`), by
the operator with a dead letter, and by expiry-reaper when nothing refers to them any more (mayfly.bus.leftovers).
"""

from base64 import urlsafe_b64encode
from hashlib import sha256

import msgspec
import nats.js.errors
from nats.js.api import RawStreamMsg

from mayfly.bus.connection import Bus, broker_failures
from mayfly.bus.topology import CLAIMS_BUCKET, DEAD_LETTERS, MAIL
from mayfly.events import subjects
from mayfly.events.facts import ClaimCheck
from mayfly.failures import PermanentFailure

CLAIMS_STREAM = f"OBJ_{CLAIMS_BUCKET}"
# Subjects of the object store (ADR-20 of NATS): one record for each object, its octets in chunks.
RECORDS = f"$O.{CLAIMS_BUCKET}.M."
CHUNKS = f"$O.{CLAIMS_BUCKET}.C."
_NO_MESSAGE = 10037  # nats-server server/errors.json


class Claims:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def put(self, event_id: str, octets: bytes) -> ClaimCheck:
        """Store `octets` durably under the event's id. Raises TransientFailure, StorageFull."""
        self._bus.require_connected()
        with broker_failures():
            store = await self._bus.jetstream.object_store(CLAIMS_BUCKET)
            await store.put(event_id, octets)
        return ClaimCheck(event_id, len(octets))

    async def get(self, claim: ClaimCheck) -> bytes:
        """The octets. Raises PermanentFailure when they are gone or damaged, TransientFailure when they do not come.

        Chunk by chunk, each with a time limit: the client's own way waits for ever for a chunk that is gone, and copies
        what it has for each one that comes.
        """
        found = await self._message(record_subject(claim.object_name))
        if found is None:
            raise PermanentFailure("the claimed octets are gone")
        record = Record.of(found.data)
        chunks: list[bytes] = []
        sequence = 0
        for _ in range(record.chunks):
            chunk = await self._message(chunks_subject(record.nuid), after=sequence)
            if chunk is None:
                raise PermanentFailure("the claimed octets are gone")
            sequence = chunk.seq or 0
            chunks.append(chunk.data or b"")
        octets = b"".join(chunks)
        if len(octets) != claim.size:
            raise PermanentFailure("the claimed octets are incomplete")
        if record.digest != _digest(octets):
            raise PermanentFailure("the claimed octets are damaged")
        return octets

    async def _message(self, subject: str, *, after: int | None = None) -> RawStreamMsg | None:
        """The first message on the subject above `after`, or its last; None when the leader has none.

        A copy of the stream answers faster, but may not have the newest yet. Raises TransientFailure, also when the
        stream itself is not there: it may come back.
        """
        with broker_failures():
            for direct in (True, False) if after is not None else (False,):
                try:
                    if after is None:
                        return await self._bus.jetstream.get_last_msg(CLAIMS_STREAM, subject)
                    return await self._bus.jetstream.get_msg(
                        CLAIMS_STREAM, after + 1, subject=subject, direct=direct, next=True
                    )
                except nats.js.errors.NotFoundError as error:
                    if not direct and error.err_code != _NO_MESSAGE:
                        raise
        return None

    async def delete(self, claim: ClaimCheck) -> None:
        """Delete the octets. Not an error if there are none.

        By purges alone: the client's own way writes a marker first, for which a full stream has no room, and which
        stays for ever. A crash in between leaves chunks without a record, which mayfly.bus.leftovers finds.
        """
        record = record_subject(claim.object_name)
        with broker_failures():
            try:
                found = await self._bus.jetstream.get_last_msg(CLAIMS_STREAM, record)
            except nats.js.errors.NotFoundError:
                return
            await self._bus.jetstream.purge_stream(CLAIMS_STREAM, subject=record)
            await self._bus.jetstream.purge_stream(CLAIMS_STREAM, subject=chunks_subject(Record.of(found.data).nuid))

    async def release(self, claim: ClaimCheck, *, settled: int | None = None) -> bool:
        """Delete the octets unless a mail in the stream or a dead letter refers to them; whether they were deleted.

        `settled`: sequence of a mail that refers to them but is done with. Raises TransientFailure.
        """
        if await self.is_wanted(claim.object_name, settled=settled):
            return False
        await self.delete(claim)
        return True

    async def is_wanted(self, event_id: str, *, settled: int | None = None) -> bool:
        """Whether a mail in the stream, other than `settled`, or a dead letter refers to the event's octets.

        A mail is buried and replayed by writing it to the other stream first. So it is looked for in MAIL once more, in
        case it was replayed between the two looks.
        """
        mail = (MAIL.name, subjects.mail_claimed(event_id))
        buried = (DEAD_LETTERS.name, subjects.dead_letter(MAIL.name, event_id))
        for stream, subject in (mail, buried, mail):
            sequence = await self._last(stream, subject)
            if sequence is not None and (stream, sequence) != (MAIL.name, settled):
                return True
        return False

    async def _last(self, stream: str, subject: str) -> int | None:
        """The sequence of the newest message on a subject. From the leader: a copy may not have the newest yet."""
        with broker_failures():
            try:
                return (await self._bus.jetstream.get_last_msg(stream, subject)).seq
            except nats.js.errors.NotFoundError:
                return None


class Record(msgspec.Struct):
    """What the object store writes once all chunks of an object are there. `nuid`: names the subject of its chunks."""

    nuid: str
    name: str
    size: int = 0
    chunks: int = 0
    digest: str = ""
    deleted: bool = False

    @classmethod
    def of(cls, data: bytes | None) -> "Record":
        return msgspec.json.decode(data or b"", type=cls)


def _digest(octets: bytes) -> str:
    return f"SHA-256={urlsafe_b64encode(sha256(octets).digest()).decode()}"


def record_subject(object_name: str) -> str:
    return f"{RECORDS}{urlsafe_b64encode(object_name.encode()).decode()}"


def chunks_subject(nuid: str) -> str:
    return f"{CHUNKS}{nuid}"
