"""What spaces keep no longer is deleted: the oldest first, for good, and of no other inbox."""

from datetime import timedelta

import pytest

from expiry_reaper.app import assemble_space_mail
from expiry_reaper.handlers.space_mail import SpaceMail
from mayfly.mail.message_id import first_id_at
from mayfly.records.inbox import Retention
from mayfly.records.octets import StoredPart
from mayfly.store.deletions import Deletions
from mayfly.store.horizons import Horizons
from mayfly.store.messages import Messages
from mayfly.store.octets import Octets
from mayfly.store.removal import Removal
from mayfly.store.spaces import Spaces
from mayfly.testing.builders import NOON, make_message

from .things import world


@pytest.fixture
async def scene(mongo_uri, mongo_database, clean_nats):
    async with world(mongo_uri, mongo_database, clean_nats) as scene:
        yield scene


async def space(scene, space_id="qa71kcs0", **retention):
    address = f"*@{space_id}.mayfly.test"
    kept = Retention(**retention)
    return await scene.inbox(address, id=space_id, kind="space", retention=kept, expires_at=None)


async def deliver(scene, inbox, *ages):
    """Store messages that came so many seconds before noon; their ids, in the order of `ages`."""
    ids = [first_id_at(NOON - timedelta(seconds=age)) for age in ages]
    await Messages(scene.database).insert_missing([make_message(inbox, id=message_id) for message_id in ids])
    await Octets(scene.database).insert_missing([StoredPart(message_id, inbox.id, "raw", b"x") for message_id in ids])
    return ids


async def kept(scene, inbox):
    return sorted(await Messages(scene.database).ids_of_inbox(inbox.id))


async def test_the_oldest_go_with_their_octets_and_stay_deleted_when_their_mail_comes_again(scene):
    few, many = await space(scene, max_messages=2), await space(scene, "another0", max_messages=9)
    ids = await deliver(scene, few, 40, 30, 20, 10)
    others = await deliver(scene, many, 400, 300, 200)
    prune = assemble_space_mail(scene.database, scene.clock)
    assert 2 == await prune()
    assert (ids[2:], others) == (await kept(scene, few), await kept(scene, many))
    assert [None, b"x"] == [await Octets(scene.database).get(ids[place], "raw") for place in (1, 2)]
    assert set(ids[:2]) == await Deletions(scene.database).among(ids)
    assert 0 == await prune()
    await deliver(scene, few, 5)
    assert 1 == await prune()
    assert ids[3] == (await kept(scene, few))[0]


async def test_a_message_goes_when_it_is_too_old_though_no_mail_comes(scene):
    inbox = await space(scene, max_age_seconds=60)
    ids = await deliver(scene, inbox, 30, 10)
    prune = assemble_space_mail(scene.database, scene.clock)
    assert 0 == await prune()
    scene.clock.advance(31)
    assert 1 == await prune()
    assert ids[1:] == await kept(scene, inbox)


async def test_a_smaller_retention_is_noticed_though_no_mail_comes(scene):
    inbox = await space(scene)
    ids = await deliver(scene, inbox, 30, 20, 10)
    prune = assemble_space_mail(scene.database, scene.clock)
    assert 0 == await prune()
    await Spaces(scene.database).change(inbox.id, scene.clock(), {"retention": Retention(max_messages=1)})
    assert 2 == await prune()
    assert ids[2:] == await kept(scene, inbox)


async def test_inboxes_and_ended_spaces_are_left_to_others(scene):
    inbox, ended = await scene.inbox("plain", expires_at=None), await space(scene, max_messages=1)
    await deliver(scene, inbox, 90_000_000, 1)
    await deliver(scene, ended, 2, 1)
    await scene.database["inboxes"].update_one({"_id": ended.id}, {"$set": {"status": "deleted"}})
    assert 0 == await assemble_space_mail(scene.database, scene.clock)()
    assert 1 == await scene.reap(10)
    assert 2 == len(await kept(scene, inbox))


async def test_a_flood_in_one_space_does_not_hold_up_the_others(scene):
    flooded, other = await space(scene, max_messages=1), await space(scene, "z0000000", max_messages=1)
    ids = await deliver(scene, flooded, *range(20, 0, -1))
    await deliver(scene, other, 300, 200)
    database = scene.database
    prune = SpaceMail(
        Horizons(database), Spaces(database), Messages(database), Removal(database), scene.clock, at_once=3, batches=2
    )
    assert 6 + 1 == await prune()
    assert ids[6:] == await kept(scene, flooded)
    assert [6, 6, 1, 0] == [await prune() for _ in range(4)]
    assert ids[19:] == await kept(scene, flooded)


async def test_two_reapers_at_once_delete_the_same(scene):
    inbox = await space(scene, max_messages=1)
    ids = await deliver(scene, inbox, *range(50, 0, -1))
    await assemble_space_mail(scene.database, scene.clock)()
    await assemble_space_mail(scene.database, scene.clock)()
    assert ids[-1:] == await kept(scene, inbox)


async def test_spaces_in_order_are_not_counted_again_until_something_changes(scene):
    quiet, busy = await space(scene), await space(scene, "busy0000")
    await deliver(scene, quiet, 30)
    await deliver(scene, busy, 20)
    prune, database = assemble_space_mail(scene.database, scene.clock), scene.database
    await prune()
    await database.command("profile", 2)
    try:
        await prune()
        await deliver(scene, busy, 10)
        await prune()
    finally:
        await database.command("profile", 0)
    counted = {"ns": f"{database.name}.messages", "command.pipeline.0.$match.inbox_id.$in": {"$exists": True}}
    asked = await database["system.profile"].find(counted).to_list()
    await database["system.profile"].drop()
    assert [[busy.id]] == [entry["command"]["pipeline"][0]["$match"]["inbox_id"]["$in"] for entry in asked]
