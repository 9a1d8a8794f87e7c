"""Limits and quotas are exact: over parallel requests, over gateways, over kinds of credentials."""

import asyncio
import secrets
from collections import Counter

import pytest

PLAN = """
[anonymous]
tier = 0
requests_per_minute = 60
burst = 1_000
calls_per_day = 50
active_inboxes = 3
creations_per_day = 5
longest_ttl = 3_600
custom_local_part = true

[free]
tier = 0
requests_per_minute = 60
burst = 20
active_inboxes = 3
longest_ttl = 3_600

[pro]
tier = 3
requests_per_minute = 60
burst = 100_000
calls_per_day = 100_000
active_inboxes = 3
longest_ttl = 3_600
"""


@pytest.fixture
def plans_file(tmp_path):
    (tmp_path / "plans.toml").write_text(PLAN)
    return str(tmp_path / "plans.toml")


async def test_the_daily_quota_is_exact_over_two_gateways(make_gateway, plans_file):
    gateways = [await make_gateway(plans_file=plans_file) for _ in range(2)]
    answers = await asyncio.gather(*(gateways[n % 2].http.get("/api/v1/domains") for n in range(80)))
    assert {200: 50, 429: 30} == Counter(answer.status_code for answer in answers)
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert "quota_exceeded" == refused.json()["error"]
    assert "0" == refused.headers["x-ratelimit-remaining"]
    assert 0 < int(refused.headers["retry-after"]) <= 86_400
    left = sorted(int(answer.headers["x-ratelimit-remaining"]) for answer in answers if answer.status_code == 200)
    assert list(range(50)) == left


async def test_the_bucket_is_exact_over_two_gateways_and_fills_up_again(make_gateway, plans_file):
    gateways = [await make_gateway(plans_file=plans_file) for _ in range(2)]
    key = await gateways[0].account("free")
    answers = await asyncio.gather(*(gateways[n % 2].http.get("/api/v1/domains", headers=key) for n in range(40)))
    granted = [answer for answer in answers if answer.status_code == 200]
    # One token flows in a second: more than the burst can only be what has come in meanwhile.
    assert 20 <= len(granted) <= 22
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert "rate_limit_exceeded" == refused.json()["error"]
    assert "1" == refused.headers["retry-after"]


async def test_every_admitted_answer_says_where_the_caller_stands(gateway):
    key = await gateway.account("pro")
    first = await gateway.http.get("/api/v1/inboxes", headers=key)
    missing = await gateway.http.get("/api/v1/inboxes/nobody@mayfly.test", headers=key)
    assert ("10000", "9999", "9998") == (
        first.headers["x-ratelimit-limit"],
        first.headers["x-ratelimit-remaining"],
        missing.headers["x-ratelimit-remaining"],
    )
    assert int(first.headers["x-ratelimit-reset"]) % 86_400 == 0


async def test_a_plan_without_a_daily_quota_shows_its_bucket(gateway):
    answer = await gateway.http.get("/api/v1/inboxes", headers=await gateway.account("premium"))
    assert ("100", "99") == (answer.headers["x-ratelimit-limit"], answer.headers["x-ratelimit-remaining"])


async def test_of_200_parallel_creations_at_limit_3_exactly_3_succeed(make_gateway, plans_file):
    gateways = [await make_gateway(plans_file=plans_file) for _ in range(2)]
    key = await gateways[0].account("pro")
    answers = await asyncio.gather(
        *(gateways[n % 2].http.post("/api/v1/inboxes", headers=key, timeout=60) for n in range(200))
    )
    assert {201: 3, 429: 197} == Counter(answer.status_code for answer in answers)
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert ("quota_exceeded", True) == (refused.json()["error"], "active inboxes" in refused.json()["message"])


async def test_deleting_an_inbox_makes_room(make_gateway, plans_file):
    gateway = await make_gateway(plans_file=plans_file)
    inboxes = [await gateway.inbox() for _ in range(3)]
    assert 429 == (await gateway.http.post("/api/v1/inboxes/generate")).status_code
    await gateway.http.delete(f"/api/v1/inboxes/{inboxes[0]['address']}")
    await gateway.inbox()


