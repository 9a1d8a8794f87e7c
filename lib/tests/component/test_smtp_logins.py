"""SMTP logins of spaces in the store."""

from collections.abc import AsyncIterator

import pytest

from mayfly.store import indexes
from mayfly.store.client import connect
from mayfly.store.smtp_logins import SmtpLogins
from mayfly.testing.builders import make_smtp_login


@pytest.fixture
async def logins(mongo_uri: str, mongo_database: str) -> AsyncIterator[SmtpLogins]:
    async with connect(mongo_uri, mongo_database, "test") as database:
        await indexes.ensure(database)
        yield SmtpLogins(database)


async def test_logins_are_found_by_their_space(logins):
    first, second, other = (make_smtp_login(space) for space in ("ab12cd34", "ab12cd34", "zz99zz99"))
    for login in (first, second, other):
        await logins.create(login)
    assert [second, first] == await logins.of_space("ab12cd34")
    found = await logins.of_spaces(["ab12cd34", "zz99zz99", "unknown0"])
    assert {"ab12cd34": {first.id, second.id}, "zz99zz99": {other.id}} == {
        space: {login.id for login in of} for space, of in found.items()
    }


async def test_a_revoked_login_is_gone_and_only_its_own_space_revokes_it(logins):
    first, second = make_smtp_login("ab12cd34"), make_smtp_login("ab12cd34")
    for login in (first, second):
        await logins.create(login)
    assert not await logins.delete("zz99zz99", first.id)
    assert await logins.delete("ab12cd34", first.id)
    assert not await logins.delete("ab12cd34", first.id)
    assert {"ab12cd34": [second]} == await logins.of_spaces(["ab12cd34", "zz99zz99"])


async def test_the_logins_of_ended_spaces_are_removed_together(logins):
    for space in ("aaaaaaaa", "bbbbbbbb", "cccccccc"):
        await logins.create(make_smtp_login(space))
    await logins.delete_of_spaces(["aaaaaaaa", "bbbbbbbb"])
    assert [0, 0, 1] == [len(await logins.of_space(space)) for space in ("aaaaaaaa", "bbbbbbbb", "cccccccc")]
