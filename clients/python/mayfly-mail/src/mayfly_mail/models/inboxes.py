"""Objects of inboxes. Generated from docs/openapi.json by `make clients`."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime

from mayfly_mail.model import Model, many, moment


class InboxEntry(Model):
    """Answer of `list_inboxes`."""

    address: str
    created_at: datetime
    id: str
    inbox_expires_at: datetime | None = None
    label: str | None = None
    status: str

    _readers = {"created_at": moment, "inbox_expires_at": moment}


class NewInbox(Model):
    """Answer of `create_inbox` and `reactivate_inbox`."""

    address: str
    id: str
    inbox_expires_at: datetime | None = None
    label: str | None = None
    message_count: int = 0
    token: str = field(default="", repr=False)
    unread_count: int = 0
    webhook_secret: str | None = field(default=None, repr=False)
    webhook_url: str | None = None

    _readers = {"inbox_expires_at": moment}

    _absent_if_none = frozenset(["webhook_secret"])


class GeneratedInbox(Model):
    """Answer of `generate_inbox`."""

    address: str
    id: str
    inbox_expires_at: datetime | None = None
    message_count: int
    token: str = field(repr=False)
    unread_count: int

    _readers = {"inbox_expires_at": moment}


class InboxData(Model):
    """Answer of `get_inbox` and `change_inbox`."""

    address: str
    created_at: datetime
    id: str
    inbox_expires_at: datetime | None = None
    label: str | None = None
    message_count: int
    status: str
    unread_count: int
    webhook_secret: str | None = field(default=None, repr=False)
    webhook_url: str | None = None

    _readers = {"created_at": moment, "inbox_expires_at": moment}

    _absent_if_none = frozenset(["webhook_secret"])


class FaultStep(Model):
    """Part of `FaultPlan`."""

    at: str = "data"
    """So far `auth`, `mail`, `rcpt` or `data`."""
    code: int | None = None
    delay_ms: int = 0
    is_enhanced: bool = True
    probability: int | None = None
    text: str = ""
    times: int | None = None


class FaultPlan(Model):
    """Answer of `get_fault_plan` and `put_fault_plan`."""

    seen: int = 0
    steps: list[FaultStep] = field(default_factory=list)

    _readers = {"steps": many(FaultStep.from_json)}


class InboxStats(Model):
    """Answer of `get_inbox_stats`."""

    attachment_count: int = 0
    last_received_at: datetime | None = None
    message_count: int = 0
    otp_count: int = 0
    total_bytes: int = 0
    unread_count: int = 0

    _readers = {"last_received_at": moment}


class ReceiptData(Model):
    """Answer of `list_receipts` and `get_receipt`."""

    address: str
    created_at: datetime
    emptied_at: datetime
    ending: str
    """So far `expired`, `deleted` or `archived`."""
    expires_at: datetime | None = None
    inbox_id: str
    message_count: int
    octets: int

    _readers = {"created_at": moment, "emptied_at": moment, "expires_at": moment}
