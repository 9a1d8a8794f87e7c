"""Objects of spaces. Generated from docs/openapi.json by `make clients`."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime

from mayfly_mail.model import Model, moment


class Retention(Model):
    """Part of `SpaceEntry`, `NewSpace` and `SpaceData`."""

    max_age_seconds: int = 86400
    max_messages: int = 500


class SpaceEntry(Model):
    """Answer of `list_spaces`."""

    address: str
    created_at: datetime
    domains: list[str] = field(default_factory=list)
    expires_at: datetime | None = None
    id: str
    name: str | None = None
    retention: Retention

    _readers = {"created_at": moment, "expires_at": moment, "retention": Retention.from_json}


class SmtpAccess(Model):
    """Part of `NewSpace`, `SpaceData` and `NewCredentials`."""

    host: str | None = None
    password: str | None = field(default=None, repr=False)
    port: int | None = None
    user: str

    _absent_if_none = frozenset(["host", "password", "port"])


class NewSpace(Model):
    """Answer of `create_space`."""

    address: str
    created_at: datetime
    domains: list[str] = field(default_factory=list)
    expires_at: datetime | None = None
    id: str
    message_count: int
    name: str | None = None
    retention: Retention
    smtp: SmtpAccess
    token: str = field(repr=False)
    unread_count: int
    webhook_secret: str | None = field(default=None, repr=False)
    webhook_url: str | None = None

    _readers = {
        "created_at": moment,
        "expires_at": moment,
        "retention": Retention.from_json,
        "smtp": SmtpAccess.from_json,
    }

    _absent_if_none = frozenset(["webhook_secret"])


class SpaceData(Model):
    """Answer of `get_space` and `change_space`."""

    address: str
    created_at: datetime
    domains: list[str] = field(default_factory=list)
    expires_at: datetime | None = None
    id: str
    message_count: int
    name: str | None = None
    retention: Retention
    smtp: SmtpAccess
    unread_count: int
    webhook_secret: str | None = field(default=None, repr=False)
    webhook_url: str | None = None

    _readers = {
        "created_at": moment,
        "expires_at": moment,
        "retention": Retention.from_json,
        "smtp": SmtpAccess.from_json,
    }

    _absent_if_none = frozenset(["webhook_secret"])


class CredentialsData(Model):
    """Answer of `list_smtp_credentials`."""

    created_at: datetime
    id: str
    label: str

    _readers = {"created_at": moment}


class NewCredentials(Model):
    """Answer of `add_smtp_credentials`."""

    created_at: datetime
    id: str
    label: str
    smtp: SmtpAccess

    _readers = {"created_at": moment, "smtp": SmtpAccess.from_json}
