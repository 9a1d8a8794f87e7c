"""By the keyboard alone: everything can be done, and the focus is never lost."""

from __future__ import annotations

import asyncio
import re

from playwright.async_api import expect

from clients.web.tests.browser.letters import letter, send
from clients.web.tests.browser.screens import focused, message, rows, shows

# An element that goes takes the focus with it; the browser then says that the body has it.
WATCH_FOCUS = """if (self === top) {
    window.lost = [];
    let since;
    const look = () => {
        const isLost = document.hasFocus() && document.activeElement === document.body && window.isUsed;
        if (isLost) since ??= performance.now();
        else since = undefined;
        if (since !== undefined && performance.now() - since > 150) { lost.push(`${location.pathname} after ${window.isUsed}`); since = Infinity; }
        requestAnimationFrame(look);
    };
    addEventListener('keydown', (event) => { window.isUsed = event.key; }, true);
    requestAnimationFrame(look);
}"""


async def _press(page, *keys):
    for key in keys:
        await page.keyboard.press(key)
        await asyncio.sleep(0.03)


async def _tab_to(page, name, most=60):
    """Go by Tab to what has this name, as a person would."""
    for _ in range(most):
        if re.search(name, await focused(page), re.IGNORECASE):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"{most} times Tab does not lead to {name}; last on {await focused(page)}")


async def test_an_inbox_is_made_read_searched_and_cleared_without_a_mouse(visit, mayfly):
    visitor = await visit(permissions=["clipboard-read", "clipboard-write"])
    await visitor.context.add_init_script(WATCH_FOCUS)
    page = await visitor.go()
    await page.wait_for_url("**/ui/inbox/00000000")  # where a machine's own mail is open, one begins with that
    await _tab_to(page, "Mayfly, start")
    await _press(page, "Enter")
    await expect(page.get_by_role("button", name="Make an inbox")).to_be_visible()
    await _tab_to(page, "Make an inbox")
    await _press(page, "Enter")
    await page.wait_for_url(re.compile(r"/ui/inbox/[0-9a-f-]{36}$"))
    shown = await page.wait_for_function(
        "() => document.querySelector('main').innerText.match(/[\\w.+-]+@[\\w.-]+/)?.[0]"
    )
    address = await shown.json_value()
    await asyncio.to_thread(
        send,
        mayfly.smtp_port,
        address,
        letter("Order", "Order 1 has shipped\n"),
        letter("Welcome", "Your code is 482193\n"),
        letter("Reset", "Your code is 771204\n"),
    )
    await expect(rows(page)).to_have_count(3)

    await _press(page, "j", "Enter")
    await shows(page, "Reset")
    await _tab_to(page, "Copy code 771204")
    await _press(page, "Enter")
    assert "771204" == await page.evaluate("navigator.clipboard.readText()")
    await _press(page, "j")
    await shows(page, "Welcome")
    await _press(page, "k")
    await shows(page, "Reset")
    await _press(page, "#")
    await _answer(page)
    await expect(rows(page)).to_have_count(2)
    assert "BODY" != await focused(page)
    await _press(page, "Escape")

    await _press(page, "/")
    await page.keyboard.type("subject:Order")
    await _press(page, "Enter")
    await expect(rows(page)).to_have_count(1)
    assert "q=subject" in page.url
    await page.keyboard.press("Control+A")
    await _press(page, "Delete", "Enter", "Escape")
    await expect(rows(page)).to_have_count(2)

    await _press(page, "?")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await _press(page, "Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await _press(page, "j", "x")
    assert 1 == await rows(page).get_by_role("checkbox", checked=True).count()
    await _press(page, "#")
    await _answer(page)
    await expect(rows(page)).to_have_count(1)
    assert "BODY" != await focused(page)
    assert [] == await page.evaluate("lost")


async def _answer(page):
    """Say yes by the keyboard if the page asks."""
    dialog = page.get_by_role("dialog")
    await asyncio.sleep(0.1)
    if await dialog.count():
        await _press(page, "Enter")
        await expect(dialog).to_have_count(0)


async def test_focus_follows_from_screen_to_screen(visit, account):
    visitor = await visit(account)
    await visitor.context.add_init_script(WATCH_FOCUS)
    page = await visitor.go()
    for name, heading in (("All mail", "All mail"), ("Account", "."), ("Mayfly, start", ".")):
        await page.get_by_role("link", name=name, exact=True).focus()
        await _press(page, "Enter")
        await expect(page.get_by_role("heading", level=1)).to_be_focused()
        await expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(heading))
    await page.go_back()
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert [] == await page.evaluate("lost")


async def test_a_mail_that_goes_elsewhere_does_not_take_the_focus_with_it(visit, account, mayfly):
    inbox = account.inbox()
    await asyncio.to_thread(
        send, mayfly.smtp_port, inbox["address"], *(letter(f"Mail {number}") for number in range(4))
    )
    visitor = await visit(account)
    visitor.watch.allow("404")  # of what is read of a mail while it goes
    await visitor.context.add_init_script(WATCH_FOCUS)
    page = await visitor.go(f"inbox/{inbox['id']}")
    await expect(rows(page)).to_have_count(4)
    await _press(page, "j", "j", "Enter")
    await expect(message(page)).to_be_visible()
    for entry in account.messages(inbox["id"])[1:]:
        account.api.delete(f"/api/v1/messages/{entry['id']}").raise_for_status()
    await expect(rows(page)).to_have_count(1)
    await asyncio.sleep(0.3)
    assert "BODY" != await focused(page)
    account.api.delete(f"/api/v1/inboxes/{inbox['id']}").raise_for_status()
    await expect(page.get_by_role("main")).to_contain_text(re.compile("deleted|ended|gone", re.IGNORECASE))
    await asyncio.sleep(0.3)
    assert "BODY" != await focused(page)


async def test_keys_of_the_page_do_nothing_while_one_types(visit, account, mayfly):
    inbox = account.inbox()
    await asyncio.to_thread(send, mayfly.smtp_port, inbox["address"], letter("Mail 1"))
    page = await (await visit(account)).go(f"inbox/{inbox['id']}")
    await expect(rows(page)).to_have_count(1)
    await _press(page, "/")
    await page.keyboard.type("jkx#?/")
    assert "jkx#?/" == await page.evaluate("document.activeElement.value")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert 1 == len(account.messages(inbox["id"]))
