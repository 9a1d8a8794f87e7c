"""Webhook deliveries (one event for one endpoint) and their attempts. Written by webhook-dispatcher.

pending ──▶ delivered
   ▲  └───▶ failed: the schedule is used up, the receiver said 410, or the endpoint is gone or off
   └──────── a redelivery starts a new round of the schedule; attempts keep counting
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec
from pymongo.asynchronous.collection import AsyncCollection

from mayfly.store.client import Database, Document, store_failures
from mayfly.store.inserts import insert_missing
from mayfly.store.record import Record, from_document, to_document

DeliveryStatus = Literal["pending", "delivered", "failed"]


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """`number` counts from 1; `status` is the HTTP status, None when there was no answer; `duration` in seconds.

    `error`: why it failed, in words. `answer`: the first 1 KiB of what the receiver said.
    """

    number: int
    at: datetime
    duration: float
    status: int | None = None
    error: str | None = None
    answer: str = ""


class Delivery(Record, frozen=True, kw_only=True):
    """`payload` is sent octet for octet at every attempt; empty once the inbox is gone.

    `inbox_id` "": the event belongs to the account. `attempts_before` counts the attempts of earlier rounds.
    """

    id: str
    endpoint_id: str
    account_id: str
    inbox_id: str
    event_type: str
    payload: bytes
    created_at: datetime
    status: DeliveryStatus = "pending"
    attempts: list[Attempt] = []
    attempts_before: int = 0
    next_attempt_at: datetime | None = None


class Deliveries:
    def __init__(self, database: Database) -> None:
        self._deliveries: AsyncCollection[Document] = database["deliveries"]

    async def insert_missing(self, deliveries: Sequence[Delivery]) -> None:
        """Insert all; those that are there already (a redelivered event) are left as they are."""
        await insert_missing(self._deliveries, [to_document(delivery) for delivery in deliveries])

    async def get(self, delivery_id: str) -> Delivery | None:
        return (await self.among([delivery_id])).get(delivery_id)

    async def among(self, delivery_ids: Sequence[str]) -> dict[str, Delivery]:
        """Those of the given deliveries that are there, by id."""
        with store_failures():
            found = await self._deliveries.find({"_id": {"$in": list(delivery_ids)}}).to_list()
        return {document["_id"]: from_document(Delivery, document) for document in found}

    async def record(
        self, delivery_id: str, attempt: Attempt, status: DeliveryStatus, next_attempt_at: datetime | None
    ) -> None:
        """Note an attempt and what the delivery has come to; an attempt number is noted once."""
        with store_failures():
            await self._deliveries.update_one(
                {"_id": delivery_id, "attempts.number": {"$ne": attempt.number}},
                {
                    "$push": {"attempts": to_document(attempt)},
                    "$set": {"status": status, "next_attempt_at": next_attempt_at},
                },
            )

    async def give_up(self, delivery_id: str) -> None:
        """No further attempt, and none was made just now."""
        with store_failures():
            await self._deliveries.update_one(
                {"_id": delivery_id, "status": "pending"}, {"$set": {"status": "failed", "next_attempt_at": None}}
            )

    async def delete(self, delivery_ids: Sequence[str]) -> None:
        with store_failures():
            await self._deliveries.delete_many({"_id": {"$in": list(delivery_ids)}})

    async def delete_of_inboxes(self, inbox_ids: Sequence[str]) -> None:
        with store_failures():
            await self._deliveries.delete_many({"inbox_id": {"$in": list(inbox_ids)}})
