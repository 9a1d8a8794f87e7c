"""Objects of status. Generated from docs/openapi.json by `make clients`."""

from __future__ import annotations

from mayfly_mail.model import Model


class SmtpAddress(Model):
    """Part of `Discovery`."""

    host: str | None = None
    port: int | None = None

    _absent_if_none = frozenset(["host", "port"])


class Discovery(Model):
    """Answer of `discover`."""

    anonymous_inboxes: str
    """So far `address`, `token` or `off`."""
    default_space: str | None = None
    default_space_smtp: SmtpAddress | None = None
    docs: str = "/docs"
    health: str = "/health"
    openapi: str = "/openapi.json"
    sign_up: bool
    smtp: SmtpAddress | None = None
    version: str = "0.1.0"
    web: str | None = None

    _readers = {"default_space_smtp": SmtpAddress.from_json, "smtp": SmtpAddress.from_json}

    _absent_if_none = frozenset(["default_space", "default_space_smtp", "smtp", "web"])


class Health(Model):
    """Answer of `health`."""

    ok: bool = True
    status: str = "ok"


class Ready(Model):
    """Answer of `ready`."""

    ready: bool = True
