"""The messages of many inboxes in one list, newest first; used by api-gateway for those of an account."""

from collections.abc import Collection
from itertools import islice

from pymongo.asynchronous.collection import AsyncCollection

from mayfly.records.message import MessageFilter, MessageSummary
from mayfly.store.client import Database, Document
from mayfly.store.documents import from_document
from mayfly.store.message_queries import SUMMARY_FIELDS, query_of
from mayfly.store.search_queries import MOST_MILLISECONDS, search_failures

# The store merges up to 200 ranges of the index in order (internalQueryMaxScansToExplode); of more it would read all
# messages and sort them.
_MERGED = 200


class AccountMessages:
    def __init__(self, database: Database) -> None:
        self._messages: AsyncCollection[Document] = database["messages"]

    async def summaries(
        self, inbox_ids: Collection[str], wanted: MessageFilter, *, limit: int, before: str | None = None
    ) -> list[MessageSummary]:
        """Summaries of the newest messages of these inboxes, newest first; only ids below `before`.

        Of spaces also those that they keep no longer. Each inbox costs a step of the index. Raises TransientFailure,
        also when a search takes too long.
        """
        found: list[MessageSummary] = []
        left = iter(inbox_ids)
        while some := list(islice(left, _MERGED)):
            found += await self._of_some(some, wanted, limit, before)
        return sorted(found, key=lambda summary: summary.id, reverse=True)[:limit]

    async def _of_some(
        self, inbox_ids: list[str], wanted: MessageFilter, limit: int, before: str | None
    ) -> list[MessageSummary]:
        query: Document = {"inbox_id": {"$in": inbox_ids}, **query_of(wanted)}
        if before is not None:
            query["_id"] = {"$lt": before}
        found = self._messages.find(query, SUMMARY_FIELDS).sort("_id", -1).limit(limit)
        if wanted.search is not None:
            found = found.max_time_ms(MOST_MILLISECONDS)
        with search_failures():
            return [from_document(MessageSummary, document) for document in await found.to_list()]
