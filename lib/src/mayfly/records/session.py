"""Login sessions of accounts. A JWT is valid only while its session exists."""

from datetime import datetime

from mayfly.records.record import Record


class Session(Record, frozen=True, kw_only=True):
    """One login. Logging out removes it; a TTL index of the store removes it after `expires_at`.

    `epoch`: the account's `session_epoch` when its password was checked; under another one the session has ended.
    """

    account_id: str
    created_at: datetime
    expires_at: datetime
    epoch: int = 0
