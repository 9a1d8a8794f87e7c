"""Links that bear the token of an inbox after their #: what they open, and what they leave behind."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from clients.web.tests.browser.screens import settled, show

KEPT = "JSON.stringify([location.href, history.length, { ...sessionStorage }, { ...localStorage }])"


@pytest.fixture
def space(account):
    """Return a new space with its token, by which alone it is opened without a key."""
    return account.api.post("/api/v1/spaces", json={"name": "Staging"}).raise_for_status().json()


async def test_the_icon_is_that_of_the_page_on_every_screen(visit, space):
    page = await (await visit()).go(f"inbox/{space['id']}#token={space['token']}")
    icon = await page.locator("link[rel=icon]").evaluate("(link) => link.href")

    await show(page, "sign-in")

    assert icon == await page.locator("link[rel=icon]").evaluate("(link) => link.href")
    assert "image/svg+xml" == (await page.request.get(icon)).headers["content-type"]


async def test_a_secret_that_is_shown_once_is_not_left_without_a_question(visit, account):
    page = await (await visit(account)).go("account/keys")
    await page.get_by_role("button", name="Create a key").click()
    await page.get_by_role("dialog").get_by_label("Label").fill("CI")
    await page.get_by_role("dialog").get_by_role("button", name="Create the key").click()
    await expect(page.get_by_text("shown only now")).to_be_visible()
    questions = []
    page.once("dialog", lambda dialog: (questions.append(dialog.message), asyncio.ensure_future(dialog.dismiss())))

    await page.get_by_role("link", name="Webhooks").click()

    assert ["The key is shown only now. Leave without having stored it?"] == questions
    await expect(page.get_by_text("shown only now")).to_be_visible()

    await page.get_by_role("button", name="I have stored it").click()
    await page.get_by_role("link", name="Webhooks").click()

    await expect(page.get_by_role("heading", level=1, name="Webhooks")).to_be_visible()


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
