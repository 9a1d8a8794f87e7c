"""Dialogs for those who hear the page: where the focus is, and what is said while one is open."""

from __future__ import annotations

from playwright.async_api import expect

from clients.web.tests.browser.letters import letter, send
from clients.web.tests.browser.screens import focused, rows, settled

# As over plain HTTP from another machine, where browsers have the older way of copying only.
NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: undefined })"
LISTEN = "addEventListener('copy', () => { window.copied = document.activeElement.value; })"


async def test_a_dialog_that_shows_something_else_takes_the_focus_to_its_new_title(visit, account):
    page = await (await visit(account)).go()
    await settled(page)
    await page.get_by_role("button", name="New space").click()
    await page.get_by_role("textbox", name="Name").fill("Staging")

    await page.keyboard.press("Enter")

    await expect(page.get_by_role("dialog", name="The space is there")).to_be_visible()
    assert "H2 The space is there" == await focused(page)


async def test_what_is_copied_in_a_dialog_is_on_the_clipboard_and_said_in_it(visit, account):
    visitor = await visit(account)
    await visitor.context.add_init_script(NO_CLIPBOARD)
    page = await visitor.go()
    await settled(page)
    await page.get_by_role("button", name="New space").click()
    await page.get_by_role("button", name="Create", exact=True).click()
    await page.evaluate(LISTEN)

    await page.get_by_role("dialog").get_by_role("button", name="Copy password").click()

    await expect(page.get_by_role("dialog").get_by_role("status")).to_have_text("Copied")
    assert (await page.evaluate("window.copied")).startswith("mfs_")


async def test_after_chosen_messages_were_deleted_the_focus_is_on_one_that_is_left(visit, mayfly, account):
    inbox = account.inbox()
    send(mayfly.smtp_port, inbox["address"], *(letter(f"Mail {number}", "x\n") for number in range(3)))
    account.messages(inbox["id"])
    page = await (await visit(account)).go(f"inbox/{inbox['id']}")
    await expect(rows(page)).to_have_count(3)
    for chosen in (0, 1):
        await rows(page).nth(chosen).get_by_role("checkbox").check()

    await page.get_by_role("group", name="Chosen messages").get_by_role("button", name="Delete").click()
    await page.keyboard.press("Enter")

    await expect(rows(page)).to_have_count(1)
    await expect(rows(page).get_by_role("link")).to_be_focused()
