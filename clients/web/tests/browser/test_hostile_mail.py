"""Hostile mail on the page: it asks no server for anything, runs no script, and changes nothing outside of its frame."""

from __future__ import annotations

import asyncio
import re
from email.headerregistry import Address

import pytest
import pytest_asyncio
from playwright.async_api import expect

from clients.web.tests.browser.hostile import CANARY, KINDS, LARGE, TEXTS
from clients.web.tests.browser.letters import letter, send
from clients.web.tests.browser.network import canary
from clients.web.tests.browser.screens import mail_frame, message, rows, settled, show, shows, tab
from tests.corpus.hostile_html import TRICKS

RECORD = """if (self === top) {
    window.told = [];
    addEventListener('message', (event) => told.push(`message ${event.data}`));
    for (const name of ['alert', 'confirm', 'prompt', 'print', 'open']) window[name] = () => told.push(name);
    new BroadcastChannel('x').onmessage = () => told.push('broadcast');
}"""
# What a mail must not be able to change, or to put outside of its frame.
OUTSIDE = """() => {
    const box = (element) => element?.getBoundingClientRect() ?? {};
    const frame = box(document.querySelector('article iframe')), head = box(document.querySelector('header.head'));
    const above = document.elementFromPoint(head.left + head.width / 2, head.top + head.height / 2);
    const outside = [...document.querySelectorAll('*')];
    const has = (attribute) => outside.filter((each) => attribute.test(each.getAttributeNames().join(' '))).map((each) => each.outerHTML);
    const names = (elements) => [...elements].map((each) => `${each.tagName}#${each.id}.${each.getAttribute('class')}`);
    return {
        head: document.querySelector('header.head').innerText,
        root: names(document.body.children),
        shell: names(document.querySelector('#app').children),
        page: [...document.documentElement.attributes, ...document.body.attributes].map((each) => `${each.name}=${each.value}`),
        sheets: document.styleSheets.length,
        strange: names(document.querySelectorAll('body :is(script, style, link, base, meta, object, embed, form[action], img[src^=http], video, audio, math, frame, template, portal, marquee)')),
        handlers: has(/(^| )on/),
        title: document.title.replace(/^\\(\\d+\\+?\\) /, ''),
        path: location.pathname.split('/').slice(0, 4).join('/'),
        storage: JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]),
        cookies: document.cookie,
        told: [...window.told],
        isHeadOnTop: above?.closest('header.head') !== null,
        isFrameBelowHead: frame.top >= head.bottom - 1,
        isFrameInside: frame.right <= innerWidth && frame.left >= 0,
        frames: window.length,
        isFocusHere: document.activeElement?.tagName !== 'IFRAME',
        name: window.name,
    };
}"""
SUBJECT = "What it tries"


@pytest_asyncio.fixture(loop_scope="session")
async def trap():
    async with canary() as made:
        yield made


def _aimed(html, origin):
    for host in (CANARY, "https://tracker.invalid"):
        html = html.replace(host, origin)
        html = html.replace(host.removeprefix("https://"), origin.removeprefix("http://"))
    return html


async def _all_shown(visitor, account, mayfly, htmls):
    """Send a mail with each HTML; yield its name and the page once it is shown."""
    inbox = account.inbox()
    mails = [letter(SUBJECT, "seen\n", html) for html in ("<p>seen</p>", *htmls.values())]
    await asyncio.to_thread(send, mayfly.smtp_port, inbox["address"], *mails)
    entries = (await asyncio.to_thread(account.messages, inbox["id"], 100))[::-1]
    assert len(mails) == len(entries)
    page = await visitor.go(f"inbox/{inbox['id']}")
    await expect(rows(page).first).to_be_visible()
    for name, entry in zip(("harmless", *htmls), entries, strict=True):
        await show(page, f"inbox/{inbox['id']}/{entry['id']}")
        await expect(message(page).locator("iframe")).to_have_attribute("src", re.compile(entry["id"]))
        try:
            await expect(mail_frame(page).locator("body")).to_contain_text("seen", timeout=3_000)
        except AssertionError:
            yield f"{name}: its text is not shown", page
        else:
            yield name, page


