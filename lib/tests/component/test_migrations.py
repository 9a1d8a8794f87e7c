"""Documents of earlier versions are brought up to date at start, however often that runs."""

from datetime import UTC, datetime

from mayfly.store import indexes, migrations
from mayfly.store.accounts import Accounts
from mayfly.store.client import connect
from mayfly.store.endpoints import Endpoints
from mayfly.store.members import Members


def _endpoint(name, **values):
    old = {"_id": name, "account_id": "a", "url": "https://x.example", "secret": "s", "created_at": datetime.now(UTC)}
    return {**old, "inbox_id": None, "format": "standard", "events": [], "description": "", **values}


async def test_endpoints_learn_who_created_them(mongo_uri, mongo_database):
    async with connect(mongo_uri, mongo_database, "test") as database:
        await database["webhook_endpoints"].insert_many(
            [
                _endpoint("by-api"),
                _endpoint("by-inbox", format="vaultmail", inbox_id="i"),
                _endpoint("by-api-for-inbox", format="vaultmail", inbox_id="i", description="mine"),
                _endpoint("by-account", format="ephemask"),
                {k: v for k, v in _endpoint("sparse", format="vaultmail", inbox_id="i").items() if k != "events"},
                _endpoint("new", format="vaultmail", inbox_id="i", origin="api"),
            ]
        )
        expected = {
            "by-api": "api",
            "by-inbox": "inbox",
            "by-api-for-inbox": "api",
            "by-account": "account",
            "new": "api",
            "sparse": "inbox",
        }
        for _ in range(2):
            await indexes.ensure(database)
            await migrations.apply(database)
            found = await Endpoints(database).among(list(expected))
            assert expected == {name: endpoint.origin for name, endpoint in found.items()}


def _account(name, team=None):
    return {
        "_id": name,
        "email": f"{name}@example.com",
        "plan": "pro",
        "created_at": datetime.now(UTC),
        "team_id": team,
    }


def _member(name, account_id, **values):
    old = {"_id": name, "team_id": "owner", "email": f"{name}@example.com", "created_at": datetime.now(UTC)}
    return {**old, "status": "active", "name": None, "account_id": account_id, **values}


async def test_accounts_that_never_accepted_a_membership_have_their_own_plan_back(mongo_uri, mongo_database):
    async with connect(mongo_uri, mongo_database, "test") as database:
        accounts, members = Accounts(database), Members(database)
        await database["accounts"].insert_many(
            [
                _account("owner"),
                _account("captured", "owner"),
                _account("agreed", "owner"),
                _account("no-record", "owner"),
            ]
        )
        await database["members"].insert_many(
            [
                _member("m-captured", "captured"),
                _member("m-agreed", "agreed", accepted_at=datetime.now(UTC)),
                _member("m-nobody", None),
                _member("m-invited", None, status="invited"),
            ]
        )
        for _ in range(2):
            await migrations.apply(database)
            teams = {name: (await accounts.get(name)).team_id for name in ("captured", "agreed", "no-record")}
            assert {"captured": None, "agreed": "owner", "no-record": None} == teams
            listed = {member.id: member.account_id for member in await members.members("owner")}
            assert {"m-captured": None, "m-agreed": "agreed", "m-nobody": None} == listed
            assert [] == await members.invitations("owner", datetime.now(UTC))
