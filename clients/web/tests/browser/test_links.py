"""Links that bear the token of an inbox after their #: what they open, and what they leave behind."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from clients.web.tests.browser.screens import settled

KEPT = "JSON.stringify([location.href, history.length, { ...sessionStorage }, { ...localStorage }])"


@pytest.fixture
def space(account):
    """Return a new space with its token, by which alone it is opened without a key."""
    return account.api.post("/api/v1/spaces", json={"name": "Staging"}).raise_for_status().json()


async def test_a_token_opens_its_inbox_and_leaves_the_address_bar_at_once(visit, space):
    page = await (await visit()).go(f"inbox/{space['id']}#token={space['token']}")

    await expect(page.get_by_role("heading", level=1, name="Staging")).to_be_visible()
    await settled(page)
    assert page.url.endswith(f"/ui/inbox/{space['id']}")

    await page.reload()

    await expect(page.get_by_role("heading", level=1, name="Staging")).to_be_visible()


@pytest.mark.parametrize("wrong", ["anything", "mfi_" + 24 * "0f", "a%20b%0D%0Ax"])
async def test_a_token_that_opens_nothing_hides_no_inbox_from_who_has_its_key(visit, account, space, wrong):
    visitor = await visit(account)
    visitor.watch.allow("401", "404")

    page = await visitor.go(f"inbox/{space['id']}#token={wrong}")

    await expect(page.get_by_role("heading", level=1, name="Staging")).to_be_visible()
    assert wrong not in await page.evaluate(KEPT)
