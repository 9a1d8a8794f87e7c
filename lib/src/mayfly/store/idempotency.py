"""Stores idempotency records, so that a repeated request creates nothing twice. Used by api-gateway.

The first request under a key holds a lease on the record, renewed while it is processed. A lease that has lapsed
(its process died) goes to the next request. Leases are measured by the server's clock, which all replicas share.

    absent ──acquire──▶ leased ──complete──▶ answered ──24 h──▶ absent
                          │ └──lapsed──▶ leased, by the next request
                          └──release──▶ absent
"""

from datetime import datetime, timedelta
from typing import Any

from pymongo import ReturnDocument
from pymongo.asynchronous.collection import AsyncCollection

from mayfly.records.idempotency import IdempotencyRecord
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.documents import from_document

KEPT_FOR = timedelta(hours=24)
_IS_NEW = {"$eq": [{"$type": "$fingerprint"}, "missing"]}
_HAS_LAPSED = {"$and": [{"$eq": ["$status", None]}, {"$lte": ["$until", "$$NOW"]}]}


class IdempotencyRecords:
    def __init__(self, database: Database) -> None:
        self._records: AsyncCollection[Document] = database["idempotency"]

    async def acquire(
        self, name: str, fingerprint: bytes, holder: str, now: datetime, lease: timedelta
    ) -> IdempotencyRecord:
        """The record of this name; a new one with a lease of `holder`, if there was none or its lease had lapsed."""
        fresh = {
            "_id": name,
            "fingerprint": fingerprint,
            "holder": holder,
            "until": _after(lease),
            "forget_at": now + KEPT_FOR,
            "status": None,
        }
        with store_failures():
            document: Document = await self._records.find_one_and_update(  # type: ignore[assignment]  # an upsert always finds
                {"_id": name},
                [{"$replaceWith": {"$cond": [{"$or": [_IS_NEW, _HAS_LAPSED]}, fresh, "$$ROOT"]}}],
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        return from_document(IdempotencyRecord, document)

    async def renew(self, name: str, holder: str, lease: timedelta) -> None:
        """Extend the lease, if `holder` still has it."""
        with store_failures():
            await self._records.update_one(_leased(name, holder), [{"$set": {"until": _after(lease)}}])

    async def complete(self, name: str, holder: str, status: int, body: bytes) -> None:
        """Store the response for repeated requests, if `holder` still has the lease."""
        with store_failures():
            await self._records.update_one(_leased(name, holder), {"$set": {"status": status, "body": body}})

    async def release(self, name: str, holder: str) -> None:
        """Forget a request that created nothing, so that the next one under this name is the first again."""
        with store_failures():
            await self._records.delete_one(_leased(name, holder))


def _leased(name: str, holder: str) -> dict[str, Any]:
    return {"_id": name, "holder": holder, "status": None}


def _after(lease: timedelta) -> dict[str, Any]:
    return {"$add": ["$$NOW", int(lease.total_seconds() * 1000)]}
