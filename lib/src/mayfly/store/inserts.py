"""Idempotent bulk inserts."""

from collections.abc import Sequence

from bson.errors import InvalidDocument
from pymongo import InsertOne
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import OperationFailure

from mayfly.failures import PermanentFailure
from mayfly.store.client import Document, error_codes, store_failures

_DUPLICATE_KEY = 11000
_CONCERNS = "writeConcernErrors"
# What a document itself causes: BadValue, FailedToParse, TypeMismatch, InvalidBSON, DocumentValidationFailure,
# BSONObjectTooLarge, KeyTooLong (MongoDB src/mongo/base/error_codes.yml).
_OF_THE_DOCUMENT = frozenset({2, 9, 14, 22, 121, 10334, 17280})


async def insert_missing(collection: AsyncCollection[Document], documents: Sequence[Document]) -> set[str]:
    """Insert the documents whose `_id` does not exist yet; returns once a majority has them all.

    Returns the ids of those that existed already.

    Raises PermanentFailure when a document can never be stored, TransientFailure, also when a majority did not confirm
    them, and StorageFull. All are safe to repeat: with nothing but duplicates the server still waits for the write
    concern.
    """
    if not documents:
        return set()
    with store_failures():
        try:
            await collection.bulk_write([InsertOne(document) for document in documents], ordered=False)
        except InvalidDocument as error:
            raise PermanentFailure("the store cannot hold this document") from error
        except OperationFailure as error:
            codes = error_codes(error)
            if codes == {_DUPLICATE_KEY}:
                return {documents[fault["index"]]["_id"] for fault in (error.details or {})["writeErrors"]}
            if codes and codes <= _OF_THE_DOCUMENT | {_DUPLICATE_KEY} and not (error.details or {}).get(_CONCERNS):
                raise PermanentFailure("the store cannot hold this document") from error
            # Any other code, such as one of the write concern beside duplicates, means that not all is there to stay.
            raise
    return set()
