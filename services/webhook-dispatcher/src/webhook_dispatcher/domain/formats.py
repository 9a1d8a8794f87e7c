"""The three formats as data: what a body says, how it is signed, when it is tried again (docs/webhooks.md).

Bodies are made once, when the event is fanned out, and kept; headers are made anew for each attempt.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from mayfly.events import facts
from mayfly.webhooks.formats import STANDARD_SECRET_PREFIX, Format

Announced = facts.MessageStored | facts.InboxExpired

MESSAGE_RECEIVED = "message.received"
EVENT_TYPES: Mapping[type, str] = {
    facts.MessageStored: MESSAGE_RECEIVED,
    facts.InboxExpired: "inbox.expired",
}


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

    body: Callable[[Announced, int], Any]
    headers: Callable[[Sending], dict[str, str]]
    announces: frozenset[str]
    retries: tuple[float, ...]
    timeout: float


def payload(form: Format, fact: Announced, sequence: int) -> bytes:
    """The body of every attempt. `sequence`: the event's in the stream, a cursor for the other live channels."""
    return msgspec.json.encode(WIRES[form].body(fact, sequence))


def _standard_body(fact: Announced, sequence: int) -> dict[str, Any]:
    data: dict[str, Any] = {"inbox": fact.inbox_id, "address": fact.address}
    match fact:
        case facts.MessageStored():
            moment = fact.stored_at
            data |= {
                "message_id": fact.message_id,
                "from": fact.from_address,
                "subject": fact.subject,
                "received_at": fact.received_at,
                "has_otp": bool(fact.otp),
                **({"otp": fact.otp} if fact.otp else {}),
                "attachment_count": fact.attachment_count,
            }
        case facts.InboxExpired():
            moment = fact.expired_at
            data |= {"expired_at": moment, "message_count": fact.message_count, "archived": fact.archived}
    return {"type": EVENT_TYPES[type(fact)], "timestamp": moment, "data": {**data, "sequence": sequence}}


def _vaultmail_body(fact: Announced, _sequence: int) -> dict[str, Any]:
    assert isinstance(fact, facts.MessageStored)
    return {
        "event": MESSAGE_RECEIVED,
        "id": fact.message_id,
        "inbox": fact.inbox_id,
        "address": fact.address,
        "from": fact.from_address,
        "subject": fact.subject,
        "received_at": fact.received_at,
        "has_otp": bool(fact.otp),
        "attachment_count": fact.attachment_count,
    }


def _ephemask_body(fact: Announced, _sequence: int) -> dict[str, Any]:
    assert isinstance(fact, facts.MessageStored)
    return {
        "event": "email.received",
        "inbox_address": fact.address,
        "message_id": fact.message_id,
        "from": fact.from_address,
        "subject": fact.subject,
        "received_at": int(fact.received_at.timestamp()),
        "attachment_count": fact.attachment_count,
    }


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
        body=_standard_body,
        headers=_standard_headers,
        announces=frozenset(EVENT_TYPES.values()),
        retries=(5, 25, 125, 600, 3600, 6 * 3600, 24 * 3600),
        timeout=15,
    ),
    "vaultmail": Wire(
        body=_vaultmail_body,
        headers=_vaultmail_headers,
        announces=frozenset({MESSAGE_RECEIVED}),
        retries=(5, 25, 125),
        timeout=5,
    ),
    "ephemask": Wire(
        body=_ephemask_body,
        headers=_ephemask_headers,
        announces=frozenset({MESSAGE_RECEIVED}),
        retries=(),
        timeout=5,
    ),
}
