"""Idempotent bulk inserts."""

from collections.abc import Sequence

from pymongo import InsertOne
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import BulkWriteError

from mayfly.store.client import Document, error_codes, store_failures

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
            # Any other code, such as one of the write concern beside duplicates, means that not all is there to stay.
            if error_codes(error) != {_DUPLICATE_KEY}:
                raise
