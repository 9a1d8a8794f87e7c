"""One list of many inboxes: what it finds, and what it costs the store."""

from mayfly.events.facts import new_event_id
from mayfly.records.message import MessageFilter
from mayfly.store import indexes
from mayfly.store.account_messages import AccountMessages
from mayfly.store.client import connect
from mayfly.store.documents import to_document
from mayfly.testing.builders import make_inbox, make_message

INBOXES, EACH = 450, 3


async def test_the_newest_of_many_inboxes_cost_a_step_of_the_index_for_each(mongo_uri, mongo_database):
    async with connect(mongo_uri, mongo_database, "test") as database:
        await indexes.ensure(database)
        inboxes = [make_inbox(f"box{number}@mayfly.test", id=new_event_id()) for number in range(INBOXES)]
        stored = [make_message(inboxes[number % INBOXES]) for number in range(INBOXES * EACH)]
        await database["messages"].insert_many([to_document(message) for message in stored])
        ids = sorted((message.id for message in stored), reverse=True)
        messages = AccountMessages(database)
        await database.command("profile", 2)
        found = await messages.summaries([inbox.id for inbox in inboxes], MessageFilter(), limit=50)
        await database.command("profile", 0)
        read = [each async for each in database["system.profile"].find({"op": "query", "ns": {"$regex": "messages$"}})]
        assert ids[:50] == [summary.id for summary in found]
        assert INBOXES + 3 * 50 >= sum(each["keysExamined"] for each in read)
        assert not any(each.get("hasSortStage") for each in read)
        further = await messages.summaries(
            [inbox.id for inbox in inboxes], MessageFilter(), limit=INBOXES * EACH, before=ids[49]
        )
        assert ids[50:] == [summary.id for summary in further]
