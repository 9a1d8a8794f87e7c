"""Idempotent bulk inserts."""

from collections.abc import Sequence

from pymongo import InsertOne
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import BulkWriteError

from mayfly.store.client import Document, store_failures

_DUPLICATE_KEY = 11000


async def insert_missing(collection: AsyncCollection[Document], documents: Sequence[Document]) -> None:
    """Insert the documents whose `_id` does not exist yet. Raises TransientFailure, StorageFull."""
    if not documents:
        return
    with store_failures():
        try:
            await collection.bulk_write([InsertOne(document) for document in documents], ordered=False)
        except BulkWriteError as error:
            if any(fault["code"] != _DUPLICATE_KEY for fault in error.details["writeErrors"]):
                raise
