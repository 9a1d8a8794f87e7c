"""Creates the first account, so that there is an API key right after the first `make run`.

`__main__` calls `make_first_account` when everything is ready. It uses the public API.
"""

from pathlib import Path
from typing import Any

import httpx

from mayfly_local.data_dir import write_private
from mayfly_local.faults import Breakdown

ACCOUNTS = "/api/v1/admin/accounts"
FIRST_ACCOUNT = {"email": "developer@mayfly.local", "plan": "pro"}


def make_first_account(api: str, admin_token: str, key_file: Path) -> bool:
    """If there is no account, create one and write its key to `key_file` (mode 0600). Returns whether it did.

    Raises Breakdown when the API fails or answers unexpectedly.
    """
    headers = {"Authorization": f"Bearer {admin_token}"}
    with httpx.Client(base_url=api, headers=headers, timeout=10, trust_env=False) as client:
        try:
            if _answer(client.get(ACCOUNTS))["accounts"]:
                return False
            account = _answer(client.post(ACCOUNTS, json=FIRST_ACCOUNT))
            write_private(key_file, account["api_key"])
        except (httpx.HTTPError, KeyError, TypeError, ValueError) as error:
            raise Breakdown(f"The first account could not be created: {error!r}") from None
    return True


def _answer(response: httpx.Response) -> dict[str, Any]:
    response.raise_for_status()
    body: dict[str, Any] = response.json()
    return body
