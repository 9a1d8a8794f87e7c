"""Finds octets in the object store that no mail and no dead letter refers to, whatever state they are in.

    object with its record      smtp-ingest died before it published the event, or parser after it stored the mail
    chunks without a record     smtp-ingest died while it wrote them, or a deletion was interrupted
    record of a deletion        left by the client of earlier versions

Called by expiry-reaper, also for `make fsck`. Ages are those of the broker's clock, which stamped what it stored.
"""

from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import nats.js.errors

from mayfly.bus.claims import CHUNKS, CLAIMS_STREAM, RECORDS, Claims, Record, chunks_subject
from mayfly.bus.connection import Bus, broker_failures
from mayfly.bus.dead_letters import moment_of
from mayfly.events.facts import ClaimCheck
from mayfly.failures import TransientFailure

_NOT_FOUND = 404
MIN_AGE = timedelta(days=1)
"""Octets that are younger may be being written, or their event be about to be published."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """Octets of which nobody has a use. `claim`: of an object with a record; None: `subject` has what is left."""

    subject: str
    claim: ClaimCheck | None = None


class Leftovers:
    """`min_age`: age below which octets are skipped."""

    def __init__(self, bus: Bus, *, min_age: timedelta = MIN_AGE) -> None:
        self._bus = bus
        self._claims = Claims(bus)
        self._min_age = min_age

    async def find(self) -> AsyncIterator[Leftover]:
        """Every leftover. Raises TransientFailure.

        Subjects are listed before records are read, and the record of an object is written after its last chunk: so
        chunks that seem to have no record are either leftovers or still young.
        """
        subjects, now = await self._subjects()
        has_record: set[str] = set()
        for subject in subjects:
            if subject.startswith(RECORDS):
                stored = await self._last(subject)
                if stored is None:
                    continue
                record, moment = Record.of(stored[0]), stored[1]
                if record.deleted:
                    yield Leftover(subject)
                    continue
                has_record.add(chunks_subject(record.nuid))
                name = urlsafe_b64decode(subject.removeprefix(RECORDS)).decode()
                if moment < now - self._min_age and not await self._claims.is_wanted(name):
                    yield Leftover(subject, ClaimCheck(name, record.size))
        for subject in subjects:
            if subject.startswith(CHUNKS) and subject not in has_record:
                stored = await self._last(subject)
                if stored and stored[1] < now - self._min_age:
                    yield Leftover(subject)

    async def remove(self, leftover: Leftover) -> None:
        """Remove it. Raises TransientFailure; safe to repeat."""
        if leftover.claim is not None:
            await self._claims.release(leftover.claim)
            return
        with broker_failures():
            await self._bus.jetstream.purge_stream(CLAIMS_STREAM, subject=leftover.subject)

    async def _subjects(self) -> tuple[list[str], datetime]:
        """All subjects of the object store, and what time it is for the broker."""
        found: list[str] = []
        while True:
            question = msgspec.json.encode({"subjects_filter": f"{RECORDS[:-2]}>", "offset": len(found)})
            self._bus.require_connected()
            with broker_failures():
                answer = await self._bus.client.request(f"$JS.API.STREAM.INFO.{CLAIMS_STREAM}", question, timeout=5)
            info: dict[str, Any] = msgspec.json.decode(answer.data)
            if info.get("error", {}).get("code") == _NOT_FOUND:
                return [], datetime.now(UTC)
            if "error" in info:
                raise TransientFailure(f"the broker refused: {info['error'].get('description')}")
            page = info["state"].get("subjects") or {}
            found += page
            if not page or len(found) >= info.get("total", 0):
                return found, datetime.fromisoformat(info["ts"])

    async def _last(self, subject: str) -> tuple[bytes, datetime] | None:
        """The newest message of a subject and when the broker stored it; None if it is gone meanwhile."""
        with broker_failures():
            try:
                found = await self._bus.jetstream.get_last_msg(CLAIMS_STREAM, subject, direct=True)
            except nats.js.errors.NotFoundError:
                return None
        moment = moment_of(found)
        return (found.data or b"", moment) if moment else None
