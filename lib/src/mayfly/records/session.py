"""Login sessions of accounts. A JWT is valid only while its session exists."""

from datetime import datetime

from mayfly.records.record import Record


class Session(Record, frozen=True, kw_only=True):
    """One login. Logging out removes it; a TTL index of the store removes it after `expires_at`."""

    account_id: str
    created_at: datetime
    expires_at: datetime
