"""The default space and spaces of verified domains in the real store."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from msgspec import structs

from mayfly.records.account import Account
from mayfly.records.inbox import ANY_DOMAIN, DEFAULT_SPACE_ID, OPERATOR
from mayfly.store import indexes
from mayfly.store.accounts import Accounts
from mayfly.store.client import Database, connect
from mayfly.store.creations import Creations
from mayfly.store.default_space import DefaultSpace
from mayfly.store.inboxes import Inboxes
from mayfly.testing.builders import NOON as NOW
from mayfly.testing.builders import UNLIMITED, make_inbox


@pytest.fixture
async def database(mongo_uri: str, mongo_database: str) -> AsyncIterator[Database]:
    async with connect(mongo_uri, mongo_database, "test") as database:
        await indexes.ensure(database)
        yield database


def account(account_id: str) -> Account:
    return Account(id=account_id, email=f"{account_id}@a.test", plan="pro", created_at=NOW)


async def test_gateways_that_start_together_make_one_default_space(database):
    await asyncio.gather(*(DefaultSpace(database).ensure("mayfly.test", NOW) for _ in range(5)))
    space = await Inboxes(database).get(DEFAULT_SPACE_ID, NOW + timedelta(days=10_000))
    assert ("space", "*@00000000.mayfly.test", OPERATOR, [ANY_DOMAIN], 500) == (
        space.kind,
        space.address,
        space.account_id,
        space.domains,
        space.retention.max_messages,
    )


async def test_it_belongs_to_the_first_account_and_stays_with_it(database):
    spaces = DefaultSpace(database)
    await spaces.ensure("mayfly.test", NOW)
    assert "one" == (await spaces.adopt("one")).account_id
    assert await spaces.adopt("two") is None
    await Accounts(database).create(account("a-first"))
    await spaces.ensure("mayfly.test", NOW)
    assert "one" == (await Inboxes(database).get(DEFAULT_SPACE_ID, NOW)).account_id


async def test_an_account_from_before_gets_it_at_once(database):
    await Accounts(database).create(account("b"))
    await Accounts(database).create(account("a"))
    await Accounts(database).create(structs.replace(account("0"), password_hash="of a stranger who registered"))
    await DefaultSpace(database).ensure("mayfly.test", NOW)
    assert "a" == (await Inboxes(database).get(DEFAULT_SPACE_ID, NOW)).account_id


async def test_a_start_keeps_what_was_changed_and_revives_what_was_deleted(database):
    spaces, inboxes = DefaultSpace(database), Inboxes(database)
    await spaces.ensure("mayfly.test", NOW)
    await inboxes.change(DEFAULT_SPACE_ID, NOW, {"label": "Ours"})
    await inboxes.delete(DEFAULT_SPACE_ID)
    assert await inboxes.get(DEFAULT_SPACE_ID, NOW) is None
    await spaces.ensure("other.test", NOW)
    space = await inboxes.get(DEFAULT_SPACE_ID, NOW)
    assert ("Ours", "*@00000000.other.test") == (space.label, space.address)


async def test_the_space_of_a_verified_domain_is_found_while_it_is_live(database):
    fields = {"kind": "space", "account_id": "a"}
    space = make_inbox("*@abcd1234.mayfly.test", id="abcd1234", domains=["corp.example", "b.example"], **fields)
    ended = make_inbox("*@ended123.mayfly.test", id="ended123", domains=["old.example"], expires_at=NOW, **fields)
    plain = make_inbox("ceo@corp.example", account_id="a")
    for inbox in (space, ended, plain):
        await Creations(database).create(inbox, UNLIMITED, NOW)
    found = await Inboxes(database).spaces_on(["corp.example", "old.example", "none.example"], NOW)
    assert {"corp.example": space} == {name: found[name] for name in ["corp.example"]}
    assert "old.example" not in found
