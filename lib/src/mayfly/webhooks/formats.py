"""The formats an endpoint can have (docs/webhooks.md), and the secrets they sign with.

Secrets are made by api-gateway, shown once, and used by webhook-dispatcher.
"""

import base64
import secrets
from typing import Literal

from mayfly.mail.message_id import derive_message_id

Format = Literal["standard", "vaultmail", "ephemask"]

MESSAGE_RECEIVED = "message.received"
INBOX_EXPIRED = "inbox.expired"
ENDPOINT_DISABLED = "endpoint.disabled"
TEST = "webhook.test"
EVENT_TYPES = (MESSAGE_RECEIVED, INBOX_EXPIRED, ENDPOINT_DISABLED)
"""What an endpoint can listen to. A test goes to the endpoint it was asked for, whatever that listens to."""

STANDARD_SECRET_PREFIX = "whsec_"  # noqa: S105 - Standard Webhooks marks its secrets with it


def new_secret(form: Format) -> str:
    """A fresh secret: `whsec_` and base64 of 32 octets (Standard Webhooks), or 48 hex digits for the dialects."""
    if form == "standard":
        return STANDARD_SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode("ascii")
    return secrets.token_hex(24)


def delivery_id(source: str, endpoint_id: str) -> str:
    """The id of one event for one endpoint; `source`: the message's id, or for other events the event's (UUIDv7)."""
    return derive_message_id(source, endpoint_id)
