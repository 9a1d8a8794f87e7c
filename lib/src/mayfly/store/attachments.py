"""Adds attachments to stored messages and removes them. Called by api-gateway."""

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
        with store_failures():
            added = await self._messages.update_one(
                {"_id": message_id}, {"$push": {"attachments": msgspec.to_builtins(attachment)}}
            )
        return bool(added.matched_count)

    async def remove(self, message_id: str, indexes: Sequence[int]) -> None:
        with store_failures():
            await self._messages.update_one(
                {"_id": message_id}, {"$pull": {"attachments": {"index": {"$in": list(indexes)}}}}
            )
