"""Creates the account of `make run`: an API key is there right after the first start.

`__main__` calls it when everything is ready. It uses the public API.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from mayfly_local.data_dir import write_private
from mayfly_local.faults import Breakdown

ACCOUNTS = "/api/v1/admin/accounts"
FIRST_ACCOUNT = {"email": "developer@mayfly.local", "plan": "pro"}
RETRIED_FOR = 10.0


def make_first_account(api: str, admin_token: str, key_file: Path) -> bool:
    """If there is no account, create one and write its key to `key_file` (mode 0600). Returns whether it did.

    Raises Breakdown when the API fails or answers unexpectedly.
    """
    with _client(api, admin_token) as client:
        if _answer(lambda: client.get(ACCOUNTS))["accounts"]:
            return False
        write_private(key_file, _answer(lambda: client.post(ACCOUNTS, json=FIRST_ACCOUNT))["api_key"])
    return True


@contextmanager
def _client(api: str, admin_token: str) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {admin_token}"}
    try:
        with httpx.Client(base_url=api, headers=headers, timeout=10, trust_env=False) as client:
            yield client
    except (httpx.HTTPError, KeyError, TypeError, ValueError) as error:
        raise Breakdown(f"The first account could not be created: {error!r}") from None


def _answer(call: Callable[[], httpx.Response]) -> dict[str, Any]:
    """The answer of a call; 503 is asked again for 10 s, since a store may go away right after a start."""
    until = time.monotonic() + RETRIED_FOR
    while (response := call()).status_code == httpx.codes.SERVICE_UNAVAILABLE and time.monotonic() < until:
        time.sleep(0.2)
    response.raise_for_status()
    body: dict[str, Any] = response.json()
    return body
