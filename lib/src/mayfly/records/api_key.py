"""API keys of accounts. The secret itself is never stored, only its SHA-256."""

from datetime import datetime

from mayfly.records.record import Record


class ApiKey(Record, frozen=True, kw_only=True):
    """One API key. Empty `scopes` grant all; empty `allowed_domains` allow requests from any site.

    `made_by`: ids of the restricted keys that it descends from, its own maker last. It grants nothing that one of them
    does not grant, and stops with any of them.
    """

    prefix: str
    secret_hash: bytes
    account_id: str
    label: str
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    is_active: bool = True
    scopes: list[str] = []
    allowed_domains: list[str] = []
    made_by: list[str] = []

    def grants(self, scope: str) -> bool:
        return not self.scopes or "*" in self.scopes or scope in self.scopes

    def is_usable(self, now: datetime) -> bool:
        return self.is_active and (self.expires_at is None or self.expires_at > now)
