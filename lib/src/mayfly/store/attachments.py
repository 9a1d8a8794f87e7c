"""Adds attachments to stored messages and removes them. Called by api-gateway.

In the store, `added` marks an attachment that did not come with the mail, and `added_octets` of a message is their sum:
quotas count it beside the raw mail.
"""

from collections.abc import Sequence

import msgspec
from pymongo import ReturnDocument
from pymongo.asynchronous.collection import AsyncCollection

from mayfly.records.message import Attachment
from mayfly.store.client import Database, Document, store_failures


class Attachments:
    def __init__(self, database: Database) -> None:
        self._messages: AsyncCollection[Document] = database["messages"]

    async def next_index(self, message_id: str) -> int | None:
        """Reserve an attachment index that is never used twice in the message; None when the message does not exist."""
        first = {"$add": [{"$ifNull": [{"$max": "$attachments.index"}, -1]}, 1]}
        taken = {"$set": {"next_attachment": {"$add": [{"$ifNull": ["$next_attachment", first]}, 1]}}}
        with store_failures():
            document = await self._messages.find_one_and_update(
                {"_id": message_id}, [taken], {"next_attachment": 1}, return_document=ReturnDocument.AFTER
            )
        return int(document["next_attachment"]) - 1 if document else None

    async def add(self, message_id: str, attachment: Attachment) -> bool:
        """Add the attachment to the message's list; whether the message still exists."""
        listed: Document = {**msgspec.to_builtins(attachment), "added": True}
        with store_failures():
            added = await self._messages.update_one(
                {"_id": message_id}, {"$push": {"attachments": listed}, "$inc": {"added_octets": attachment.size}}
            )
        return bool(added.matched_count)

    async def remove(self, message_id: str, indexes: Sequence[int]) -> None:
        """Remove attachments from the message's list. `added_octets` is what those that were added and remain hold."""
        remaining = {"$filter": {"input": "$attachments", "cond": {"$not": {"$in": ["$$this.index", list(indexes)]}}}}
        sizes = {
            "$map": {"input": "$attachments", "in": {"$cond": [{"$eq": ["$$this.added", True]}, "$$this.size", 0]}}
        }
        with store_failures():
            await self._messages.update_one(
                {"_id": message_id}, [{"$set": {"attachments": remaining}}, {"$set": {"added_octets": {"$sum": sizes}}}]
            )
