"""Signs what `mayfly listen` posts, as Mayfly signs webhooks (https://www.standardwebhooks.com, format `standard`)."""

from __future__ import annotations

import base64
import hashlib
import hmac

from mayfly_mail.cli.relay.state import PREFIX


def headers(secret: str, event_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the three header fields that a receiver verifies."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{event_id}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {"webhook-id": event_id, "webhook-timestamp": str(timestamp), "webhook-signature": f"v1,{signature}"}
