"""Quotas of messages and octets on a real store: per inbox, per holder, and given back by what is deleted."""

from types import SimpleNamespace

import pytest

from mayfly.records.inbox import InboxHolder
from mayfly.records.message import Attachment
from mayfly.service.fullness import Fullness, Shortage
from mayfly.service.plans import PlanTable, parse_plans
from mayfly.store import indexes
from mayfly.store.accounts import Accounts
from mayfly.store.attachments import Attachments
from mayfly.store.client import connect
from mayfly.store.creations import Creations
from mayfly.store.inboxes import Inboxes
from mayfly.store.messages import Messages
from mayfly.testing.builders import NOON, UNLIMITED, make_account, make_inbox, make_message

_PLAN = "tier = 0\nrequests_per_minute = 1\nburst = 1\nlongest_ttl = 60\n"
PLANS = f"""
[anonymous]\n{_PLAN}octets = 1_000\noctets_per_inbox = 400
[free]\n{_PLAN}
[team]\n{_PLAN}octets = 10_000\nteam = true
"""
PEER = "ip:192.0.2.0"


class World:
    def __init__(self, database) -> None:
        self.database = database
        self.now = 0.0
        self.accounts, self.messages = Accounts(database), Messages(database)
        self.fullness = self.another()

    def another(self) -> Fullness:
        """As of another process."""
        return Fullness(
            accounts=self.accounts,
            inboxes=Inboxes(self.database),
            messages=self.messages,
            plans=PlanTable(parse_plans(PLANS)),
            most_messages=5,
            clock=lambda: NOON,
            ticks=lambda: self.now,
        )

    async def inbox(self, **fields):
        inbox = make_inbox(**({"creator": PEER} | fields))
        await Creations(self.database).create(inbox, UNLIMITED, NOON)
        return inbox

    async def store(self, inbox, octets: int):
        message = make_message(inbox, raw_size=octets)
        await self.messages.insert_missing([message])
        return message


@pytest.fixture
async def world(mongo_uri, mongo_database):
    async with connect(mongo_uri, mongo_database, "test") as database:
        await indexes.ensure(database)
        yield World(database)


async def test_an_inbox_is_full_at_its_number_of_messages(world):
    inbox = await world.inbox()
    for _ in range(5):
        assert None is await world.fullness.shortage(inbox, 0)
        await world.store(inbox, 1)
        world.fullness.add(inbox.id, 1)
    assert Shortage("messages", 5) == await world.fullness.shortage(inbox, 0)
    # An attachment that is added needs no room for a message.
    assert None is await world.fullness.shortage(inbox, 1, messages=0)


async def test_a_space_is_never_full_of_messages_but_of_octets(world):
    space = await world.inbox(kind="space")
    for _ in range(6):
        await world.store(space, 50)
    assert None is await world.fullness.shortage(space, 100)
    assert Shortage("octets_per_inbox", 400) == await world.fullness.shortage(space, 101)


async def test_an_inbox_is_full_at_its_octets_and_a_mail_that_does_not_fit_is_refused_before(world):
    inbox = await world.inbox()
    await world.store(inbox, 300)
    assert None is await world.fullness.shortage(inbox, 100)
    assert Shortage("octets_per_inbox", 400) == await world.fullness.shortage(inbox, 101)
    assert None is await world.fullness.shortage(inbox, 0)
    await world.store(inbox, 100)
    shortage = await world.fullness.shortage(inbox, 0)
    assert Shortage("octets_per_inbox", 400) == shortage
    assert "400 octets" in str(shortage)


async def test_what_is_deleted_makes_room(world):
    inbox = await world.inbox()
    message = await world.store(inbox, 400)
    assert await world.fullness.shortage(inbox, 1)
    await world.messages.delete([message.id])
    assert None is await world.fullness.shortage(inbox, 400)


async def test_all_inboxes_that_one_address_created_count_together_and_no_others(world):
    boxes = [await world.inbox() for _ in range(3)]
    stranger = await world.inbox(creator="ip:192.0.2.9")
    for box in (*boxes, stranger):
        await world.store(box, 330)
    assert Shortage("octets", 1_000) == await world.fullness.shortage(boxes[0], 11)
    assert None is await world.fullness.shortage(boxes[0], 10)
    assert None is await world.fullness.shortage(stranger, 11)


