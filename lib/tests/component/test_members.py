"""Invitations to a team: for a week, and the address can be invited again afterwards."""

from datetime import timedelta

import pytest

from mayfly.failures import Conflict
from mayfly.records.member import Member
from mayfly.store import indexes
from mayfly.store.accounts import Accounts
from mayfly.store.client import connect
from mayfly.store.members import Members
from mayfly.testing.builders import NOON, make_account

WEEK = timedelta(days=7)


def _invitation(name, **values):
    given = {"email": "a@example.com", "code_hash": name.encode(), "expires_at": NOON + WEEK, **values}
    return Member(id=name, team_id="owner", status="invited", created_at=NOON, **given)


async def test_an_invitation_is_open_until_it_expires_and_then_makes_room(mongo_uri, mongo_database):
    async with connect(mongo_uri, mongo_database, "test") as database:
        await indexes.ensure(database)
        members, accounts = Members(database), Accounts(database)
        for name in ("owner", "invited"):
            await accounts.create(make_account(id=name))
        first = _invitation("first")
        await members.create(first, NOON)
        last, over = NOON + WEEK - timedelta(seconds=1), NOON + WEEK
        assert ["first"] == [found.id for found in await members.invitations("owner", last)]
        assert first == await members.invitation("first", b"first", last)
        assert (None, None) == (
            await members.invitation("first", b"first", over),
            await members.invitation("first", b"other", last),
        )
        with pytest.raises(Conflict):
            await members.create(_invitation("second"), last)
        assert not await members.accept(first, "invited", over)
        assert [] == await members.invitations("owner", over)
        await members.create(_invitation("second", expires_at=over + WEEK), over)
        assert await members.accept(_invitation("second"), "invited", over)
        assert "owner" == (await accounts.get("invited")).team_id
