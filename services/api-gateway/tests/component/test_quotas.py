"""Quotas of octets at the HTTP door: mail put in, attachments added, and what usage says."""

import asyncio
import base64

import pytest

from mayfly.bus import topology
from mayfly.bus.claims import Claims
from mayfly.bus.connection import connect
from mayfly.service.plans import load_plans

_PLAN = "tier = {tier}\nrequests_per_minute = 10_000\nburst = 10_000\nlongest_ttl = 3_600\n"
_PLANS = "".join(
    f"[{name}]\n{_PLAN.format(tier=tier)}octets = 5_000\noctets_per_inbox = 3_000\n"
    for tier, name in enumerate(("anonymous", "free", "pro"))
)
RAW = {"Content-Type": "message/rfc822"}


@pytest.fixture
def plans_file(tmp_path):
    (tmp_path / "plans.toml").write_text(_PLANS)
    return str(tmp_path / "plans.toml")


async def inject(gateway, inbox, octets, key=None):
    mail = b"Subject: x\r\n\r\n".ljust(octets, b"x")
    path = f"/api/v1/inboxes/{inbox['address']}/messages"
    return await gateway.http.post(path, content=mail, headers=RAW | (key or {}))


async def test_mail_over_the_octets_of_its_inbox_is_refused_with_the_limit(make_gateway, deliver, plans_file):
    gateway = await make_gateway(plans_file=plans_file)
    inbox = await gateway.inbox()
    await deliver(inbox, b"x" * 2_000)
    assert 202 == (await inject(gateway, inbox, 1_000)).status_code
    answer = await inject(gateway, inbox, 1_001)
    assert (429, "quota_exceeded") == (answer.status_code, answer.json()["error"])
    assert "0" == answer.headers["x-ratelimit-remaining"]
    assert "3000 octets" in answer.json()["message"]
    assert int(answer.headers["retry-after"]) > 0


async def test_all_inboxes_of_an_account_count_together_and_usage_says_so(make_gateway, deliver, plans_file):
    gateway = await make_gateway(plans_file=plans_file)
    key = await gateway.account()
    boxes = [await gateway.inbox(key) for _ in range(2)]
    for box in boxes:
        message = await deliver(box, b"x" * 2_400)
    assert 429 == (await inject(gateway, boxes[0], 201, key)).status_code
    used = (await gateway.http.get("/api/v1/usage", headers=key)).json()
    assert (4_800, 5_000, 3_000) == (used["octets"], used["limits"]["octets"], used["limits"]["octets_per_inbox"])
    await gateway.http.delete(f"/api/v1/messages/{message.id}", headers=key)
    assert 2_400 == (await gateway.http.get("/api/v1/usage", headers=key)).json()["octets"]


async def test_attachments_that_are_added_count_too(make_gateway, deliver, plans_file):
    gateway = await make_gateway(plans_file=plans_file)
    key = await gateway.account()
    inbox = await gateway.inbox(key)
    message = await deliver(inbox, b"x" * 1_000, attachments=[])
    path = f"/v1/mailboxes/{inbox['id']}/mails/{message.id}/attachments"
    body = {"filename": "x", "data": base64.b64encode(b"x" * 1_500).decode()}
    added = [await gateway.http.post(path, json=body, headers=key) for _ in range(2)]
    assert [201, 429] == [answer.status_code for answer in added]
    await gateway.http.delete(f"{path}/{added[0].json()['id']}", headers=key)
    assert 201 == (await gateway.http.post(path, json=body, headers=key)).status_code


async def test_the_number_of_messages_of_an_inbox_is_bounded_for_injected_mail_too(make_gateway, deliver):
    gateway = await make_gateway(max_messages_per_inbox=2)
    inbox = await gateway.inbox()
    for _ in range(2):
        await deliver(inbox)
    answer = await inject(gateway, inbox, 100)
    assert 429 == answer.status_code
    assert "2 messages" in answer.json()["message"]


async def test_while_the_broker_has_little_room_mail_waits_for_inboxes_without_an_account_only(
    make_gateway, clean_nats
):
    async with connect(clean_nats, "test") as bus:
        await topology.ensure(bus)
        config = (await bus.jetstream.stream_info("MAIL")).config
        claim = await Claims(bus).put("waits", b"x" * 1_900_000)
        await bus.jetstream.update_stream(config, max_bytes=2_000_000)
        try:
            gateway = await make_gateway()
            key = await gateway.account()
            anonymous, owned = await gateway.inbox(), await gateway.inbox(key)
            async with asyncio.timeout(10):
                while 503 != (answer := await inject(gateway, anonymous, 100)).status_code:
                    await asyncio.sleep(0.01)
            assert "60" == answer.headers["retry-after"]
            assert 202 == (await inject(gateway, owned, 100, key)).status_code
        finally:
            await bus.jetstream.update_stream(config)
            await Claims(bus).delete(claim)


def test_no_preset_plan_is_without_quotas_of_octets():
    assert [] == [plan.name for plan in load_plans("").values() if None in {plan.octets, plan.octets_per_inbox}]


async def test_what_ends_credentials_works_when_the_day_is_used_up(make_gateway, tmp_path):
    """A stolen key must not be able to keep its owner from revoking it."""
    few = tmp_path / "few.toml"
    few.write_text(_PLANS.replace("octets = ", "calls_per_day = 3\noctets = "))
    gateway = await make_gateway(plans_file=str(few))
    stolen = await gateway.account()
    seen = [(await gateway.http.get("/api/v1/usage", headers=stolen)).status_code for _ in range(5)]
    assert 429 == seen[-1]
    listed = await gateway.http.get("/api/v1/api-keys", headers=stolen)
    assert 200 == listed.status_code
    assert 429 == (await gateway.http.post("/api/v1/api-keys", json={"label": "x"}, headers=stolen)).status_code
    assert 204 == (await gateway.http.delete("/api/v1/auth/sessions", headers=stolen)).status_code
    key_id = listed.json()[0]["id"]
    assert 204 == (await gateway.http.delete(f"/api/v1/api-keys/{key_id}", headers=stolen)).status_code
    assert 401 == (await gateway.http.get("/api/v1/usage", headers=stolen)).status_code
