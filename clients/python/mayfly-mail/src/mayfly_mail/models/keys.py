"""Objects of keys. Generated from docs/openapi.json by `make clients`."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime

from mayfly_mail.model import Model, moment


class ApiKeyData(Model):
    """Answer of `list_account_keys`, `list_keys` and `change_key`."""

    allowed_domains: list[str] = field(default_factory=list)
    created_at: datetime
    expires_at: datetime | None = None
    id: str
    is_active: bool
    is_current: bool
    is_usable: bool
    key_prefix: str
    label: str
    last_used_at: datetime | None = None
    made_by: list[str] = field(default_factory=list)
    scopes: list[str] = field(default_factory=list)

    _readers = {"created_at": moment, "expires_at": moment, "last_used_at": moment}


class NewKey(Model):
    """Answer of `create_key`."""

    allowed_domains: list[str] = field(default_factory=list)
    expires_at: datetime | None = None
    id: str
    key_prefix: str
    label: str
    plaintext: str = field(repr=False)
    scopes: list[str] = field(default_factory=list)

    _readers = {"expires_at": moment}
