"""Creates the accounts of `make run`: an API key and an inbox for postmaster are there right after the first start.

`__main__` calls both functions when everything is ready. They use the public API.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from mayfly_local.data_dir import write_private
from mayfly_local.faults import Breakdown

ACCOUNTS = "/api/v1/admin/accounts"
INBOXES = "/api/v1/inboxes"
FIRST_ACCOUNT = {"email": "developer@mayfly.local", "plan": "pro"}
OPERATOR_ACCOUNT = {"email": "operator@mayfly.local", "plan": "pro"}
OPERATOR_LOCAL_PART = "operator"


def make_first_account(api: str, admin_token: str, key_file: Path) -> bool:
    """If there is no account, create one and write its key to `key_file` (mode 0600). Returns whether it did.

    Raises Breakdown when the API fails or answers unexpectedly.
    """
    with _client(api, admin_token) as client:
        if _answer(client.get(ACCOUNTS))["accounts"]:
            return False
        write_private(key_file, _answer(client.post(ACCOUNTS, json=FIRST_ACCOUNT))["api_key"])
    return True


def make_operator_inbox(api: str, admin_token: str, domain: str, key_file: Path) -> bool:
    """Unless `key_file` exists, create the inbox for postmaster and abuse, in an account of its own, and write its key.

    The inbox is `operator@` the domain and persistent. Returns whether it was created. Raises Breakdown.
    """
    if key_file.exists():
        return False
    inbox = {"local_part": OPERATOR_LOCAL_PART, "domain": domain, "ttl_seconds": None, "label": "postmaster, abuse"}
    with _client(api, admin_token) as client:
        account = client.post(ACCOUNTS, json=OPERATOR_ACCOUNT)
        if account.status_code == httpx.codes.CONFLICT:
            return False
        key = _answer(account)["api_key"]
        made = client.post(INBOXES, json=inbox, headers={"Authorization": f"Bearer {key}"})
        if made.status_code != httpx.codes.CONFLICT:
            _answer(made)
        write_private(key_file, key)
    return True


@contextmanager
def _client(api: str, admin_token: str) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {admin_token}"}
    try:
        with httpx.Client(base_url=api, headers=headers, timeout=10, trust_env=False) as client:
            yield client
    except (httpx.HTTPError, KeyError, TypeError, ValueError) as error:
        raise Breakdown(f"The first accounts could not be created: {error!r}") from None


def _answer(response: httpx.Response) -> dict[str, Any]:
    response.raise_for_status()
    body: dict[str, Any] = response.json()
    return body
