"""An account and an installation with something on every screen."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from clients.web.tests.browser.letters import letter, send

if TYPE_CHECKING:
    from clients.web.tests.browser.visiting import Account
    from mayfly_local.stack import Stack

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cf500f0003870180d8d8a5080000000049454e44ae426082"
)
HTML = (
    "<h1>Welcome</h1><p>Your code is <b>482193</b>.</p><p><a href='https://shop.example/verify?t=1'>Confirm your address</a></p>"
    "<img src='https://shop.example/logo.png' alt=Logo><p style='display:none'>hidden words</p>"
    "<p><a href='https://shop.example/unsubscribe'>Unsubscribe</a></p>"
)
LONG = "A very long subject \U0001f98b " + "without-any-space" * 40


class Furnished:
    """`account` has inboxes (`full`, `empty`), a space, a webhook with deliveries, and all kinds of mail (`rich` is the id of one)."""

    def __init__(self, stack: Stack, account: Account) -> None:
        self.account = account
        self.full, self.empty = account.inbox(label="Checkout"), account.inbox()
        self._post("/api/v1/spaces", {"name": "Staging"})
        self._post(
            "/api/v1/webhooks", {"url": f"http://127.0.0.1:{stack.http_port}/health", "inbox_id": self.full["id"]}
        )
        self._post("/api/v1/domains", {"name": "shop-mail.example"}, may_fail=True)
        self._post("/api/v1/team/invitations", {"email": "bob@example.com"}, may_fail=True)
        send(
            stack.smtp_port,
            self.full["address"],
            letter(
                "Welcome",
                "Your code is 482193.\nhttps://shop.example/verify?t=1\n",
                HTML,
                files=[("picture.png", "image/png", PICTURE), ("a.pdf", "application/pdf", b"%PDF-1.4")],
            ),
            *(
                letter(
                    f"Order {number}",
                    f"Order {number} has shipped.\n",
                    sender=f"Shop {number} <a{number}@shop.example>",
                )
                for number in range(12)
            ),
            letter(LONG, "long\n"),
            letter("مرحبا بك", "رمزك هو 482193\n", sender="متجر <shop@shop.example>"),
        )
        entries = account.messages(self.full["id"])
        self.rich = next(entry["id"] for entry in entries if entry["subject"] == "Welcome")
        self._until_delivered()

    def _post(self, path: str, body: dict[str, Any], *, may_fail: bool = False) -> None:
        answer = self.account.api.post(path, json=body)
        if not may_fail:
            answer.raise_for_status()

    def _until_delivered(self) -> None:
        [webhook] = self.account.api.get("/api/v1/webhooks").raise_for_status().json()
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            listed = self.account.api.get(f"/api/v1/webhooks/{webhook['id']}/deliveries").raise_for_status().json()
            if listed:
                return
            time.sleep(0.05)
        raise AssertionError("no delivery")
