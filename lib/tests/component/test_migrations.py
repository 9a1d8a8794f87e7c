"""Documents of earlier versions are brought up to date at start, however often that runs."""

from datetime import UTC, datetime

from mayfly.store import indexes, migrations
from mayfly.store.client import connect
from mayfly.store.endpoints import Endpoints


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
