"""The look-up of a later code reads an index, and few messages, whatever the message."""

from mayfly.store import indexes
from mayfly.store.client import connect
from mayfly.store.messages import Messages, _with_superseding
from mayfly.testing.builders import make_inbox, make_message


async def test_the_look_for_a_later_code_scans_no_collection(mongo_uri, mongo_database):
    inbox = make_inbox()
    mails = [make_message(inbox, from_address="a@example.com", otp=code) for code in ("1", None, "2", None)]
    others = [make_message(make_inbox(), from_address="a@example.com", otp="9") for _ in range(50)]
    async with connect(mongo_uri, mongo_database, "tests") as database:
        await indexes.ensure(database)
        messages = Messages(database)
        await messages.insert_missing([*mails, *others])
        found = await messages.with_superseding([mail.id for mail in mails])
        assert [mails[2].id, None, None, None] == [found[mail.id][1] for mail in mails]
        for mail in mails:
            asked = {"aggregate": "messages", "pipeline": _with_superseding([mail.id]), "cursor": {}}
            explained = await database.command("explain", asked, verbosity="executionStats")
            looked = next(stage for stage in explained["stages"] if "$lookup" in stage)
            assert 0 == looked["collectionScans"]
            assert looked["totalDocsExamined"] <= 3