@pytest.mark.parametrize("tricks", [KINDS, TRICKS], ids=["of the page", "of the corpus"])
async def test_no_html_of_any_kind_reaches_outside_of_its_frame(visit, account, mayfly, trap, tricks):
    visitor = await visit(account)
    await visitor.context.add_init_script(RECORD)
    dialogs = []
    visitor.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), asyncio.ensure_future(dialog.dismiss())))
    aimed = {name: _aimed(html, trap.origin) for name, html in tricks.items()}
    harmless = {}
    found = {}
    async for name, page in _all_shown(visitor, account, mayfly, aimed):
        await asyncio.sleep(0.05)  # what a mail asks for without a click, it asks for at once
        outside = await page.evaluate(OUTSIDE)
        harmless = harmless or outside
        wrong = {what: (harmless[what], seen) for what, seen in outside.items() if harmless[what] != seen}
        if wrong or "not shown" in name or trap.asked or dialogs or len(visitor.context.pages) > 1:
            found[name] = (wrong, [*trap.asked], [*dialogs], [each.url for each in visitor.context.pages])
            trap.asked.clear()
            dialogs.clear()
    assert [] == [f"{name}: {what}" for name, what in found.items()]
    assert ([], [], [], 1, True, True) == tuple(
        harmless[what] for what in ("told", "strange", "handlers", "frames", "isHeadOnTop", "isFrameBelowHead")
    )


async def test_as_they_came_such_mails_do_reach_outside(chromium, trap):
    for name in (
        "script that speaks to the page",
        "hints to load ahead",
        "style sheet by :has and @container",
        "picture, source and sizes",
    ):
        trap.pages[f"/{len(trap.pages)}"] = _aimed(KINDS[name], trap.origin)
    page = await chromium.new_page()
    for path in trap.pages:
        trap.asked.clear()
        await page.goto(trap.origin + path)
        await asyncio.sleep(0.1)
        assert [asked for asked in trap.asked if "favicon" not in asked] or "x" == await page.title(), path
    await page.close()


async def test_remote_images_come_after_a_click_and_only_for_the_mail_that_is_shown(visit, account, mayfly, trap):
    visitor = await visit(account)
    visitor.watch.allow_origin(trap.origin)
    inbox = account.inbox()
    html = f"<p>seen</p><img src='{trap.origin}/logo.png' alt=logo><script src='{trap.origin}/s.js'></script><link rel=stylesheet href='{trap.origin}/c.css'>"
    await asyncio.to_thread(
        send, mayfly.smtp_port, inbox["address"], letter("First", "a\n", html), letter("Second", "b\n", html)
    )
    second, first = account.messages(inbox["id"])
    page = await visitor.go(f"inbox/{inbox['id']}/{first['id']}")
    await expect(mail_frame(page).locator("body")).to_contain_text("seen")
    assert [] == trap.asked
    await message(page).get_by_role("button", name=re.compile("remote|images", re.IGNORECASE)).first.click()
    await expect(mail_frame(page).locator("body")).to_contain_text("seen")
    async with asyncio.timeout(5):
        while not trap.asked:
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.2)
    assert ["GET /logo.png HTTP/1.1"] == trap.asked
    await show(page, f"inbox/{inbox['id']}/{second['id']}")
    await shows(page, "Second")
    await expect(mail_frame(page).locator("body")).to_contain_text("seen")
    await asyncio.sleep(0.2)
    assert ["GET /logo.png HTTP/1.1"] == trap.asked


