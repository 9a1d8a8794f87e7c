"""Idempotent bulk inserts."""

from collections.abc import Sequence

from pymongo import InsertOne
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import BulkWriteError

from mayfly.store.client import Document, store_failures

_DUPLICATE_KEY = 11000


async def insert_missing(collection: AsyncCollection[Document], documents: Sequence[Document]) -> None:
    """Insert the documents whose `_id` does not exist yet; returns once a majority has them all.

    Raises TransientFailure, also when a majority did not confirm them, and StorageFull. Both are safe to repeat: with
    nothing but duplicates the server still waits for the write concern.
    """
    if not documents:
        return
    with store_failures():
        try:
            await collection.bulk_write([InsertOne(document) for document in documents], ordered=False)
        except BulkWriteError as error:
            faults = error.details["writeErrors"]
            is_there_already = faults and all(fault["code"] == _DUPLICATE_KEY for fault in faults)
            # An error of the write concern comes beside the others: what is written may then be rolled back.
            if error.details["writeConcernErrors"] or not is_there_already:
                raise
