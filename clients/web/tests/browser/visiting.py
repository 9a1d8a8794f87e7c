"""People at the page: accounts with keys of their own, and browsers that are theirs alone."""

from __future__ import annotations

import json
import secrets
import time
from typing import TYPE_CHECKING, Any, Self

import httpx

from clients.web.tests.browser.screens import LONGEST
from clients.web.tests.browser.watching import Watch

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Page

    from mayfly_local.stack import Stack

KEY, OPERATOR = "mayfly.key", "mayfly.operator"
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
BUSY = 503
LONGEST_PARSING = 30.0
# Frames of mail have no storage, and their pages would throw.
_KEEPS = "if (self === top && location.protocol.startsWith('http')) for (const [name, value] of Object.entries(%s)) sessionStorage.setItem(name, value);"


class Account:
    """A new account of a plan; `api` calls with its key."""

    def __init__(self, stack: Stack, plan: str = "team") -> None:
        self._stack = stack
        self.email = f"{secrets.token_hex(6)}@example.com"
        self.password = secrets.token_urlsafe(12)
        operator = {"Authorization": f"Bearer {stack.admin_token}"}
        body = {"email": self.email, "plan": plan}
        with httpx.Client(base_url=stack.http_url, trust_env=False, headers=operator) as api:
            made = api.post("/api/v1/admin/accounts", json=body).raise_for_status().json()
        self.key: str = made["api_key"]
        self.id: str = made["id"] if "id" in made else made["account_id"]
        self.api = httpx.Client(base_url=stack.http_url, trust_env=False, headers={"X-API-Key": self.key}, timeout=20)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.api.close()

    def inbox(self, **given: Any) -> dict[str, Any]:
        """Make an inbox; return its JSON."""
        made: dict[str, Any] = self.api.post("/api/v1/inboxes", json=given).raise_for_status().json()
        return made

    def messages(self, inbox: str, limit: int = 100) -> list[dict[str, Any]]:
        """List an inbox, with all mail that SMTP has taken; 503 is asked again, since large mail takes its time."""
        until = time.monotonic() + LONGEST_PARSING
        asked = {"limit": limit, "consistent": "true"}
        while (answer := self.api.get(f"/api/v1/inboxes/{inbox}/messages", params=asked)).status_code == BUSY:
            assert time.monotonic() < until, answer.text
            time.sleep(0.2)
        listed: list[dict[str, Any]] = answer.raise_for_status().json()
        return listed


class Visitor:
    """One browser of one person, with one tab that shows the page. What it does wrong is in `watch`."""

    def __init__(self, context: BrowserContext, page: Page, watch: Watch, root: str) -> None:
        self.context, self.page, self.watch, self.root = context, page, watch, root

    async def go(self, path: str = "") -> Page:
        """Open a screen by its URL below `/ui/`."""
        await self.page.goto(self.root + path)
        return self.page


async def arrive(
    chromium: Browser,
    origin: str,
    *,
    keeps: dict[str, str] | None = None,
    **settings: Any,
) -> Visitor:
    """Open a browser at Mayfly's page. `keeps`: credentials that the tab has from before."""
    given = {"viewport": DESK, "locale": "en-GB", "timezone_id": "UTC", "color_scheme": "light"} | settings
    context = await chromium.new_context(**given)
    context.set_default_timeout(LONGEST)
    if keeps:
        await context.add_init_script(_KEEPS % json.dumps(keeps))
    return Visitor(context, await context.new_page(), Watch(context, origin), f"{origin}/ui/")
