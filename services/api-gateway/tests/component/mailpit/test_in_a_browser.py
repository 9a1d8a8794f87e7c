"""Hostile mail in a real browser (Chromium): what it would do as it came, and that as a page of ours it does nothing."""

import pytest

from tests.corpus.hostile_html import TRICKS

from ..browsing import CHROMIUM, WHY_SKIPPED, a_browser, a_server_of_pages, aimed_at  # noqa: TID252
from .conftest import DEFAULT_SPACE

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=WHY_SKIPPED)
# What browsers read in ways of their own; the unit tests of rendering have each.
_IN_A_BROWSER = ("mutation", "CSS", "style", "iframe", "meta", "remote", "srcset", "event handler", "script")


@pytest.fixture
async def browser():
    async with a_browser() as browser:
        yield browser


@pytest.fixture
async def raw_pages():
    async with a_server_of_pages() as server:
        yield server


async def test_no_trick_runs_or_fetches_anything(doors, deliver, browser, raw_pages):
    origin = str(doors.open.base_url).rstrip("/")
    chosen = {name: html for name, html in TRICKS.items() if name.startswith(_IN_A_BROWSER)}
    chosen["all of them"] = "<hr>".join(TRICKS.values())
    tricks = {name: aimed_at(raw_pages.origin, html) for name, html in chosen.items()}
    views = {name: f"{origin}/view/{(await deliver(DEFAULT_SPACE, html=html)).id}" for name, html in tricks.items()}
    for trick, view in views.items():
        assert ([], []) == await browser.look_at(f"{view}.html"), trick
    # The page of a message asks for the page of its HTML, which stands in a frame.
    assert ([f"{view}.html"], []) == await browser.look_at(view)


async def test_as_they_came_tricks_do_run_and_fetch(browser, raw_pages):
    for trick in ("svg", "remote image", "CSS url()", "CSS @import", "iframe", "link", "event handlers", "script"):
        asked, dialogs = await browser.look_at(raw_pages(aimed_at(raw_pages.origin, TRICKS[trick])))
        assert asked or dialogs, trick
