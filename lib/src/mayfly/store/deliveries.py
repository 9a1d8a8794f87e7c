"""Webhook deliveries (one event for one endpoint) and their attempts. Written by webhook-dispatcher."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec
from pymongo.asynchronous.collection import AsyncCollection

from mayfly.store.client import Database, Document, store_failures
from mayfly.store.inserts import insert_missing
from mayfly.store.record import Record, from_document, to_document


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """`number` counts from 1; `status` is the HTTP status, None when there was no answer; `duration` in seconds."""

    number: int
    at: datetime
    duration: float
    status: int | None = None
    error: str | None = None


class Delivery(Record, frozen=True, kw_only=True):
    """`payload` is sent octet for octet at every attempt."""

    id: str
    endpoint_id: str
    account_id: str
    inbox_id: str
    event_type: str
    payload: bytes
    created_at: datetime
    status: Literal["pending", "delivered", "failed"] = "pending"
    attempts: list[Attempt] = []


class Deliveries:
    def __init__(self, database: Database) -> None:
        self._deliveries: AsyncCollection[Document] = database["deliveries"]

    async def insert_missing(self, deliveries: Sequence[Delivery]) -> None:
        """Insert all; those that are there already (a redelivered event) are left as they are."""
        await insert_missing(self._deliveries, [to_document(delivery) for delivery in deliveries])

    async def get(self, delivery_id: str) -> Delivery | None:
        with store_failures():
            document = await self._deliveries.find_one({"_id": delivery_id})
        return from_document(Delivery, document) if document else None

    async def record(self, delivery_id: str, attempt: Attempt, status: str) -> None:
        """Note an attempt and what the delivery has come to; an attempt number is noted once."""
        with store_failures():
            await self._deliveries.update_one(
                {"_id": delivery_id, "attempts.number": {"$ne": attempt.number}},
                {"$push": {"attempts": msgspec.to_builtins(attempt, builtin_types=(datetime,))}},
            )
            await self._deliveries.update_one({"_id": delivery_id}, {"$set": {"status": status}})

    async def delete_of_inboxes(self, inbox_ids: Sequence[str]) -> None:
        with store_failures():
            await self._deliveries.delete_many({"inbox_id": {"$in": list(inbox_ids)}})
