"""What every process needs at its start: it waits for servers that are not ready yet, for a while."""

import asyncio

import pytest
from pymongo import AsyncMongoClient

from mayfly.failures import TransientFailure
from mayfly.service.foundation import open_foundation
from mayfly.service.settings import ServiceSettings


async def test_a_start_waits_for_a_store_that_refuses_it_at_first(mongo_uri, mongo_database, clean_nats):
    as_guest = mongo_uri.replace("mongodb://", "mongodb://guest:secret@") + f"&authSource={mongo_database}"
    settings = ServiceSettings(mongo_uri=as_guest, mongo_database=mongo_database, nats_url=clean_nats)
    opening = open_foundation(settings, "test")
    start = asyncio.create_task(opening.__aenter__())
    await asyncio.sleep(0.3)
    assert not start.done()
    async with AsyncMongoClient(mongo_uri) as client:
        await client[mongo_database].command({"createUser": "guest", "pwd": "secret", "roles": ["readWrite"]})
        foundation = await start
        for check in foundation.checks.values():
            await check()
        await opening.__aexit__(None, None, None)
        await client[mongo_database].command({"dropUser": "guest"})


async def test_a_start_gives_up_in_the_end_and_says_why(mongo_uri, mongo_database, clean_nats):
    as_stranger = mongo_uri.replace("mongodb://", "mongodb://nobody:wrong@")
    settings = ServiceSettings(mongo_uri=as_stranger, mongo_database=mongo_database, nats_url=clean_nats)
    with pytest.raises(TransientFailure, match="the store refused"):
        async with open_foundation(settings, "test", patience=0.3):
            pass
