"""The list of API keys says which work now, and which one asks."""

from datetime import UTC, datetime, timedelta

from mayfly.store.client import connect

KEYS = "/api/v1/api-keys"


async def made(gateway, headers, **wish):
    answer = await gateway.http.post(KEYS, json=wish, headers=headers)
    assert 201 == answer.status_code, answer.text
    return answer.json()


async def listed(gateway, headers):
    return {key["label"]: key for key in (await gateway.http.get(KEYS, headers=headers)).json()}


async def test_the_key_that_asks_is_marked(gateway):
    owner = await gateway.account()
    second = await made(gateway, owner, label="second")
    assert ["first key"] == [name for name, key in (await listed(gateway, owner)).items() if key["is_current"]]
    keys = await listed(gateway, {"X-API-Key": second["plaintext"]})
    assert ["second"] == [name for name, key in keys.items() if key["is_current"]]


async def test_a_key_works_until_it_or_one_that_made_it_is_revoked_or_expires(gateway, mongo_uri, mongo_database):
    owner = await gateway.account()
    maker = await made(gateway, owner, label="maker", allowed_domains=["app.example"])
    from_site = {"X-API-Key": maker["plaintext"], "Origin": "https://app.example"}
    child = await made(gateway, from_site, label="child")
    short = await made(gateway, owner, label="short", expires_in_days=1)
    keys = await listed(gateway, owner)
    assert {"first key", "maker", "child", "short"} == {name for name, key in keys.items() if key["is_usable"]}
    assert [maker["id"]] == keys["child"]["made_by"]
    async with connect(mongo_uri, mongo_database, "test") as database:
        past = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=1)
        await database["api_keys"].update_one({"_id": maker["id"]}, {"$set": {"expires_at": past}})
    keys = await listed(gateway, owner)
    assert {"first key", "short"} == {name for name, key in keys.items() if key["is_usable"]}
    assert (child["id"], True, past) == (
        keys["child"]["id"],
        keys["child"]["is_active"],
        datetime.fromisoformat(keys["maker"]["expires_at"]),
    )
    assert 204 == (await gateway.http.delete(f"{KEYS}/{short['id']}", headers=owner)).status_code
    short = (await listed(gateway, owner))["short"]
    assert (False, False) == (short["is_active"], short["is_usable"])
