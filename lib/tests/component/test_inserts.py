"""A bulk insert counts as done only when a majority of the store's members has it."""

from collections.abc import AsyncIterator

import pytest
from pymongo import WriteConcern
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import BulkWriteError

from mayfly.failures import PermanentFailure, StorageFull, TransientFailure
from mayfly.store.client import Document, connect, store_failures
from mayfly.store.inserts import insert_missing


@pytest.fixture
async def things(mongo_uri: str, mongo_database: str) -> AsyncIterator[AsyncCollection[Document]]:
    async with connect(mongo_uri, mongo_database, "test") as database:
        yield database["things"]


async def test_documents_that_are_there_already_stay_as_they_are(things: AsyncCollection[Document]) -> None:
    await insert_missing(things, [{"_id": 1, "made": "first"}])
    await insert_missing(things, [{"_id": 1, "made": "again"}, {"_id": 2}])
    assert [{"_id": 1, "made": "first"}, {"_id": 2}] == await things.find().sort("_id").to_list()


async def test_what_no_majority_confirmed_is_not_stored(things: AsyncCollection[Document]) -> None:
    # A set of one member cannot confirm a write to two: the server writes, and says so beside.
    unconfirmed = things.with_options(write_concern=WriteConcern(w=2))
    with pytest.raises(TransientFailure, match="code 100"):
        await insert_missing(unconfirmed, [{"_id": 1}, {"_id": 2}])
    assert 2 == await things.count_documents({})
    with pytest.raises(TransientFailure, match="100, 11000"):
        await insert_missing(unconfirmed, [{"_id": 1}, {"_id": 2}])
    await insert_missing(things, [{"_id": 1}, {"_id": 2}])


@pytest.mark.parametrize(
    ("codes", "concerns", "failure"),
    [([11000, 14031], [], StorageFull), ([11000, 11600], [], TransientFailure), ([11000], [64], TransientFailure)],
)
def test_every_error_of_a_bulk_write_counts(codes: list[int], concerns: list[int], failure: type[Exception]) -> None:
    details = {
        "writeErrors": [{"code": code} for code in codes],
        "writeConcernErrors": [{"code": code} for code in concerns],
    }
    with pytest.raises(failure) as raised, store_failures():
        raise BulkWriteError(details)
    assert type(raised.value) is failure


@pytest.mark.parametrize(
    "content", ["x" * 17_000_000, ["x" * 9_000_000] * 3], ids=["past the server's limit", "past the message's"]
)
async def test_a_document_that_the_store_can_never_hold_is_not_tried_for_ever(
    things: AsyncCollection[Document], content: object
) -> None:
    with pytest.raises(PermanentFailure):
        await insert_missing(things, [{"_id": 1, "content": content}])
