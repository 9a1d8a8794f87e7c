"""Every screen, in light and dark, wide and on a phone: axe finds nothing, and nothing scrolls sideways."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from clients.web.tests.browser.axe import audit
from clients.web.tests.browser.furnishing import Furnished
from clients.web.tests.browser.screens import message, rows, settled, tab
from clients.web.tests.browser.visiting import DESK, PHONE, Account

ACCOUNT = ("keys", "webhooks", "domains", "team", "usage", "security")
OPERATOR = ("overview", "accounts", "usage", "dead-letters", "domains", "mail")
SCREENS = {
    "start without a key": ("", None),
    "start": ("", "account"),
    "an inbox with mail": ("inbox/{full}", "account"),
    "an empty inbox": ("inbox/{empty}", "account"),
    "all mail": ("all", "account"),
    "all mail, one shown": ("all/{rich}", "account"),
    "a search": ("inbox/{full}?q=from:shop", "account"),
    "a search without a match": ("inbox/{full}?q=nothing-like-it", "account"),
    "a message": ("inbox/{full}/{rich}", "account"),
    "waiting": ("wait/{full}", "account"),
    "sign in": ("sign-in", None),
    "no such screen": ("nowhere", None),
    **{f"account, {section}": (f"account/{section}", "account") for section in ACCOUNT},
    **{f"operator, {section}": (f"operator/{section}", "operator") for section in OPERATOR},
}
# Light and dark, wide and narrow, in as few rounds as it takes.
LOOKS = (("light", DESK), ("dark", PHONE))
NARROW = ({"width": 320, "height": 640}, {"width": 640, "height": 400})  # the second is 1280 by 800 at 200 %


@pytest.fixture(scope="session")
def furnished(mayfly):
    with Account(mayfly) as account:
        yield Furnished(mayfly, account)


async def _go(visit, furnished, name):
    path, who = SCREENS[name]
    visitor = await visit(furnished.account if who else None, operator=who == "operator")
    page = await visitor.go(path.format(full=furnished.full["id"], empty=furnished.empty["id"], rich=furnished.rich))
    await settled(page)
    return page


async def _faults(page, looks=LOOKS):
    """What axe finds in each look, without what it found before."""
    found = {}
    for scheme, size in looks:
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await page.set_viewport_size(size)
        await page.wait_for_function(_IS_LOOK, arg=scheme)
        await page.evaluate(_DRAWN)
        for fault in await audit(page):
            found.setdefault(fault, f"{scheme}, {size['width']}: {fault}")
    return [*found.values()]


async def _sideways(page):
    """The elements that make the page scroll sideways, by width."""
    found = {}
    for size in NARROW:
        await page.set_viewport_size(size)
        if wide := await page.evaluate(_WIDE):
            found[size["width"]] = wide
    await page.set_viewport_size(DESK)
    return found


# The browser takes another look over when it comes to it, and element by element until a frame is drawn: axe would
# compare colours of the one before with those of this.
_IS_LOOK = """(scheme) => matchMedia(`(prefers-color-scheme: ${scheme})`).matches
    && matchMedia('(prefers-reduced-motion: reduce)').matches"""
_DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.querySelectorAll('body *')].filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
        .slice(0, 5).map((each) => each.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("name", SCREENS)
async def test_axe_finds_nothing_on_any_screen(visit, furnished, name):
    page = await _go(visit, furnished, name)
    assert [] == await _faults(page)
    assert {} == await _sideways(page)


async def test_axe_finds_nothing_in_any_tab_of_a_message(visit, furnished):
    page = await _go(visit, furnished, "a message")
    names = [await each.inner_text() for each in await message(page).get_by_role("tab").all()]
    assert len(names) >= 5
    found = {}
    for name in names:
        await tab(page, re.escape(name.split("\n")[0]))
        await settled(page)
        found[name] = (await _faults(page), await _sideways(page))
    assert {name: ([], {}) for name in names} == found


async def test_axe_finds_nothing_in_dialogs(visit, furnished):
    page = await _go(visit, furnished, "an inbox with mail")
    found = {}
    for name, open_it in DIALOGS.items():
        await open_it(page)
        await expect(page.get_by_role("dialog")).to_be_visible()
        found[name] = (await _faults(page), await _sideways(page))
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
    assert {name: ([], {}) for name in DIALOGS} == found


async def _keys(page):
    await page.keyboard.press("?")


async def _qr(page):
    await page.get_by_role("button", name=re.compile("QR", re.IGNORECASE)).first.click()


def _of_menu(name):
    async def choose(page):
        await page.get_by_text("More", exact=True).click()
        await page.get_by_text(name).click()

    return choose


DIALOGS = {
    "keys": _keys,
    "QR code": _qr,
    "clear": _of_menu("Delete all messages"),
    "delete": _of_menu("Delete the inbox"),
    "save": _of_menu("Save all that is loaded"),
}


@pytest.mark.parametrize("name", ["start", "an inbox with mail", "a message", "account, keys", "waiting"])
async def test_right_to_left_nothing_overlaps_or_scrolls_sideways(visit, furnished, name):
    page = await _go(visit, furnished, name)
    await page.evaluate("document.documentElement.dir = 'rtl'")
    assert {} == await _sideways(page)
    brand, nav = (
        await page.locator("header .brand").bounding_box(),
        await page.get_by_role("navigation", name="Main").bounding_box(),
    )
    assert brand["x"] >= nav["x"] + nav["width"] - 1
    assert [] == await _faults(page, LOOKS[:1])


async def test_with_reduced_motion_nothing_moves(visit, furnished):
    path, _ = SCREENS["an inbox with mail"]
    visitor = await visit(furnished.account, reduced_motion="reduce")
    page = await visitor.go(path.format(full=furnished.full["id"]))
    await page.evaluate("document.body.appendChild(document.createElement('i')).className = 'spinner'")
    await rows(page).first.get_by_role("link").first.click()
    await page.keyboard.press("?")
    moving = """() => document.getAnimations().map((each) => each.effect)
        .filter((effect) => effect.getComputedTiming().activeDuration > 20).map((effect) => effect.target.outerHTML)"""
    assert [] == await page.evaluate(moving)


async def test_forced_colours_leave_a_visible_focus(visit, furnished):
    page = await _go(visit, furnished, "an inbox with mail")
    await page.emulate_media(forced_colors="active")
    for _ in range(12):
        await page.keyboard.press("Tab")
        outline = "(() => { const style = getComputedStyle(document.activeElement); return [style.outlineStyle, parseFloat(style.outlineWidth)] })()"
        style, width = await page.evaluate(outline)
        assert ("none", 0) != (style, width)
        assert style != "none", await page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