async def test_an_inbox_that_has_ended_gives_its_octets_back(world):
    boxes = [await world.inbox() for _ in range(3)]
    for box in boxes:
        await world.store(box, 330)
    assert await world.fullness.shortage(boxes[0], 11)
    await Inboxes(world.database).delete(boxes[1].id)
    world.now += 1.1
    assert None is await world.fullness.shortage(boxes[0], 11)


async def test_the_copies_of_one_mail_to_inboxes_of_one_holder_count_each(world):
    boxes = [await world.inbox() for _ in range(4)]
    admitted: list[str] = []
    for box in boxes[:3]:
        assert None is await world.fullness.shortage(box, 300, besides=admitted)
        admitted.append(box.id)
    assert Shortage("octets", 1_000) == await world.fullness.shortage(boxes[3], 300, besides=admitted)
    stranger = await world.inbox(creator="ip:192.0.2.9")
    assert None is await world.fullness.shortage(stranger, 300, besides=admitted)


async def test_mail_that_was_accepted_here_counts_before_it_is_stored(world):
    inbox = await world.inbox()
    assert None is await world.fullness.shortage(inbox, 0)
    world.fullness.add(inbox.id, 199)
    # Less than half is used, so nothing is read again.
    assert Shortage("octets_per_inbox", 400) == await world.fullness.shortage(inbox, 202)
    other = await world.inbox()
    assert None is await world.fullness.shortage(other, 400)
    for _ in range(2):
        world.fullness.add(other.id, 201)
    assert Shortage("octets", 1_000) == await world.fullness.shortage(await world.inbox(), 400)


async def test_a_count_is_not_trusted_for_long(world):
    inbox = await world.inbox()
    await world.fullness.shortage(inbox, 0)
    await world.store(inbox, 400)
    world.now = 10.1
    assert await world.fullness.shortage(inbox, 0)


async def test_a_team_counts_together_within_the_plan_of_its_owner(world):
    owner = make_account(plan="team")
    member = make_account(plan="free", team_id=owner.id)
    for account in (owner, member):
        await world.accounts.create(account)
    theirs, mine = [await world.inbox(account_id=a.id, creator=None) for a in (owner, member)]
    await world.store(theirs, 9_000)
    assert Shortage("octets", 10_000) == await world.fullness.shortage(mine, 1_001)
    await world.accounts.change(member.id, {"team_id": None})
    world.now = 10.1
    # Its own plan has no limit.
    assert None is await world.fullness.shortage(mine, 1_000_000)


async def test_attachments_that_were_added_count_until_they_are_removed(world):
    inbox = await world.inbox()
    message = await world.store(inbox, 100)
    attachments = Attachments(world.database)
    for index in (1, 2):
        file = Attachment(index=index, filename="a", content_type="text/plain", size=100, sha256="0" * 64)
        assert await attachments.add(message.id, file)
    holder = InboxHolder(subject=PEER)
    assert 300 == await world.fullness.octets_of(holder)
    for _ in range(2):
        await attachments.remove(message.id, [1])
        assert 200 == await world.fullness.octets_of(holder)
    await attachments.remove(message.id, [2])
    assert 100 == await world.fullness.octets_of(holder)


async def test_removing_an_attachment_that_came_with_the_mail_gives_nothing_back(world):
    inbox = await world.inbox()
    file = Attachment(index=0, filename="a", content_type="text/plain", size=50, sha256="0" * 64)
    message = make_message(inbox, raw_size=100, attachments=[file])
    await world.messages.insert_missing([message])
    await Attachments(world.database).remove(message.id, [0])
    assert 100 == await world.fullness.octets_of(InboxHolder(subject=PEER))
    assert [] == (await world.messages.get(message.id)).attachments


async def test_the_sums_are_answered_from_an_index_alone(world):
    inbox = await world.inbox()
    for _ in range(3):
        await world.store(inbox, 10)
    pipeline = SimpleNamespace(seen=None)
    real = world.messages._messages

    class Watching:
        async def aggregate(self, stages):
            pipeline.seen = stages
            return await real.aggregate(stages)

    world.messages._messages = Watching()
    await world.messages.holdings_of_inboxes([inbox.id])
    command = {"aggregate": "messages", "pipeline": pipeline.seen, "cursor": {}}
    explained = await world.database.command("explain", command, verbosity="executionStats")
    assert '"totalDocsExamined": 0' in str(explained).replace("'", '"')
