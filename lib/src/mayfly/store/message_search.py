"""Finds the messages of an inbox that a search asks for: their number, their ids, a page of overviews.

Used by api-gateway. Lists read page by page with mayfly.store.messages; these methods look at every message of the
inbox once.
"""

from collections.abc import Sequence

from pymongo.asynchronous.collection import AsyncCollection

from mayfly.records.inbox import Extent
from mayfly.records.message import FoundMessage, MessageFilter, MessageOverview
from mayfly.records.search import Search
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.documents import from_document
from mayfly.store.message_queries import OVERVIEW_FIELDS, query_of, within
from mayfly.store.search_queries import MOST_MILLISECONDS, search_failures


class MessageSearch:
    """`milliseconds`: what the store may take for one search."""

    def __init__(self, database: Database, milliseconds: int = MOST_MILLISECONDS) -> None:
        self._messages: AsyncCollection[Document] = database["messages"]
        self._milliseconds = milliseconds

    async def matching(self, extent: Extent, search: Search) -> list[FoundMessage]:
        """Every message of the inbox that the search finds, newest first.

        Raises TransientFailure when it takes longer than it may.
        """
        query: Document = {**within(extent), **query_of(MessageFilter(search=search))}
        with search_failures():
            found = self._messages.find(query, {"is_read": 1}).sort("_id", -1)
            documents = await found.max_time_ms(self._milliseconds).to_list()
        return [FoundMessage(document["_id"], document["is_read"]) for document in documents]

    async def overviews(self, message_ids: Sequence[str]) -> list[MessageOverview]:
        """The overviews of those of these messages that exist, newest first."""
        with store_failures():
            found = self._messages.find({"_id": {"$in": list(message_ids)}}, OVERVIEW_FIELDS).sort("_id", -1)
            return [from_document(MessageOverview, document) async for document in found]
