"""The page by its roles and names, as a person or a screen reader finds its parts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.async_api import expect

if TYPE_CHECKING:
    from playwright.async_api import FrameLocator, Locator, Page

# Frames of mail are no screens; the page's own main is one.
_SETTLED = """() => document.querySelector('main h1') !== null
    && document.querySelector('main .loading, main [aria-busy=true]') === null"""
LONGEST = 60_000  # milliseconds, until what is expected is there: a large mail, on a busy machine
_SHOW = "(url) => { history.pushState(null, '', url); dispatchEvent(new PopStateEvent('popstate')); }"


async def settled(page: Page) -> None:
    """Wait until the screen shows what it had to read."""
    await page.wait_for_function(_SETTLED)


async def show(page: Page, path: str) -> None:
    """Go to another screen as a link of the page does, without loading the page anew."""
    await page.evaluate(_SHOW, f"/ui/{path}")


def rows(page: Page) -> Locator:
    """Return the rows of the list of messages."""
    return page.get_by_role("list", name=re.compile("messages", re.IGNORECASE)).get_by_role("listitem")


def message(page: Page) -> Locator:
    """Return the message that is shown."""
    return page.get_by_role("article")


def mail_frame(page: Page) -> FrameLocator:
    """Return the frame with the HTML of the message."""
    return message(page).frame_locator("iframe")


async def tab(page: Page, name: str) -> None:
    """Choose a tab of the message."""
    await message(page).get_by_role("tab", name=re.compile(f"^{name}", re.IGNORECASE)).click()


async def subjects(page: Page) -> list[str]:
    """Return what the rows say, from the first on."""
    return await rows(page).all_inner_texts()


async def shows(page: Page, subject: str) -> None:
    """Wait until the message with this subject is shown."""
    await expect(message(page).get_by_role("heading", name=subject)).to_be_visible()


async def focused(page: Page) -> str:
    """Describe what has the keyboard's focus: `BODY` when nothing has."""
    told: str = await page.evaluate(
        """() => { const e = document.activeElement;
        return e === null || e === document.body ? 'BODY' : `${e.tagName} ${e.getAttribute('aria-label') ?? e.textContent?.trim().slice(0, 60)}`; }"""
    )
    return told
