"""Objects of domains. Generated from docs/openapi.json by `make clients`."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime

from mayfly_mail.model import Model, many, moment


class DomainData(Model):
    """Part of `DomainsData`."""

    failing_since: datetime | None = None
    id: str | None = None
    is_public: bool
    mail_until: datetime | None = None
    name: str
    status: str | None = None
    """So far `pending`, `verified`, `failing` or `suspended`."""
    tier_required: int
    txt_token: str | None = None
    verified: bool | None = None

    _readers = {"failing_since": moment, "mail_until": moment}

    _absent_if_none = frozenset(["id", "status", "txt_token", "verified"])


class DomainsData(Model):
    """Answer of `list_domains`."""

    domains: list[DomainData] = field(default_factory=list)
    mail_hosts: list[str] = field(default_factory=list)

    _readers = {"domains": many(DomainData.from_json)}


class DomainDetail(Model):
    """Answer of `add_domain`."""

    created_at: datetime
    id: str
    name: str
    txt_token: str
    verified: bool

    _readers = {"created_at": moment}


class VerificationData(Model):
    """Answer of `verify_domain`."""

    mx_error: str | None = None
    mx_verified: bool
    txt_error: str | None = None
    txt_verified: bool

    _absent_if_none = frozenset(["mx_error", "txt_error"])
