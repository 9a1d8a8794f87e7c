"""The store that the handlers of this folder's tests use."""

from collections.abc import AsyncIterator

import pytest

from mayfly.store import client, indexes
from mayfly.store.client import Database


@pytest.fixture
async def database(mongo_uri: str, mongo_database: str) -> AsyncIterator[Database]:
    async with client.connect(mongo_uri, mongo_database, "test") as connected:
        await indexes.ensure(connected)
        yield connected