@pytest.mark.parametrize("target", ["_top", "_parent", "_self", "_blank", "name", ""])
async def test_a_link_of_a_mail_opens_a_tab_that_knows_nothing_of_the_page(visit, account, mayfly, trap, target):
    trap.pages["/x"] = (
        "<title>out</title><script>document.title = `${window.opener} ${document.referrer} ${window.name}`</script>"
    )
    visitor = await visit(account)
    visitor.watch.allow_origin(trap.origin)
    inbox = account.inbox()
    html = f"<p>seen</p><a href='{trap.origin}/x' target='{target}' rel=opener>Go</a>"
    await asyncio.to_thread(send, mayfly.smtp_port, inbox["address"], letter(html=html))
    [entry] = account.messages(inbox["id"])
    page = await visitor.go(f"inbox/{inbox['id']}/{entry['id']}")
    url = page.url
    async with visitor.context.expect_page() as opened:
        await mail_frame(page).get_by_text("Go").click()
    there = await opened.value
    await expect(there).to_have_title("null  ")
    assert (url, f"{trap.origin}/x") == (page.url, there.url)


@pytest.mark.parametrize("name", LARGE)
async def test_html_of_any_size_leaves_the_page_usable(visit, account, mayfly, name):
    html = LARGE[name]()
    visitor = await visit(account)
    inbox = account.inbox()
    mails = [letter("Small", "a\n", "<p>seen</p>"), letter("Large", "b\n", html)]
    await asyncio.to_thread(send, mayfly.smtp_port, inbox["address"], *mails)
    large, small = account.messages(inbox["id"])
    page = await visitor.go(f"inbox/{inbox['id']}/{large['id']}")
    await shows(page, "Large")
    await tab(page, "Headers")
    await show(page, f"inbox/{inbox['id']}/{small['id']}")
    await shows(page, "Small")
    await tab(page, "HTML")
    await expect(mail_frame(page).locator("body")).to_contain_text("seen")


async def test_texts_of_a_mail_are_texts_on_the_page(visit, account, mayfly):
    inbox = account.inbox()
    mails = []
    for text in TEXTS.values():
        sender = str(Address(text[:200], addr_spec="a@shop.example"))
        mail = letter(text, sender=sender, files=[(text[:200], "text/plain", b"x")])
        mail["X-Hostile"] = text
        mails.append(mail)
    await asyncio.to_thread(send, mayfly.smtp_port, inbox["address"], *mails)
    visitor = await visit(account)
    await visitor.context.add_init_script(RECORD)
    page = await visitor.go(f"inbox/{inbox['id']}")
    await expect(rows(page)).to_have_count(len(TEXTS))
    entries = account.messages(inbox["id"])[::-1]
    for text, entry in zip(TEXTS.values(), entries, strict=True):
        await show(page, f"inbox/{inbox['id']}/{entry['id']}")
        # Marks that turn the direction of writing are written out.
        said = re.sub("[\u202a-\u202e\u2066-\u2069]", lambda mark: f"⟨U+{ord(mark[0]):04X}⟩", text)
        await expect(message(page).get_by_role("heading").first).to_contain_text(said[:20])
        for each in ("Attachments", "Headers", "Source"):
            if await message(page).get_by_role("tab", name=re.compile(f"^{each}", re.IGNORECASE)).count():
                await tab(page, each)
                await settled(page)
        assert [] == await page.evaluate("told")
        assert 0 == await page.locator("main :is(img[src=x], b:text-is('bold'), script)").count()
        assert [] == await page.evaluate(_LEAKS)
        assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")


# A text with marks of direction must stand in an element that keeps them inside.
_LEAKS = """() => {
    const found = [];
    const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        if (!/[\\u202a-\\u202e\\u2066-\\u2069]/.test(walker.currentNode.data)) continue;
        const style = getComputedStyle(walker.currentNode.parentElement);
        if (!/isolate|plaintext/.test(style.unicodeBidi) && /inline/.test(style.display) && style.display !== 'inline-block')
            found.push(walker.currentNode.parentElement.outerHTML.slice(0, 200));
    }
    return found;
}"""
