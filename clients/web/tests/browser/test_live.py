"""The page follows what happens: mail comes and goes by itself, in every browser, through every break, and for nobody else."""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import suppress

import httpx
import pytest
from playwright.async_api import expect

from clients.web.tests.browser.letters import letter, send
from clients.web.tests.browser.network import proxy
from clients.web.tests.browser.screens import message, rows, show, shows, subjects

BROKEN = ("Failed to load resource", "net::ERR_")


async def _send(mayfly, address, *subjects):
    await asyncio.to_thread(send, mayfly.smtp_port, address, *(letter(each, f"{each}\n") for each in subjects))


async def _lists(page, inbox):
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await expect(page.get_by_text(inbox["address"]).first).to_be_visible()


async def _until_ready(mayfly):
    async with asyncio.timeout(60), httpx.AsyncClient(base_url=mayfly.http_url, trust_env=False) as api:
        while True:
            with suppress(httpx.TransportError):
                if (await api.get("/ready")).status_code == 200:
                    return
            await asyncio.sleep(0.1)


def _numbers(texts):
    return [int(found[1]) for text in texts if (found := re.search(r"Mail (\d+)", text))]


async def test_two_browsers_see_one_mail_and_see_it_go(visit, account, mayfly):
    inbox = account.inbox()
    one, two = [await (await visit(account)).go(f"inbox/{inbox['id']}") for _ in range(2)]
    for page in (one, two):
        await _lists(page, inbox)
    await _send(mayfly, inbox["address"], "Mail 1", "Mail 2")
    for page in (one, two):
        await expect(rows(page)).to_have_count(2)
    await rows(one).filter(has_text="Mail 1").get_by_role("link").first.click()
    await shows(one, "Mail 1")
    await expect(rows(two).filter(has_text="Mail 1")).not_to_contain_text("Unread")
    [entry] = [each for each in account.messages(inbox["id"]) if each["subject"] == "Mail 1"]
    await show(two, f"inbox/{inbox['id']}/{entry['id']}")
    await shows(two, "Mail 1")
    await message(one).get_by_role("button", name="Delete", exact=False).first.click()
    confirm = one.get_by_role("dialog").get_by_role("button", name="Delete")
    if await confirm.count():
        await confirm.click()
    for page in (one, two):
        await expect(rows(page)).to_have_count(1)
        await expect(rows(page)).to_contain_text("Mail 2")
    await expect(message(two)).to_contain_text("This message was deleted meanwhile")
    assert [] == account.api.get("/api/v1/inboxes/" + inbox["id"] + "/messages", params={"subject": "Mail 1"}).json()


async def test_who_hears_the_page_is_told_of_new_mail_one_by_one_or_of_many_at_once(visit, account, mayfly):
    inbox = account.inbox()
    page = await (await visit(account)).go(f"inbox/{inbox['id']}")
    await _lists(page, inbox)
    told = page.get_by_role("main").get_by_role("status")

    await _send(mayfly, inbox["address"], "Mail 1")

    await expect(told.filter(has_text="New message: Mail 1, from noreply@shop.example")).to_have_count(1)

    await _send(mayfly, inbox["address"], "Mail 2", "Mail 3")

    await expect(told.filter(has_text="2 new messages")).to_have_count(1)


async def test_the_open_message_follows_what_is_changed_elsewhere_and_no_tag_is_lost(visit, account, mayfly):
    inbox = account.inbox()
    await _send(mayfly, inbox["address"], "Mail 1")
    [entry] = account.messages(inbox["id"])
    one, two = [await (await visit(account)).go(f"inbox/{inbox['id']}/{entry['id']}") for _ in range(2)]
    for page in (one, two):
        await shows(page, "Mail 1")

    for page, tag in ((one, "blue"), (two, "red")):
        await message(page).get_by_role("button", name="Add tag").click()
        await page.get_by_label("New tag").fill(tag)
        await page.keyboard.press("Enter")
        for other in (one, two):
            await expect(message(other).get_by_role("list", name="Tags")).to_contain_text(tag)
    await message(one).get_by_role("button", name="Mark unread").click()

    await expect(message(two).get_by_role("button", name="Mark read")).to_be_visible()
    shown = account.api.get(f"/api/v1/messages/{entry['id']}", params={"peek": "true"}).json()
    assert ["blue", "red"] == sorted(shown["tags"])


async def test_what_could_not_be_read_is_read_once_the_server_is_there_again(visit, account):
    visitor = await visit(account)
    visitor.watch.allow(*BROKEN)
    page = await visitor.go("account/usage")
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await visitor.context.set_offline(True)
    await show(page, "account/keys")
    await expect(page.get_by_role("alert").first).to_be_visible()

    await visitor.context.set_offline(False)

    await expect(page.get_by_role("button", name="Revoke first key")).to_be_visible()


async def test_two_accounts_never_see_each_others_mail(visit, new_account, mayfly):
    accounts = [new_account() for _ in range(2)]
    inboxes = [account.inbox() for account in accounts]
    visitors = [await visit(account) for account in accounts]
    pages = [await visitor.go("all") for visitor in visitors]
    for number, inbox in enumerate(inboxes):
        await _send(mayfly, inbox["address"], f"Mail {number}")
    for number, page in enumerate(pages):
        await expect(rows(page)).to_have_count(1)
        assert [number] == _numbers(await subjects(page))
    visitors[0].watch.allow("404")
    stranger = pages[0]
    await visitors[0].go(f"inbox/{inboxes[1]['id']}")
    await expect(stranger.get_by_role("alert").first).to_be_visible()
    assert "Mail 1" not in await stranger.inner_text("body")
    assert inboxes[1]["address"] not in await stranger.inner_text("body")


