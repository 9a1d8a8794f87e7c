"""Marks of deleted messages, so that their mail stores nothing when it comes again: redelivered, replayed or restored.

A mark is written before its message is deleted, and read by parser after it has stored a mail. So whichever comes
later, deletion or redelivery, finds the other. Message ids derive from event and inbox; they never mean anything else.

Marks need no message of ended inboxes: an inbox id that has ended never lives again (mayfly.store.inboxes).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pymongo import UpdateOne
from pymongo.asynchronous.collection import AsyncCollection

from mayfly.store.client import Database, Document, store_failures

KEPT = timedelta(days=30)
"""Mail may wait for parser, and its dead letter for 7 days; each time the mail comes, its mark starts anew."""


class Deletions:
    def __init__(self, database: Database) -> None:
        self._deletions: AsyncCollection[Document] = database["deletions"]

    async def mark(self, ids: Sequence[str], now: datetime) -> None:
        """Mark messages, or parts of messages (mayfly.records.octets.part_id), as deleted, for 30 days from now.

        Returns once a majority has the marks. Raises TransientFailure; safe to repeat.
        """
        kept: Document = {"$max": {"forget_at": now + KEPT}}
        with store_failures():
            if ids:
                await self._deletions.bulk_write([UpdateOne({"_id": i}, kept, upsert=True) for i in ids], ordered=False)

    async def among(self, ids: Sequence[str]) -> set[str]:
        """Those of these messages and parts that are marked as deleted."""
        with store_failures():
            return {found["_id"] async for found in self._deletions.find({"_id": {"$in": list(ids)}}, {"_id": 1})}
