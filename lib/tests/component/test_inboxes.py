"""Inboxes in the real store: one holder per address, exact expiry, leased reaping."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from mayfly.failures import Conflict
from mayfly.records.inbox import Inbox
from mayfly.store import indexes
from mayfly.store.client import connect
from mayfly.store.inboxes import Inboxes
from mayfly.testing.builders import NOON as NOW
from mayfly.testing.builders import make_inbox


@pytest.fixture
async def inboxes(mongo_uri: str, mongo_database: str) -> AsyncIterator[Inboxes]:
    async with connect(mongo_uri, mongo_database, "test") as database:
        await indexes.ensure(database)
        yield Inboxes(database)


def inbox(inbox_id: str, *, seconds: float | None = 60, local: str = "a") -> Inbox:
    return make_inbox(local, id=inbox_id, expires_at=None if seconds is None else NOW + timedelta(seconds=seconds))


async def test_an_inbox_is_found_until_its_moment_and_not_at_it(inboxes):
    await inboxes.create(inbox("one"), NOW)
    found = await inboxes.find("a@mayfly.test", NOW + timedelta(seconds=59.999))
    assert found is not None
    assert "one" == found.id
    assert None is await inboxes.find("a@mayfly.test", NOW + timedelta(seconds=60))
    assert None is await inboxes.get("one", NOW + timedelta(seconds=60))


async def test_a_persistent_inbox_does_not_expire(inboxes):
    await inboxes.create(inbox("one", seconds=None), NOW)
    assert await inboxes.find("a@mayfly.test", NOW + timedelta(days=36500))


async def test_a_live_address_is_taken(inboxes):
    await inboxes.create(inbox("one"), NOW)
    with pytest.raises(Conflict):
        await inboxes.create(inbox("two"), NOW)


async def test_an_expired_address_is_free_before_the_reaper_came(inboxes):
    await inboxes.create(inbox("one", seconds=1), NOW)
    later = NOW + timedelta(seconds=1)
    await inboxes.create(inbox("two"), later)
    found = await inboxes.find("a@mayfly.test", later)
    assert found is not None
    assert "two" == found.id


async def test_of_many_that_want_one_address_one_gets_it(inboxes):
    results = await asyncio.gather(*(inboxes.create(inbox(f"i{n}"), NOW) for n in range(20)), return_exceptions=True)
    assert 19 == sum(isinstance(result, Conflict) for result in results)


async def test_ended_inboxes_are_claimed_once_until_the_lease_ends(inboxes):
    await inboxes.create(inbox("expired", seconds=1, local="a"), NOW)
    await inboxes.create(inbox("deleted", local="b"), NOW)
    await inboxes.create(inbox("live", seconds=None, local="c"), NOW)
    await inboxes.delete("deleted")
    later = NOW + timedelta(seconds=2)
    lease = timedelta(seconds=30)
    first = await inboxes.lease_ended(later, lease="x", lease_until=later + lease, limit=10)
    assert {"expired": "expired", "deleted": "deleted"} == {claimed.id: claimed.status for claimed in first}
    assert [] == await inboxes.lease_ended(later, lease="y", lease_until=later + lease, limit=10)
    after = later + lease
    assert 2 == len(await inboxes.lease_ended(after, lease="y", lease_until=after + lease, limit=10))
    await inboxes.remove(["expired", "deleted"])
    assert [] == await inboxes.lease_ended(after + lease, lease="z", lease_until=after + lease, limit=10)
