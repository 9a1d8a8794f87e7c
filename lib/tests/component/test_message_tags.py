"""Tags in the real store: what counting them reads."""

from collections.abc import AsyncIterator

import pytest
from msgspec import structs

from mayfly.records.inbox import Extent
from mayfly.records.message import TagCount
from mayfly.store import indexes
from mayfly.store.client import Database, connect
from mayfly.store.message_tags import MessageTags
from mayfly.store.messages import Messages
from mayfly.testing.builders import make_inbox, make_message


@pytest.fixture
async def database(mongo_uri: str, mongo_database: str) -> AsyncIterator[Database]:
    async with connect(mongo_uri, mongo_database, "test") as database:
        await indexes.ensure(database)
        yield database


async def test_only_messages_with_tags_are_read(database):
    inbox = make_inbox()
    messages = [make_message(inbox) for _ in range(60)]
    for place, tags in ((7, ["Smoke"]), (30, ["smoke", "b"])):
        messages[place] = structs.replace(messages[place], tags=tags)
    await Messages(database).insert_missing(messages)
    await database.command("profile", 2)
    counts = await MessageTags(database).counts(Extent(inbox.id))
    await database.command("profile", 0)
    assert {("b", 1), ("smoke", 2)} == {(count.tag.lower(), count.count) for count in counts}
    assert all(isinstance(count, TagCount) for count in counts)
    (read,) = await database["system.profile"].find({"op": "query", "ns": f"{database.name}.messages"}).to_list()
    assert (2, 2) == (read["docsExamined"], read["nreturned"])
