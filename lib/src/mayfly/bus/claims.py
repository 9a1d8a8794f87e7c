"""The claim check: octets too large for a bus message stay in the object store until the parser has stored them."""

from base64 import urlsafe_b64encode
from datetime import datetime

import nats.js.errors

from mayfly.bus.connection import Bus, broker_failures
from mayfly.bus.topology import CLAIMS_BUCKET, MAIL
from mayfly.events import subjects
from mayfly.events.facts import ClaimCheck
from mayfly.failures import PermanentFailure


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
        """The octets. Raises PermanentFailure when the object is gone or damaged, TransientFailure otherwise."""
        try:
            with broker_failures():
                store = await self._bus.jetstream.object_store(CLAIMS_BUCKET)
                try:
                    found = await store.get(claim.object_name)
                except (nats.js.errors.ObjectNotFoundError, nats.js.errors.ObjectDeletedError) as error:
                    raise PermanentFailure("the claimed octets are gone") from error
        except nats.js.errors.DigestMismatchError as error:  # pragma: no cover - needs a damaged disk
            raise PermanentFailure("the claimed octets are damaged") from error
        octets = found.data or b""
        if len(octets) != claim.size:
            raise PermanentFailure("the claimed octets are incomplete")
        return octets

    async def delete(self, claim: ClaimCheck) -> None:
        """Delete the octets. Not an error if there are none."""
        with broker_failures():
            store = await self._bus.jetstream.object_store(CLAIMS_BUCKET)
            try:
                await store.delete(claim.object_name)
            except nats.js.errors.NotFoundError:
                return
            # The client leaves a deletion marker for ever; the name is never used again, so the marker can be removed.
            name = urlsafe_b64encode(claim.object_name.encode()).decode()
            await self._bus.jetstream.purge_stream(f"OBJ_{CLAIMS_BUCKET}", subject=f"$O.{CLAIMS_BUCKET}.M.{name}")

    async def unwanted(self, before: datetime) -> list[ClaimCheck]:
        """Octets stored before that moment whose mail is no longer in the stream. Raises TransientFailure."""
        with broker_failures():
            store = await self._bus.jetstream.object_store(CLAIMS_BUCKET)
            try:
                objects = await store.list(ignore_deletes=True)
            except nats.js.errors.NotFoundError:
                return []
            return [
                ClaimCheck(found.name, found.size or 0)
                for found in objects
                if found.mtime
                and datetime.fromisoformat(found.mtime) < before
                and not await self._is_wanted(found.name)
            ]

    async def _is_wanted(self, event_id: str) -> bool:
        try:
            await self._bus.jetstream.get_last_msg(MAIL.name, subjects.mail_claimed(event_id), direct=True)
        except nats.js.errors.NotFoundError:
            return False
        return True
