"""The operator: accounts, maintenance, usage of all, dead letters."""

import asyncio

from mayfly.bus.connection import connect as connect_bus
from mayfly.events import subjects


async def test_accounts_are_made_listed_and_changed(gateway):
    key = await gateway.account("free", gateway.person)
    listed = (await gateway.http.get("/api/v1/admin/accounts?limit=1", headers=gateway.operator)).json()["accounts"]
    assert [(gateway.person, "free", False)] == [(a["email"], a["plan"], a["suspended"]) for a in listed]
    path = f"/api/v1/admin/accounts/{listed[0]['id']}"
    assert "pro" == (await gateway.http.patch(path, json={"plan": "pro"}, headers=gateway.operator)).json()["plan"]
    assert "pro" == (await gateway.http.get("/api/v1/usage", headers=key)).json()["plan"]
    unknown = await gateway.http.patch(path, json={"plan": "gold"}, headers=gateway.operator)
    assert (400, True) == (unknown.status_code, "plan" in unknown.json()["message"])
    made = (await gateway.http.post(f"{path}/api-keys", headers=gateway.operator)).json()
    assert 200 == (await gateway.http.get("/api/v1/account", headers={"X-API-Key": made["api_key"]})).status_code
    assert 2 == len((await gateway.http.get(f"{path}/api-keys", headers=gateway.operator)).json())
    revoked = await gateway.http.delete(f"{path}/api-keys/{made['id']}", headers=gateway.operator)
    assert 204 == revoked.status_code
    assert 401 == (await gateway.http.get("/api/v1/account", headers={"X-API-Key": made["api_key"]})).status_code


async def test_only_the_operators_token_opens_the_operators_calls(gateway, make_gateway):
    key = await gateway.account("team")
    for headers in ({}, key, {"Authorization": "Bearer wrong"}):
        assert 401 == (await gateway.http.get("/api/v1/admin/usage", headers=headers)).status_code
    without = await make_gateway(admin_token="")
    assert 401 == (await without.http.get("/api/v1/admin/usage", headers={"Authorization": "Bearer x"})).status_code


async def test_maintenance_closes_the_api_everywhere_but_for_the_operator(make_gateway):
    gateways = [await make_gateway(mongo_database="gateway_maintenance") for _ in range(2)]
    path = "/api/v1/admin/maintenance"
    await gateways[0].http.put(path, json={"enabled": True}, headers=gateways[0].operator)
    async with asyncio.timeout(1):
        while (await gateways[1].http.get("/api/v1/domains")).status_code != 503:
            await asyncio.sleep(0.01)
    closed = await gateways[0].http.get("/api/v1/domains")
    assert (503, "service_unavailable", "60") == (
        closed.status_code,
        closed.json()["error"],
        closed.headers["retry-after"],
    )
    for open_path in ("/health", "/ready", "/openapi.json"):
        assert 200 == (await gateways[1].http.get(open_path)).status_code
    late = await make_gateway(mongo_database="gateway_maintenance")
    assert 503 == (await late.http.get("/api/v1/domains")).status_code
    await late.http.put(path, json={"enabled": False}, headers=late.operator)
    async with asyncio.timeout(1):
        while (await gateways[0].http.get("/api/v1/domains")).status_code != 200:
            await asyncio.sleep(0.01)


async def test_usage_of_all_names_those_who_call_most(gateway):
    key = await gateway.account("pro")
    for _ in range(3):
        await gateway.http.get("/api/v1/domains", headers=key)
    used = (await gateway.http.get("/api/v1/admin/usage", headers=gateway.operator)).json()
    assert used["calls_today"] >= 3
    assert used["calls_today"] == used["days"][0]["calls"]
    assert used["top"][0]["calls"] >= 3


async def test_dead_letters_are_shown_replayed_and_discarded(gateway, clean_nats):
    async with connect_bus(clean_nats, "test") as bus:
        headers = {
            subjects.DEAD_REASON_HEADER: "for the test",
            subjects.DEAD_SUBJECT_HEADER: "mayfly.event.account.x.test",
            subjects.DEAD_CONSUMER_HEADER: "dispatcher",
            subjects.DEAD_DELIVERIES_HEADER: "10",
            subjects.TYPE_HEADER: "unknown",
        }
        for number in range(2):
            await bus.jetstream.publish(subjects.dead_letter("EVENTS", f"t{number}"), b"payload", headers=headers)
    path = "/api/v1/admin/dead-letters"
    letters = (await gateway.http.get(path, headers=gateway.operator)).json()["dead_letters"]
    first, second = letters[-2:]
    assert ("for the test", "EVENTS", 10) == (first["reason"], first["stream"], first["deliveries"])
    shown = (await gateway.http.get(f"{path}/{first['id']}", headers=gateway.operator)).json()
    assert (first, None) == (shown["letter"], shown["mail"])
    assert 204 == (await gateway.http.post(f"{path}/{first['id']}/replay", headers=gateway.operator)).status_code
    assert 204 == (await gateway.http.delete(f"{path}/{second['id']}", headers=gateway.operator)).status_code
    for gone in (first, second):
        assert 404 == (await gateway.http.get(f"{path}/{gone['id']}", headers=gateway.operator)).status_code
