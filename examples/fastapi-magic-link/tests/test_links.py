"""Magic links, end to end: the application sends by SMTP, the test follows the link in the mail."""

import asyncio

import httpx
import pytest
from app import Shop, app


@pytest.fixture
async def shop(mayfly_smtp):
    app.state.shop = Shop(*mayfly_smtp)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://shop.example") as client:
        yield client


async def test_the_link_in_the_mail_lets_in(shop, mayfly_async_inbox):
    await shop.post("/links", json={"email": mayfly_async_inbox.address})

    link = await mayfly_async_inbox.wait_for_link("/enter")

    assert (await shop.get(link)).json() == {"welcome": mayfly_async_inbox.address}


async def test_a_link_works_once(shop, mayfly_async_inbox):
    await shop.post("/links", json={"email": mayfly_async_inbox.address})
    link = await mayfly_async_inbox.wait_for_link(text="Enter the shop")

    assert (await shop.get(link)).status_code == 200
    assert (await shop.get(link)).status_code == 410


async def test_asking_twice_sends_two_links_that_both_work(shop, mayfly_async_inbox):
    inbox = mayfly_async_inbox
    start = await inbox.cursor()
    await asyncio.gather(*(shop.post("/links", json={"email": inbox.address}) for _ in range(2)))

    mails = await inbox.wait_for_messages(2, subject="Your link", after=start)
    links = {mail.link("/enter") for mail in mails}

    assert len(links) == 2
    assert [(await shop.get(link)).status_code for link in links] == [200, 200]
