"""Responses kept under an idempotency key, so that a repeated request creates nothing twice. Used by api-gateway."""

from datetime import datetime, timedelta

from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import DuplicateKeyError

from mayfly.records.idempotency import KeptAnswer
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.documents import from_document

KEPT_FOR = timedelta(hours=24)


class Idempotency:
    def __init__(self, database: Database) -> None:
        self._answers: AsyncCollection[Document] = database["idempotency"]

    async def begin(self, name: str, fingerprint: bytes, now: datetime, patience: timedelta) -> KeptAnswer | None:
        """Register a request under `name`. None: it is the first and has `patience` to finish. Else what was kept.

        A request that has not finished by then is replaced by the next one.
        """
        fresh = {"fingerprint": fingerprint, "until": now + patience, "forget_at": now + KEPT_FOR, "status": None}
        with store_failures():
            try:
                await self._answers.update_one(
                    {"_id": name, "status": None, "until": {"$lte": now}},
                    {"$set": fresh},
                    upsert=True,
                )
            except DuplicateKeyError:
                document = await self._answers.find_one({"_id": name})
                return from_document(KeptAnswer, document) if document else None
        return None

    async def finish(self, name: str, status: int, body: bytes) -> None:
        """Keep the response for repeated requests."""
        with store_failures():
            await self._answers.update_one({"_id": name}, {"$set": {"status": status, "body": body}})

    async def abandon(self, name: str) -> None:
        """Forget a request that created nothing, so that the next one under this name is the first again."""
        with store_failures():
            await self._answers.delete_one({"_id": name})
