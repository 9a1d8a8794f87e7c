"""The operator's screens do what they offer: the page shows what the API then says."""

from __future__ import annotations

import re
import secrets

import httpx
import pytest
from playwright.async_api import expect


@pytest.fixture
def admin(mayfly):
    """Yield a client of the API with the operator's token."""
    headers = {"Authorization": f"Bearer {mayfly.admin_token}"}
    with httpx.Client(base_url=mayfly.http_url, trust_env=False, headers=headers, timeout=20) as api:
        yield api


async def test_the_tier_of_a_public_domain_is_changed(visit, admin):
    [domain, *_] = [each for each in admin.get("/api/v1/admin/domains").json()["domains"] if each["kind"] == "public"]
    page = await (await visit(operator=True)).go("operator/domains")
    row = page.get_by_role("row", name=re.compile(re.escape(domain["name"])))
    await expect(row.get_by_role("cell", name="everybody")).to_be_visible()
    try:
        await row.get_by_role("button", name=f"Change the tier of {domain['name']}").click()
        await page.get_by_role("spinbutton").fill("1")
        await page.get_by_role("dialog").get_by_role("button", name="Change", exact=True).click()
        await expect(row.get_by_role("cell", name="1", exact=True)).to_be_visible()
        assert 1 == admin.get("/api/v1/admin/domains").json()["domains"][0]["tier_required"]
    finally:
        admin.put(f"/api/v1/admin/domains/{domain['name']}", json={"tier_required": 0})


async def test_an_account_is_made_and_its_key_works(visit, admin, mayfly):
    page = await (await visit(operator=True)).go("operator/accounts")
    email = f"{secrets.token_hex(6)}@example.com"
    await page.get_by_role("button", name="New account").click()
    await page.get_by_label("E-mail").fill(email)
    await page.get_by_role("button", name="Make the account").click()
    key = (await page.locator("dialog .secret-once code").inner_text()).strip()
    async with httpx.AsyncClient(base_url=mayfly.http_url, trust_env=False) as api:
        answer = await api.get("/api/v1/account", headers={"X-API-Key": key})
    assert email == answer.json()["email"]
    await page.get_by_role("button", name="Done").click()
    await page.get_by_role("link", name="Usage").click()
    row = page.get_by_role("row", name=re.compile(re.escape(email)))
    await expect(row.get_by_role("cell", name="free")).to_be_visible()


async def test_who_has_no_token_is_asked_for_it_and_a_wrong_one_is_refused(visit, mayfly):
    visitor = await visit()
    visitor.watch.allow("401")
    page = await visitor.go("operator")
    await page.get_by_label("Operator's token", exact=True).fill("not-the-token")
    await page.get_by_role("button", name="Open the operator's screens").click()
    await expect(page.get_by_text("This is not the operator's token of this installation.")).to_be_visible()
    await page.get_by_label("Operator's token", exact=True).fill(mayfly.admin_token)
    await page.get_by_role("button", name="Open the operator's screens").click()
    await expect(page.get_by_role("heading", name="Operator: Overview")).to_be_visible()
    await expect(page.get_by_text("live inbox")).to_be_visible()
