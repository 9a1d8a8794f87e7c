"""The three webhook formats as data: headers and signature, retries, event types (docs/webhooks.md).

Bodies (domain.bodies) are made once, when the event is fanned out, and kept; headers are made anew for each attempt.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mayfly.webhooks.formats import EVENT_TYPES, MESSAGE_RECEIVED, STANDARD_SECRET_PREFIX, TEST, Format


@dataclass(frozen=True, slots=True)
class Sending:
    """One attempt about to be made. `secrets`: those to sign with, the newest first."""

    delivery_id: str
    event_type: str
    attempt: int
    at: datetime
    payload: bytes
    secrets: Sequence[str]


@dataclass(frozen=True, slots=True)
class Wire:
    """How one format goes over the wire. `retries`: seconds after each failed attempt; `timeout`: seconds for one."""

    headers: Callable[[Sending], dict[str, str]]
    announces: frozenset[str]
    retries: tuple[float, ...]
    timeout: float


def _standard_headers(sending: Sending) -> dict[str, str]:
    """Standard Webhooks 1.0: one `v1` signature per valid secret, so that a rotation breaks nobody."""
    timestamp = str(int(sending.at.timestamp()))
    signed = b".".join((sending.delivery_id.encode(), timestamp.encode(), sending.payload))
    signatures = [
        base64.b64encode(hmac.digest(_standard_key(secret), signed, hashlib.sha256)).decode()
        for secret in sending.secrets
    ]
    return {
        "User-Agent": "Mayfly-Webhook/1.0",
        "webhook-id": sending.delivery_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def _standard_key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(STANDARD_SECRET_PREFIX))


def _vaultmail_headers(sending: Sending) -> dict[str, str]:
    return {
        "User-Agent": "Mayfly-Webhook/1.0",
        "X-VaultMail-Event": sending.event_type,
        "X-VaultMail-Attempt": str(sending.attempt),
        **_body_signatures("X-VaultMail-Signature", sending),
    }


def _ephemask_headers(sending: Sending) -> dict[str, str]:
    event = "email.received" if sending.event_type == MESSAGE_RECEIVED else sending.event_type
    return {
        "User-Agent": "Ephemask-Webhook/1.0",
        "X-Ephemask-Event": event,
        **_body_signatures("X-Ephemask-Signature", sending),
    }


def _body_signatures(header: str, sending: Sending) -> dict[str, str]:
    """The signature by the newest secret; by the one before it, while that is valid, under `<header>-Previous`."""
    digests = [hmac.digest(secret.encode(), sending.payload, hashlib.sha256).hex() for secret in sending.secrets]
    return {name: f"sha256={digest}" for name, digest in zip((header, f"{header}-Previous"), digests, strict=False)}


WIRES: Mapping[Format, Wire] = {
    "standard": Wire(
        headers=_standard_headers,
        announces=frozenset({*EVENT_TYPES, TEST}),
        retries=(5, 25, 125, 600, 3600, 6 * 3600, 24 * 3600),
        timeout=15,
    ),
    "vaultmail": Wire(
        headers=_vaultmail_headers,
        announces=frozenset({MESSAGE_RECEIVED, TEST}),
        retries=(5, 25, 125),
        timeout=5,
    ),
    "ephemask": Wire(
        headers=_ephemask_headers,
        announces=frozenset({MESSAGE_RECEIVED, TEST}),
        retries=(),
        timeout=5,
    ),
}
