"""The page of a message's HTML in a frame, in a real browser (Chromium): hostile mail reaches nothing outside of it."""

import json

import pytest

from tests.corpus.hostile_html import TRICKS

from ..conftest import lasting  # noqa: TID252 - tests are no installed package
from .browsing import CHROMIUM, WHY_SKIPPED, a_browser, a_server_of_pages, aimed_at

pytestmark = [pytest.mark.attack, pytest.mark.skipif(CHROMIUM is None, reason=WHY_SKIPPED)]

# Of the page around the frame: what could have changed, and what the frame shows of itself.
_LOOK = """new Promise((done) => {
  const frame = document.querySelector("iframe");
  frame.onload = () => setTimeout(() => {
    let inside = "reached";
    try { frame.contentWindow.document; } catch (refused) { inside = refused.name; }
    done({
      url: location.href, title: document.title, inside, frames: window.length, text: document.body.innerText,
      elements: document.querySelectorAll("*").length, cookie: document.cookie, name: window.name,
      focus: document.activeElement.localName,
    });
  }, 50);
  frame.removeAttribute("sandbox");
  frame.src = %s;
})"""


@pytest.fixture(scope="module")
def gateway_url(settings_of, plenty):
    with lasting(settings_of(plans_file=plenty)) as url:
        yield url


@pytest.fixture
async def browser():
    async with a_browser() as browser:
        yield browser


@pytest.fixture
async def tracker():
    async with a_server_of_pages() as server:
        yield server


@pytest.fixture
async def shelf(gateway, deliver):
    """Delivers HTML to a space, and returns the URL of a page of ours around it, and that of the HTML by a ticket."""
    account = (await gateway.http.post("/user", json={})).json()
    space_id = account["user"].partition("@")[0]
    headers = {"Authorization": f"Bearer {account['token']}"}

    async def put(html, **wish):
        message = await deliver({"id": space_id, "address": f"*@{space_id}.mayfly.test"}, html=html)
        path = f"/api/v1/messages/{message.id}/html-ticket"
        answer = await gateway.http.post(path, json=wish, headers=headers)
        assert 201 == answer.status_code, answer.text
        return f"{gateway.url}/message/{message.id}", gateway.url + answer.json()["url"]

    return put


async def look_in_a_frame(browser, inner):
    """What is true of the page that is open, once its frame shows `inner`."""
    return await browser.evaluate(_LOOK % json.dumps(inner))


async def test_no_trick_leaves_its_frame_runs_or_fetches_anything(shelf, browser, tracker):
    outer, _ = await shelf("<p>seen</p>")
    await browser.look_at(outer)
    before = await look_in_a_frame(browser, "about:blank#")
    assert "reached" == before.pop("inside")
    for name, html in TRICKS.items():
        _, inner = await shelf(aimed_at(tracker.origin, html))
        after = await look_in_a_frame(browser, inner)
        # The ticket's page has an origin of its own, also in a frame that has no sandbox.
        assert "SecurityError" == after.pop("inside"), name
        assert (before, []) == (after, browser.dialogs), name
        assert [] == tracker.asked, name
    _, inner = await shelf(aimed_at(tracker.origin, "<hr>".join(TRICKS.values())))
    assert ([], []) == await browser.look_at(inner)
    assert [] == tracker.asked


async def test_with_images_of_the_web_tricks_still_run_nothing(shelf, browser, tracker):
    outer, _ = await shelf("<p>seen</p>")
    await browser.look_at(outer)
    before = await look_in_a_frame(browser, "about:blank#")
    assert "reached" == before.pop("inside")
    for name, html in TRICKS.items():
        _, inner = await shelf(aimed_at(tracker.origin, html), remote_images=True)
        after = await look_in_a_frame(browser, inner)
        assert "SecurityError" == after.pop("inside"), name
        assert (before, []) == (after, browser.dialogs), name
    assert {"x", "x.png", "1.gif", "1", "2", "3"} >= {line.split()[1].lstrip("/") for line in tracker.asked}
    assert {"x.png", "1.gif"} <= {line.split()[1].lstrip("/") for line in tracker.asked}


async def test_images_of_the_web_are_loaded_once_they_are_asked_for(shelf, browser, tracker):
    html = f"<img src='{tracker.origin}/a.png'><p style='background:url({tracker.origin}/b.png)'>seen</p>"
    _, blocked = await shelf(html)
    assert ([], []) == await browser.look_at(blocked)
    assert [] == tracker.asked
    _, shown = await shelf(html, remote_images=True)
    asked, _ = await browser.look_at(shown)
    assert [f"{tracker.origin}/a.png", f"{tracker.origin}/b.png"] == sorted(asked)
    assert ["GET /a.png HTTP/1.1", "GET /b.png HTTP/1.1"] == sorted(tracker.asked)


async def test_a_theme_sets_the_colours_that_the_mail_does_not(shelf, browser):
    _, inner = await shelf("<p>seen</p>")
    for theme, colour in (("dark", "rgb(255, 255, 255)"), ("light", "rgb(0, 0, 0)")):
        await browser.look_at(f"{inner}&theme={theme}")
        assert colour == await browser.evaluate("getComputedStyle(document.body).color")
