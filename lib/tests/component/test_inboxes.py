"""Inboxes in the real store: one holder per address, exact expiry, leased reaping."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from mayfly.failures import Conflict
from mayfly.records.fault_plan import FaultPlan, FaultStep
from mayfly.records.inbox import Inbox
from mayfly.store import indexes
from mayfly.store.archive import Archive
from mayfly.store.client import Database, connect
from mayfly.store.creations import Creations
from mayfly.store.fault_plans import FaultPlans
from mayfly.store.inboxes import Inboxes
from mayfly.testing.builders import NOON as NOW
from mayfly.testing.builders import UNLIMITED, make_inbox


@pytest.fixture
async def database(mongo_uri: str, mongo_database: str) -> AsyncIterator[Database]:
    async with connect(mongo_uri, mongo_database, "test") as database:
        await indexes.ensure(database)
        yield database


@pytest.fixture
def inboxes(database: Database) -> Inboxes:
    return Inboxes(database)


@pytest.fixture
def create(database: Database) -> Callable[[Inbox, datetime], Awaitable[None]]:
    return lambda inbox, now: Creations(database).create(inbox, UNLIMITED, now)


def inbox(inbox_id: str, *, seconds: float | None = 60, local: str = "a") -> Inbox:
    return make_inbox(local, id=inbox_id, expires_at=None if seconds is None else NOW + timedelta(seconds=seconds))


async def test_an_inbox_is_found_until_its_moment_and_not_at_it(inboxes, create):
    await create(inbox("one"), NOW)
    found = await inboxes.find_among(["a@mayfly.test"], NOW + timedelta(seconds=59.999))
    assert "one" == found["a@mayfly.test"].id
    assert {} == await inboxes.find_among(["a@mayfly.test"], NOW + timedelta(seconds=60))
    assert None is await inboxes.get("one", NOW + timedelta(seconds=60))


async def test_a_persistent_inbox_does_not_expire(inboxes, create):
    await create(inbox("one", seconds=None), NOW)
    assert await inboxes.find_among(["a@mayfly.test"], NOW + timedelta(days=36500))


async def test_a_live_address_is_taken(create):
    await create(inbox("one"), NOW)
    with pytest.raises(Conflict):
        await create(inbox("two"), NOW)


async def test_an_expired_address_is_free_before_the_reaper_came(inboxes, create):
    await create(inbox("one", seconds=1), NOW)
    later = NOW + timedelta(seconds=1)
    await create(inbox("two"), later)
    found = await inboxes.find_among(["a@mayfly.test"], later)
    assert "two" == found["a@mayfly.test"].id


async def test_of_many_that_want_one_address_one_gets_it(create):
    results = await asyncio.gather(*(create(inbox(f"i{n}"), NOW) for n in range(20)), return_exceptions=True)
    assert 19 == sum(isinstance(result, Conflict) for result in results)


async def test_ended_inboxes_are_leased_once_until_the_lease_ends(inboxes, create):
    await create(inbox("expired", seconds=1, local="a"), NOW)
    await create(inbox("deleted", local="b"), NOW)
    await create(inbox("live", seconds=None, local="c"), NOW)
    await inboxes.delete("deleted")
    later = NOW + timedelta(seconds=2)
    lease = timedelta(seconds=30)
    first = await inboxes.lease_ended(later, lease="x", lease_until=later + lease, limit=10)
    assert {"expired": "expired", "deleted": "deleted"} == {leased.id: leased.status for leased in first}
    assert [] == await inboxes.lease_ended(later, lease="y", lease_until=later + lease, limit=10)
    after = later + lease
    assert 2 == len(await inboxes.lease_ended(after, lease="y", lease_until=after + lease, limit=10))
    await inboxes.remove(["expired", "deleted"])
    assert [] == await inboxes.lease_ended(after + lease, lease="z", lease_until=after + lease, limit=10)


async def test_an_inbox_that_has_ended_never_lives_again_whatever_is_done_to_it(database, inboxes, create):
    """So the mail of its messages needs no marks (mayfly.store.deletions)."""
    later, names = NOW + timedelta(seconds=61), ["expired", "deleted", "archived", "recoverable"]
    for name in names:
        is_kept = name in {"archived", "recoverable"}
        await create(make_inbox(name, id=name, expires_at=NOW + timedelta(seconds=60), recoverable=is_kept), NOW)
    await inboxes.delete("deleted")
    await Archive(database).archive("archived", NOW)
    for _ in range(2):
        for name in names:
            assert None is await inboxes.change(name, later, {"expires_at": later + timedelta(days=1)})
            await FaultPlans(database).put(name, FaultPlan(steps=[FaultStep(code=451)]))
            await Archive(database).archive(name, later)
        assert {} == await inboxes.live_among(names, later)
        await inboxes.lease_ended(later, lease="a", lease_until=later, limit=10)
        # Leased, and so ended for good: also for a process whose clock is behind.
        assert {} == await inboxes.live_among(names, NOW)
        await inboxes.remove(names)
