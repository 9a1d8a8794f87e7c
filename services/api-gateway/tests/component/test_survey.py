"""What the operator sees of the whole installation, and nobody else."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from mayfly import __version__

ADMIN = "/api/v1/admin"
PATHS = [f"{ADMIN}/{name}" for name in ("overview", "domains", "consumers", "analytics")]


async def seen(gateway, name, **query):
    answer = await gateway.http.get(f"{ADMIN}/{name}", params=query, headers=gateway.operator)
    assert 200 == answer.status_code, answer.text
    return answer


@pytest.mark.parametrize("path", PATHS)
async def test_they_are_the_operators_alone(gateway, path):
    for headers in ({}, await gateway.account("team"), {"Authorization": "Bearer wrong"}):
        assert 401 == (await gateway.http.get(path, headers=headers)).status_code


async def test_usage_of_an_account_says_what_it_called_and_what_it_holds(gateway, deliver):
    owner, other = await gateway.account("pro", gateway.person), await gateway.account("free")
    inboxes = [await gateway.inbox(owner) for _ in range(2)]
    messages = [await deliver(inbox, b"x" * 1000) for inbox in (*inboxes, inboxes[0])]
    await gateway.http.get("/api/v1/account", headers=other)
    found = (await seen(gateway, "analytics", limit=2)).json()
    newest, account = found["accounts"]
    assert (gateway.person, "pro", False, None) == (
        account["email"],
        account["plan"],
        account["is_suspended"],
        account["team_id"],
    )
    assert (2, 3, sum(message.raw_size for message in messages)) == (
        account["inboxes"],
        account["messages"],
        account["octets"],
    )
    assert (2, 2, 0, 0) == tuple(
        account[name] for name in ("calls_today", "calls_30_days", "rejected_today", "rejected_30_days")
    )
    assert abs(datetime.fromisoformat(account["last_call_at"]) - datetime.now(UTC)) < timedelta(minutes=1)
    assert (1, 0, 0, 0) == tuple(newest[name] for name in ("calls_today", "inboxes", "messages", "octets"))
    assert datetime.now(UTC).strftime("%Y-%m-%d") == found["days"][0]["day"]
    assert found["days"][0]["calls"] >= 3


_FEW = """
[{name}]
tier = 0
requests_per_minute = 1
burst = {burst}
longest_ttl = 3_600
"""


async def test_rejected_calls_are_counted_and_suspended_accounts_say_so(make_gateway, tmp_path):
    plans = tmp_path / "plans.toml"
    plans.write_text(_FEW.format(name="anonymous", burst=100) + _FEW.format(name="free", burst=5))
    gateway = await make_gateway(plans_file=str(plans))
    key = await gateway.account("free", gateway.person)
    answers = await asyncio.gather(*(gateway.http.get("/api/v1/account", headers=key) for _ in range(12)))
    rejected = [answer.status_code for answer in answers].count(429)
    assert rejected >= 6
    account_id = (await seen(gateway, "accounts", limit=1)).json()["accounts"][0]["id"]
    await gateway.http.patch(f"{ADMIN}/accounts/{account_id}", json={"suspended": True}, headers=gateway.operator)
    (account,) = (await seen(gateway, "analytics", limit=1)).json()["accounts"]
    assert (account_id, True, rejected) == (account["account_id"], account["is_suspended"], account["rejected_today"])
    assert 12 - rejected == account["calls_today"]


async def test_accounts_come_in_pages(gateway):
    for _ in range(3):
        await gateway.account()
    first = await seen(gateway, "analytics", limit=2)
    second = await seen(gateway, "analytics", limit=2, cursor=first.headers["x-next-cursor"])
    ids = [account["account_id"] for page in (first, second) for account in page.json()["accounts"]]
    assert ids == sorted(set(ids), reverse=True)
    assert 'rel="next"' in first.headers["link"]


async def test_an_account_that_never_called_has_no_last_call(gateway):
    await gateway.account()
    (account,) = (await seen(gateway, "analytics", limit=1)).json()["accounts"]
    assert (None, 0, 0) == (account["last_call_at"], account["calls_30_days"], account["inboxes"])


async def test_domains_are_public_or_of_an_account(gateway):
    found = {domain["name"]: domain for domain in (await seen(gateway, "domains", limit=100)).json()["domains"]}
    public = found["mayfly.test"]
    assert ("public", None, None, True, False) == tuple(
        public[name] for name in ("kind", "account_id", "email", "takes_mail", "suspended")
    )
    await gateway.http.put(f"{ADMIN}/domains/second.test", json={"tier_required": 3}, headers=gateway.operator)
    try:
        first = await seen(gateway, "domains", limit=1)
        after = await seen(gateway, "domains", limit=100, cursor="mayfly.test")
        assert first.headers["x-next-cursor"] == first.json()["domains"][0]["name"]
        assert 3 == next(one for one in after.json()["domains"] if one["name"] == "second.test")["tier_required"]
        assert "mayfly.test" not in {one["name"] for one in after.json()["domains"]}
    finally:
        await gateway.http.put(f"{ADMIN}/domains/second.test", json={"tier_required": 0}, headers=gateway.operator)


async def test_consumers_say_what_waits_for_them_and_streams_what_they_hold(gateway, deliver):
    await deliver(await gateway.inbox(await gateway.account()))
    found = (await seen(gateway, "consumers")).json()
    consumers = {consumer["name"]: consumer for consumer in found["consumers"]}
    assert {"parser": "MAIL", "dispatcher": "EVENTS", "attempts": "DELIVERIES"} == {
        name: consumer["stream"] for name, consumer in consumers.items()
    }
    # No dispatcher runs here, so the event waits.
    assert consumers["dispatcher"]["pending"] >= 1
    assert (0, 0, None) == tuple(
        consumers["dispatcher"][name] for name in ("ack_pending", "redelivered", "last_delivered_at")
    )
    streams = {stream["name"]: stream for stream in found["streams"]}
    assert {"MAIL", "EVENTS", "DELIVERIES", "DEAD_LETTERS", "OBJ_MAIL_OCTETS"} == set(streams)
    events = streams["EVENTS"]
    assert events["messages"] >= 1
    assert events["bytes"] > 0
    assert datetime.fromisoformat(events["first_at"]) <= datetime.fromisoformat(events["last_at"])


async def test_the_overview_has_version_totals_and_what_needs_attention(gateway, make_gateway, deliver):
    before = (await seen(gateway, "overview")).json()
    await deliver(await gateway.inbox(await gateway.account()))
    after = (await seen(gateway, "overview")).json()
    assert (__version__, None, False, False) == tuple(
        after[name] for name in ("version", "grafana_url", "is_in_maintenance", "is_test_clock")
    )
    assert (1, 1, 1) == tuple(after[name] - before[name] for name in ("accounts", "inboxes", "messages"))
    assert after["calls_today"] > before["calls_today"]
    other = await make_gateway(grafana_url="https://grafana.example/d/mayfly")
    assert "https://grafana.example/d/mayfly" == (await seen(other, "overview")).json()["grafana_url"]
