"""Fixtures of the browser tests: a Mayfly that serves the page, one Chromium for all tests, a fresh browser for each."""

from __future__ import annotations

import os
import shutil
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright, expect

from clients.web.tests.browser.building import built_page
from clients.web.tests.browser.screens import LONGEST
from clients.web.tests.browser.visiting import KEY, OPERATOR, Account, arrive
from mayfly_local.browsers import chromium as chromium_here
from mayfly_local.stack import Stack

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
_HERE = Path(__file__).parent

expect.set_options(timeout=LONGEST)


def pytest_collection_modifyitems(items):
    """Let these tests share a worker, a browser and so an event loop."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def chromium_program():
    """Return the Chromium of this machine. Skips, or fails where browsers are required, without one or without Node."""
    found = chromium_here()
    if found and shutil.which("node") and shutil.which("npm"):
        return found
    reason = "the page's tests need " + ("Node.js and npm" if found else "a Chromium")
    if os.environ.get("MAYFLY_REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def mayfly(chromium_program, free_ports, scratch):
    """Yield a Mayfly that serves the page."""
    env = {
        "MAYFLY_WEB_DIR": str(built_page()),
        "MAYFLY_MAX_MESSAGES_PER_INBOX": "20000",
        "MAYFLY_SMTP_MAILS_PER_MINUTE_PER_INBOX": "100000",
    }
    with Stack(scratch / "browser", free_ports, env) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium(chromium_program):
    """Yield one Chromium for all tests."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_program, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
def new_account(mayfly):
    """Yield a function that makes accounts: new_account(plan="team")."""
    with ExitStack() as closing:
        yield lambda plan="team": closing.enter_context(Account(mayfly, plan))


@pytest.fixture
def account(new_account):
    """Return a new account on plan `team`."""
    return new_account()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(mayfly, chromium):
    """Yield a function that opens a browser of its own: visit(account=..., operator=True, **settings of Playwright).

    Fails the test when one of its pages logged an error, threw, or asked another server, unless `watch.allow` allows it.
    """
    visitors = []
    async with AsyncExitStack() as closing:

        async def come(account=None, *, operator=False, origin=None, **settings):
            keeps = {KEY: account.key} if account else {}
            keeps |= {OPERATOR: mayfly.admin_token} if operator else {}
            visitor = await arrive(chromium, origin or mayfly.http_url, keeps=keeps, **settings)
            closing.push_async_callback(visitor.context.close)
            visitors.append(visitor)
            return visitor

        yield come
        faults = [visitor.watch.unexpected() for visitor in visitors]
    assert [[]] * len(visitors) == faults
