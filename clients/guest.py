"""A running Mayfly as the tests of the clients use it: with an account of their own for each file of tests.

What they leave behind then counts for no plan of another test.
"""

import json
import secrets
import urllib.request
from typing import Any

from mayfly_local.stack import Stack


class Guest:
    """A stack whose `api_key` is that of a new account; all else is the stack's."""

    def __init__(self, stack: Stack, plan: str = "team") -> None:
        self._stack = stack
        body = {"email": f"guest-{secrets.token_hex(8)}@example.com", "plan": plan}
        headers = {"Authorization": f"Bearer {stack.admin_token}", "Content-Type": "application/json"}
        url = f"{stack.http_url}/api/v1/admin/accounts"
        request = urllib.request.Request(url, json.dumps(body).encode(), headers)  # noqa: S310 - the stack's own URL
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            self.api_key: str = json.load(answer)["api_key"]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stack, name)
