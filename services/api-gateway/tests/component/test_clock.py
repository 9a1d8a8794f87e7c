"""The test clock: an operator's of a test installation, and nobody else's."""

import pytest

CLOCK = "/api/v1/admin/clock"


async def test_what_has_expired_by_the_advanced_clock_is_gone_in_every_replica(make_gateway):
    gateway, replica = await make_gateway(test_clock=True), await make_gateway(test_clock=True)
    inbox = await gateway.inbox()
    path = f"/api/v1/inboxes/{inbox['address']}"
    answer = await gateway.http.put(CLOCK, json={"advance_seconds": 3599}, headers=gateway.operator)
    assert (200, 3599) == (answer.status_code, answer.json()["ahead_seconds"])
    assert 200 == (await gateway.http.get(path)).status_code
    await gateway.http.put(CLOCK, json={"advance_seconds": 2}, headers=gateway.operator)
    assert 404 == (await gateway.http.get(path)).status_code
    for _ in range(100):
        if (await replica.http.get(path)).status_code == 404:
            break
    assert 404 == (await replica.http.get(path)).status_code
    later = await make_gateway(test_clock=True)
    assert 3601 == (await later.http.get(CLOCK, headers=later.operator)).json()["ahead_seconds"]


async def test_elsewhere_the_clock_cannot_be_touched(gateway):
    assert 404 == (await gateway.http.get(CLOCK, headers=gateway.operator)).status_code
    answer = await gateway.http.put(CLOCK, json={"advance_seconds": 60}, headers=gateway.operator)
    assert (404, "not_found") == (answer.status_code, answer.json()["error"])


@pytest.mark.parametrize("seconds", [-1, 1e12, "soon", None])
async def test_it_goes_forward_only_and_not_for_ever(make_gateway, seconds):
    gateway = await make_gateway(test_clock=True)
    answer = await gateway.http.put(CLOCK, json={"advance_seconds": seconds}, headers=gateway.operator)
    assert 400 == answer.status_code
    assert "advance_seconds" in answer.json()["message"]


async def test_only_the_operator_may(make_gateway):
    gateway = await make_gateway(test_clock=True)
    for headers in ({}, await gateway.account()):
        assert 401 == (await gateway.http.put(CLOCK, json={"advance_seconds": 1}, headers=headers)).status_code
