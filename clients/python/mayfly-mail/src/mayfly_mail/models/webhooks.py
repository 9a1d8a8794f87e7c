"""Objects of webhooks. Generated from docs/openapi.json by `make clients`."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime

from mayfly_mail.model import Model, many, moment


class WebhookData(Model):
    """Answer of `list_webhooks`, `create_webhook`, `get_webhook`, `change_webhook` and `rotate_secret`."""

    created_at: datetime
    description: str
    disabled_at: datetime | None = None
    disabled_reason: str | None = None
    enabled: bool
    events: list[str] = field(default_factory=list)
    failing_since: datetime | None = None
    format: str
    """So far `standard`, `vaultmail` or `ephemask`."""
    id: str
    inbox_id: str | None = None
    origin: str
    """So far `api`, `inbox` or `account`."""
    previous_secret_until: datetime | None = None
    secret: str | None = field(default=None, repr=False)
    url: str

    _readers = {"created_at": moment, "disabled_at": moment, "failing_since": moment, "previous_secret_until": moment}

    _absent_if_none = frozenset(["secret"])


class Attempt(Model):
    """Part of `DeliveryDetail`."""

    answer: str = ""
    at: datetime
    duration: float
    error: str | None = None
    number: int
    status: int | None = None

    _readers = {"at": moment}


class DeliveryDetail(Model):
    """Answer of `get_delivery`."""

    attempt_count: int
    attempts: list[Attempt] = field(default_factory=list)
    created_at: datetime
    event_type: str
    id: str
    inbox_id: str | None = None
    last_error: str | None = None
    last_status: int | None = None
    next_attempt_at: datetime | None = None
    payload: str | None = None
    status: str
    """So far `pending`, `delivered` or `failed`."""
    webhook_id: str

    _readers = {"attempts": many(Attempt.from_json), "created_at": moment, "next_attempt_at": moment}


class Asked(Model):
    """Answer of `redeliver` and `test_webhook`."""

    delivery_id: str


class DeliveryData(Model):
    """Answer of `list_deliveries`."""

    attempt_count: int
    created_at: datetime
    event_type: str
    id: str
    inbox_id: str | None = None
    last_error: str | None = None
    last_status: int | None = None
    next_attempt_at: datetime | None = None
    status: str
    """So far `pending`, `delivered` or `failed`."""
    webhook_id: str

    _readers = {"created_at": moment, "next_attempt_at": moment}


class Accepted(Model):
    """Answer of `replay`."""

    accepted: bool = True
