"""Custom domains: claimed, proven by DNS (a resolver of the test's own), used, let go."""

import dns.rdatatype
import pytest


async def test_a_domain_is_added_verified_used_and_removed(make_gateway, names):
    gateway = await make_gateway(dns_resolver=names.address)
    key, stranger = await gateway.account(), await gateway.account()
    name = f"{gateway.person.split('@')[0]}.example.org"
    claim = (await gateway.http.post("/api/v1/domains", json={"name": name.upper()}, headers=key)).json()
    assert (name, False) == (claim["name"], claim["verified"])
    path = f"/api/v1/domains/{claim['id']}"
    assert 404 == (await gateway.http.post(f"{path}/verify", headers=stranger)).status_code
    first = (await gateway.http.post(f"{path}/verify", headers=key)).json()
    assert (False, False) == (first["txt_verified"], first["mx_verified"])
    assert claim["txt_token"] in first["txt_error"]
    assert 400 == (await gateway.http.post("/api/v1/inboxes", json={"domain": name}, headers=key)).status_code

    names.records[name, dns.rdatatype.TXT].append(f'"{claim["txt_token"]}"')
    names.records[name, dns.rdatatype.MX].append("10 mayfly.test.")
    assert {"txt_verified": True, "mx_verified": True} == (
        await gateway.http.post(f"{path}/verify", headers=key)
    ).json()
    inbox = await gateway.inbox(key, domain=name, local_part="me")
    assert f"me@{name}" == inbox["address"]
    assert 400 == (await gateway.http.post("/api/v1/inboxes", json={"domain": name}, headers=stranger)).status_code
    answer = (await gateway.http.get("/api/v1/domains", headers=key)).json()
    assert ["mayfly.test", "second.test"] == answer["mail_hosts"]
    listed = answer["domains"]
    assert {"name": name, "verified": True, "status": "verified", "mail_until": None}.items() <= listed[-1].items()
    names.records.clear()
    assert not (await gateway.http.post(f"{path}/verify", headers=key)).json()["txt_verified"]
    failing = (await gateway.http.get("/api/v1/domains", headers=key)).json()["domains"][-1]
    assert ("failing", True) == (failing["status"], failing["failing_since"] < failing["mail_until"])
    await gateway.inbox(key, domain=name)
    assert name not in (await gateway.http.get("/api/v1/domains", headers=stranger)).text

    assert 404 == (await gateway.http.delete(path, headers=stranger)).status_code
    assert 204 == (await gateway.http.delete(path, headers=key)).status_code
    assert 400 == (await gateway.http.post("/api/v1/inboxes", json={"domain": name}, headers=key)).status_code
    assert 404 == (await gateway.http.get(f"/api/v1/inboxes/{inbox['address']}", headers=key)).status_code


async def test_a_claim_holds_nobody_up(gateway):
    name = f"{gateway.person.split('@')[0]}.example.net"
    for key in (await gateway.account(), await gateway.account()):
        assert 201 == (await gateway.http.post("/api/v1/domains", json={"name": name}, headers=key)).status_code
        assert 409 == (await gateway.http.post("/api/v1/domains", json={"name": name}, headers=key)).status_code


@pytest.mark.parametrize(
    ("name", "status"),
    [("no domain", 400), ("local", 400), ("mayfly.test", 409), ("a..b", 400), ("p\u0430ypal.org", 400)],
)
async def test_not_every_name_can_be_claimed(gateway, name, status):
    answer = await gateway.http.post("/api/v1/domains", json={"name": name}, headers=await gateway.account())
    assert status == answer.status_code


async def test_domains_of_ones_own_are_a_feature_of_the_plan(gateway):
    answer = await gateway.http.post("/api/v1/domains", json={"name": "x.org"}, headers=await gateway.account("free"))
    assert (403, True) == (answer.status_code, "premium" in answer.json()["message"])


async def test_the_operator_keeps_a_public_domain_for_higher_plans(gateway):
    path = "/api/v1/admin/domains/second.test"
    try:
        assert 200 == (await gateway.http.put(path, json={"tier_required": 3}, headers=gateway.operator)).status_code
        refused = await gateway.http.post("/api/v1/inboxes/generate", json={"domain": "second.test"})
        assert (403, True) == (refused.status_code, "tier 3" in refused.json()["message"])
        await gateway.inbox(await gateway.account("pro"), domain="second.test")
    finally:
        await gateway.http.put(path, json={"tier_required": 0}, headers=gateway.operator)