async def test_a_stream_that_breaks_goes_on_without_gap_or_double(visit, account, mayfly):
    inbox = account.inbox()
    async with proxy(mayfly.http_port) as between:
        visitor = await visit(account, origin=between.origin)
        visitor.watch.allow(*BROKEN)
        page = await visitor.go(f"inbox/{inbox['id']}")
        await _lists(page, inbox)
        await _send(mayfly, inbox["address"], "Mail 0")
        await expect(rows(page)).to_have_count(1)
        for number in range(1, 10):
            if number % 3 == 0:
                between.cut()
            between.is_down = number in {4, 5}
            await _send(mayfly, inbox["address"], f"Mail {number}")
            await asyncio.sleep(0.15)
        await expect(rows(page)).to_have_count(10)
        assert list(range(9, -1, -1)) == _numbers(await subjects(page))


async def test_after_a_gateway_was_killed_the_list_goes_on_without_gap_or_double(visit, account, mayfly):
    inbox = account.inbox()
    visitor = await visit(account)
    visitor.watch.allow(*BROKEN)
    page = await visitor.go(f"inbox/{inbox['id']}")
    await _lists(page, inbox)
    await _send(mayfly, inbox["address"], "Mail 0")
    await expect(rows(page)).to_have_count(1)
    await asyncio.to_thread(mayfly.kill, "api-gateway")
    await _until_ready(mayfly)
    await _send(mayfly, inbox["address"], "Mail 1", "Mail 2")
    await expect(rows(page)).to_have_count(3)
    await _send(mayfly, inbox["address"], "Mail 3")
    await expect(rows(page)).to_have_count(4)
    assert [3, 2, 1, 0] == _numbers(await subjects(page))


@pytest.mark.parametrize("path", ["inbox", "all"])
async def test_a_revoked_key_ends_the_page_at_once_and_says_so(visit, account, mayfly, path):
    inbox = account.inbox()
    await _send(mayfly, inbox["address"], "Mail 1")
    visitor = await visit(account)
    visitor.watch.allow("401")
    page = await visitor.go(path if path == "all" else f"inbox/{inbox['id']}")
    await expect(rows(page)).to_have_count(1)
    [key] = account.api.get("/api/v1/api-keys").raise_for_status().json()
    began = time.monotonic()
    account.api.delete(f"/api/v1/api-keys/{key['id']}").raise_for_status()
    await expect(page.get_by_role("dialog", name=re.compile("does not work any more"))).to_be_visible()
    assert time.monotonic() - began < 3, "a page that goes on is read on"
    await _send(mayfly, inbox["address"], "Mail 2")
    await asyncio.sleep(0.5)
    assert "Mail 2" not in await page.inner_text("body")


async def test_new_mail_does_not_move_what_is_read(visit, account, mayfly):
    inbox = account.inbox()
    await _send(mayfly, inbox["address"], *(f"Mail {number}" for number in range(60)))
    page = await (await visit(account)).go(f"inbox/{inbox['id']}")
    await expect(rows(page).first).to_contain_text("Mail 59")
    await rows(page).filter(has_text="Mail 52").hover()
    await page.mouse.wheel(0, 900)
    await page.wait_for_function(
        "() => { const y = document.querySelector('main [role=list]').getBoundingClientRect().top;"
        " const isStill = window.y === y; window.y = y; return isStill }",
        polling=100,
    )
    read = "() => [...document.querySelectorAll('main li')].filter((each) => { const box = each.getBoundingClientRect(); return box.top > 150 && box.bottom < innerHeight - 50 }).map((each) => [each.innerText.match(/Mail \\d+/)?.[0], Math.round(each.getBoundingClientRect().top)])"
    before = await page.evaluate(read)
    assert len(before) > 3
    await _send(mayfly, inbox["address"], *(f"New {number}" for number in range(20)))
    await expect(page.get_by_text(re.compile(r"20 new")).first).to_be_visible()
    after = await page.evaluate(read)
    assert before == after


async def test_fifty_mails_a_second_are_all_there_in_order(visit, account, mayfly):
    inbox = account.inbox()
    page = await (await visit(account)).go(f"inbox/{inbox['id']}")
    await _lists(page, inbox)

    def pour():
        import smtplib

        began = time.monotonic()
        with smtplib.SMTP("127.0.0.1", mayfly.smtp_port, timeout=30) as peer:
            for number in range(150):
                peer.sendmail("a@shop.example", [inbox["address"]], letter(f"Mail {number}").as_bytes())
                time.sleep(max(0, began + number / 50 - time.monotonic()))

    await asyncio.to_thread(pour)
    await expect(rows(page).first).to_contain_text("Mail 149")
    seen = _numbers(await subjects(page))
    assert seen == sorted(seen, reverse=True)
    assert seen[0] == 149
    assert len(seen) == len(set(seen)) > 5
