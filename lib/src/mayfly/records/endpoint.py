"""Webhook endpoints: the URLs that deliveries go to."""

from datetime import datetime
from typing import Literal

from mayfly.records.record import Record
from mayfly.webhooks.formats import Format

Origin = Literal["api", "inbox", "account"]
"""Who created an endpoint: `POST /webhooks`, the `webhook_url` of an inbox, or the account webhook of a dialect."""


class Endpoint(Record, frozen=True, kw_only=True):
    """A URL that receives webhooks.

    `origin`: who created it; `format`: how the body is written. `inbox_id` None: events of every inbox of the account.
    `events` empty: every event type of the format. `secret` signs deliveries and is therefore stored in clear; after a
    rotation `previous_secret` signs as well until `previous_until`. `failing_since`: time of the first failed attempt
    since the last success. `ends_at`: its inbox has ended; until then it still delivers that inbox's last event.
    `made_by`: ids of the restricted API keys that it depends on, as a key's `made_by`; it stops with any of them.
    """

    account_id: str
    url: str
    secret: str
    created_at: datetime
    origin: Origin = "api"
    inbox_id: str | None = None
    format: Format = "standard"
    events: list[str] = []
    description: str = ""
    is_enabled: bool = True
    disabled_reason: str | None = None
    disabled_at: datetime | None = None
    previous_secret: str | None = None
    previous_until: datetime | None = None
    failing_since: datetime | None = None
    ends_at: datetime | None = None
    made_by: list[str] = []

    def secrets_valid_at(self, now: datetime) -> list[str]:
        """The secrets to sign with at `now`, newest first."""
        if self.previous_secret and self.previous_until and now < self.previous_until:
            return [self.secret, self.previous_secret]
        return [self.secret]
