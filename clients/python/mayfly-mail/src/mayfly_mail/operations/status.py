"""Calls of status. Generated from docs/openapi.json by `make clients`."""

from __future__ import annotations

from mayfly_mail.models.status import Discovery, Health, Ready
from mayfly_mail.operation import (
    Operation,
    one,
    target,
)


def discover() -> Operation[Discovery]:
    """Get where documentation, health and SMTP are, and what can be done without a key; browsers get the web page."""
    return Operation(
        name="discover",
        method="GET",
        target=target("/"),
        decode=one(Discovery),
    )


def health() -> Operation[Health]:
    """Check that the process is running. `/healthz` and `/livez` answer alike."""
    return Operation(
        name="health",
        method="GET",
        target=target("/health"),
        decode=one(Health),
    )


def ready() -> Operation[Ready]:
    """Check that the database and the message broker respond; 503 otherwise. `/readyz` answers alike."""
    return Operation(
        name="ready",
        method="GET",
        target=target("/ready"),
        decode=one(Ready),
    )