async def test_creations_a_day_are_counted_even_when_inboxes_go(make_gateway, plans_file):
    gateway = await make_gateway(plans_file=plans_file)
    for _ in range(5):
        inbox = await gateway.inbox()
        await gateway.http.delete(f"/api/v1/inboxes/{inbox['address']}")
    answer = await gateway.http.post("/api/v1/inboxes/generate")
    assert (429, True) == (answer.status_code, "creations per day" in answer.json()["message"])


async def test_forwarded_addresses_count_only_from_trusted_proxies(make_gateway, plans_file):
    # A database of its own, because other tests call from the peer's address too.
    own = {"plans_file": plans_file, "mongo_database": f"gateway_tests_{secrets.token_hex(4)}"}
    direct = await make_gateway(**own, trusted_proxies=())
    proxied = await make_gateway(**own, trusted_proxies=("127.0.0.0/8", "10.0.0.0/8"))

    async def remaining(gateway, forwarded):
        answer = await gateway.http.get("/api/v1/domains", headers={"X-Forwarded-For": forwarded})
        return int(answer.headers["x-ratelimit-remaining"])

    assert [49, 48] == [await remaining(direct, "198.51.100.1"), await remaining(direct, "198.51.100.2")]
    assert [49, 49] == [await remaining(proxied, "198.51.100.1"), await remaining(proxied, "198.51.100.2")]
    # What a client writes into the header itself stands before its real address.
    assert 48 == await remaining(proxied, "203.0.113.7, 198.51.100.1, 10.1.2.3")
    # One customer's IPv6 network is one subject.
    assert [49, 48] == [await remaining(proxied, "2001:db8::1"), await remaining(proxied, "2001:db8::2")]


async def test_the_inbox_tokens_calls_count_against_its_account(gateway):
    key = await gateway.account("pro")
    inbox = await gateway.inbox(key)
    token = {"Authorization": f"Bearer {inbox['token']}"}
    answer = await gateway.http.get(f"/api/v1/inboxes/{inbox['address']}", headers=token)
    assert ("10000", "9998") == (answer.headers["x-ratelimit-limit"], answer.headers["x-ratelimit-remaining"])


async def test_usage_tells_what_is_used_and_what_is_left(gateway):
    key = await gateway.account("pro")
    await gateway.inbox(key)
    used = (await gateway.http.get("/api/v1/usage", headers=key)).json()
    assert (2, 1, 1, 0) == tuple(
        used[name] for name in ("calls_today", "created_today", "active_inboxes", "archived_inboxes")
    )
    assert (10_000, 50) == (used["limits"]["calls_per_day"], used["limits"]["active_inboxes"])
    assert 1 == len(used["days"])


async def test_a_feature_the_plan_lacks_is_403_and_names_the_plan_that_has_it(gateway):
    for plan, wish, needed in (
        ("free", {"local_part": "mine"}, "hobbyist"),
        ("free", {"webhook_url": "https://your.app/hook"}, "hobbyist"),
        ("free", {"domain": "second.test"}, "premium"),
        ("premium", {"ttl_seconds": None}, "pro"),
    ):
        answer = await gateway.http.post("/api/v1/inboxes", json=wish, headers=await gateway.account(plan))
        assert (wish, 403, "forbidden") == (wish, answer.status_code, answer.json()["error"])
        assert needed in answer.json()["message"]


async def test_a_longer_life_than_the_plan_allows_is_403(gateway):
    answer = await gateway.http.post(
        "/api/v1/inboxes", json={"ttl_seconds": 3601}, headers=await gateway.account("free")
    )
    assert (403, True) == (answer.status_code, "3600" in answer.json()["message"])


async def test_what_a_gateway_took_ahead_comes_back_soon_after_the_last_call(make_gateway):
    here, there = [await make_gateway() for _ in range(2)]
    key = await here.account("pro")
    for _ in range(30):
        await here.http.get("/api/v1/inboxes", headers=key)
    # Its own report is exact at once.
    assert 31 == (await here.http.get("/api/v1/usage", headers=key)).json()["calls_today"]
    await here.http.get("/api/v1/inboxes", headers=key)
    made = 32
    async with asyncio.timeout(10):
        while made != (await there.http.get("/api/v1/usage", headers=key)).json()["calls_today"] - 1:
            made += 1
            await asyncio.sleep(0.05)
