"""Tags of the messages of an inbox: setting, counting, renaming and removing them. Used by api-gateway.

Tags are compared without case, and each message keeps its own spelling.
"""

from collections.abc import Sequence

from pymongo import UpdateOne
from pymongo.asynchronous.collection import AsyncCollection

from mayfly.mail.tags import clean_tags, same_tag
from mayfly.records.inbox import Extent
from mayfly.records.message import TagCount
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.message_queries import within


class MessageTags:
    def __init__(self, database: Database) -> None:
        self._messages: AsyncCollection[Document] = database["messages"]

    async def replace(self, extent: Extent, message_ids: Sequence[str], tags: Sequence[str]) -> None:
        """Set the tags of those of these messages that are in the inbox."""
        ids = [message_id for message_id in message_ids if extent.holds(message_id)]
        query: Document = {"_id": {"$in": ids}, "inbox_id": extent.inbox_id}
        with store_failures():
            await self._messages.update_many(query, {"$set": {"tags": list(tags)}})

    async def counts(self, extent: Extent) -> list[TagCount]:
        """The inbox's tags, in alphabetical order."""
        counts: dict[str, int] = {}
        names: dict[str, str] = {}
        for tags in (await self._tagged(extent)).values():
            for tag in tags:
                names.setdefault(same_tag(tag), tag)
                counts[same_tag(tag)] = counts.get(same_tag(tag), 0) + 1
        return [TagCount(tag=names[key], count=counts[key]) for key in sorted(counts)]

    async def rename(self, extent: Extent, tag: str, new: str | None) -> list[str]:
        """Put `new` in the place of the tag in all messages of the inbox, None: remove it; returns their ids.

        A message that has `new` already keeps it once. A message whose tags change meanwhile keeps the change.
        """
        key = same_tag(tag)
        updates: dict[str, UpdateOne] = {}
        for message_id, tags in (await self._tagged(extent)).items():
            if any(same_tag(found) == key for found in tags):
                renamed = [new if same_tag(found) == key else found for found in tags]
                changed = {"$set": {"tags": clean_tags(filter(None, renamed))}}
                updates[message_id] = UpdateOne({"_id": message_id, "tags": tags}, changed)
        if updates:
            with store_failures():
                await self._messages.bulk_write(list(updates.values()), ordered=False)
        return list(updates)

    async def _tagged(self, extent: Extent) -> dict[str, list[str]]:
        """The tags of each message of the inbox that has any, by id, newest first."""
        query: Document = {**within(extent), "tags": {"$gt": ""}}
        with store_failures():
            found = await self._messages.find(query, {"tags": 1}).sort("_id", -1).to_list()
        return {document["_id"]: document["tags"] for document in found}
