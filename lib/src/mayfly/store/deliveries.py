"""Webhook deliveries (one event for one endpoint) and their attempts. Written by webhook-dispatcher.

pending ──▶ delivered
   ▲  └───▶ failed: schedule used up, 410 from the receiver, or endpoint deleted or disabled
   └──────── a redelivery starts a new round of the schedule; attempt numbers continue
"""

from collections.abc import Sequence
from datetime import datetime

from pymongo import UpdateOne
from pymongo.asynchronous.collection import AsyncCollection

from mayfly.events import facts
from mayfly.mail.message_id import ids_at_the_time_of
from mayfly.records.delivery import Delivery, DeliveryStatus, Result
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.documents import from_document, to_document
from mayfly.store.inserts import insert_missing
from mayfly.webhooks.formats import MESSAGE_RECEIVED, delivery_id


class Deliveries:
    def __init__(self, database: Database) -> None:
        self._deliveries: AsyncCollection[Document] = database["deliveries"]

    async def insert_missing(self, deliveries: Sequence[Delivery]) -> set[str]:
        """Insert the deliveries that do not exist yet; existing ones (from a redelivered event) stay unchanged.

        Returns the ids of those that existed already.
        """
        return await insert_missing(self._deliveries, [to_document(delivery) for delivery in deliveries])

    async def get(self, delivery_id: str) -> Delivery | None:
        return (await self.among([delivery_id])).get(delivery_id)

    async def among(self, delivery_ids: Sequence[str]) -> dict[str, Delivery]:
        """Those of these deliveries that exist, by id."""
        with store_failures():
            found = await self._deliveries.find({"_id": {"$in": list(delivery_ids)}}).to_list()
        return {document["_id"]: from_document(Delivery, document) for document in found}

    async def record_all(self, results: Sequence[Result]) -> None:
        """Store attempts and the resulting statuses; an attempt number that is stored already changes nothing."""
        updates = [
            UpdateOne(
                {"_id": result.delivery_id, "attempts.number": {"$ne": result.attempt.number}},
                {
                    "$push": {"attempts": to_document(result.attempt)},
                    "$set": {"status": result.status, "next_attempt_at": result.next_attempt_at},
                },
            )
            for result in results
        ]
        with store_failures():
            await self._deliveries.bulk_write(updates, ordered=False)

    async def give_up(self, delivery_id: str) -> None:
        """Mark a pending delivery as failed without storing an attempt."""
        with store_failures():
            await self._deliveries.update_one(
                {"_id": delivery_id, "status": "pending"}, {"$set": {"status": "failed", "next_attempt_at": None}}
            )

    async def begin_round(self, request: facts.RedeliveryRequested, now: datetime, *, limit: int) -> list[Delivery]:
        """Start a new round of the retry schedule for up to `limit` finished deliveries of the endpoint; returns them.

        Repeating a request returns those of its deliveries that are still pending. Deliveries without payload
        (their inbox has ended) are skipped.
        """
        finished = ["failed", "delivered"] if request.delivered_too or request.delivery_id else ["failed"]
        which: Document = {
            "endpoint_id": request.endpoint_id,
            "account_id": request.account_id,
            **(
                {"_id": request.delivery_id}
                if request.delivery_id
                else {"created_at": {"$gte": request.since, "$lt": request.until}}
            ),
        }
        fresh = {**which, "status": {"$in": finished}, "payload": {"$ne": b""}, "round_id": {"$ne": request.event_id}}
        step: Document = {
            "status": "pending",
            "attempts_before": {"$size": "$attempts"},
            "next_attempt_at": now,
            "round_id": request.event_id,
        }
        with store_failures():
            ids = [found["_id"] async for found in self._deliveries.find(fresh, {"_id": 1}).sort("_id", 1).limit(limit)]
            await self._deliveries.update_many({"_id": {"$in": ids}, **fresh}, [{"$set": step}])
            begun = {**which, "status": "pending", "round_id": request.event_id}
            documents = await self._deliveries.find(begun).to_list()
        return [from_document(Delivery, document) for document in documents]

    async def overdue(self, before: datetime, after_id: str, *, limit: int) -> list[Delivery]:
        """Pending deliveries whose next attempt was due before `before`, in order of id, starting after `after_id`."""
        query: Document = {"status": "pending", "next_attempt_at": {"$lt": before}, "_id": {"$gt": after_id}}
        with store_failures():
            found = await self._deliveries.find(query).sort("_id", 1).limit(limit).to_list()
        return [from_document(Delivery, document) for document in found]

    async def of_endpoint(
        self, endpoint_id: str, *, limit: int, before: str | None = None, status: DeliveryStatus | None = None
    ) -> list[Delivery]:
        """The endpoint's deliveries, newest first; only those with ids below `before`."""
        query: Document = {"endpoint_id": endpoint_id}
        if before:
            query["_id"] = {"$lt": before}
        if status:
            query["status"] = status
        with store_failures():
            found = await self._deliveries.find(query).sort("_id", -1).limit(limit).to_list()
        return [from_document(Delivery, document) for document in found]

    async def of_message(self, message_id: str, inbox_id: str, *, limit: int) -> list[Delivery]:
        """Up to `limit` deliveries of this message, without their payloads, also those for deleted endpoints.

        Their ids have the time of the message's, so they stand together in the index of ids.
        """
        first, beyond = ids_at_the_time_of(message_id)
        query: Document = {"_id": {"$gte": first, "$lt": beyond}, "inbox_id": inbox_id, "event_type": MESSAGE_RECEIVED}
        with store_failures():
            found = await self._deliveries.find(query, {"payload": 0}).hint("_id_").limit(limit).to_list()
        deliveries = [from_document(Delivery, {**document, "payload": b""}) for document in found]
        return [made for made in deliveries if made.id == delivery_id(message_id, made.endpoint_id)]

    async def delete(self, delivery_ids: Sequence[str]) -> None:
        with store_failures():
            await self._deliveries.delete_many({"_id": {"$in": list(delivery_ids)}})

    async def forget_messages_of(self, inbox_ids: Sequence[str]) -> list[str]:
        """Delete pending deliveries of these ended inboxes' messages, and the contents of finished ones.

        Returns the ids of the inboxes that had pending deliveries.
        """
        theirs: Document = {"inbox_id": {"$in": list(inbox_ids)}, "event_type": MESSAGE_RECEIVED}
        pending: Document = {**theirs, "status": "pending"}
        with store_failures():
            waiting: list[str] = await self._deliveries.distinct("inbox_id", pending)
            if waiting:
                await self._deliveries.delete_many(pending)
            await self._deliveries.update_many(
                {**theirs, "payload": {"$ne": b""}}, {"$set": {"payload": b"", "attempts.$[].answer": ""}}
            )
        return waiting

    async def delete_before(self, moment: datetime) -> int:
        with store_failures():
            return (await self._deliveries.delete_many({"created_at": {"$lt": moment}})).deleted_count
