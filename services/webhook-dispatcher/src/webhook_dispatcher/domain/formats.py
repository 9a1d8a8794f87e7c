"""The three webhook formats as data: body, headers and signature, retries, event types (docs/webhooks.md).

A format is one entry of WIRES. Bodies are encoded once, when the event is fanned out, and sent unchanged at every
attempt; headers are made for each attempt.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from msgspec import Struct

from mayfly.events import facts
from mayfly.webhooks.formats import EVENT_TYPES, MESSAGE_RECEIVED, STANDARD_SECRET_PREFIX, TEST, Format
from webhook_dispatcher.domain.bodies import Announced, event_type, message_of, standard_body


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
    """One format on the wire.

    `body` takes the event and its stream sequence. `retries`: seconds after each failed attempt; `timeout`: seconds for
    one attempt.
    """

    body: Callable[[Announced, int], msgspec.Struct]
    headers: Callable[[Sending], dict[str, str]]
    announces: frozenset[str]
    retries: tuple[float, ...]
    timeout: float


class VaultMailBody(Struct, frozen=True, kw_only=True, rename={"from_address": "from"}):
    """The body of the format `vaultmail`; `event`: message.received or webhook.test."""

    event: str
    id: str
    inbox: str
    address: str
    from_address: str
    subject: str
    received_at: datetime
    has_otp: bool
    attachment_count: int


class EphemaskBody(Struct, frozen=True, kw_only=True, rename={"from_address": "from"}):
    """The body of the format `ephemask`; `event`: email.received or webhook.test; `received_at`: epoch seconds."""

    event: str
    inbox_address: str
    message_id: str
    from_address: str
    subject: str
    received_at: int
    attachment_count: int


def _vaultmail(fact: Announced, _sequence: int) -> VaultMailBody:
    message = message_of(fact)
    return VaultMailBody(
        event=event_type(fact),
        id=message.message_id,
        inbox=message.inbox_id,
        address=message.address,
        from_address=message.from_address,
        subject=message.subject,
        received_at=message.received_at,
        has_otp=bool(message.otp),
        attachment_count=message.attachment_count,
    )


def _ephemask(fact: Announced, _sequence: int) -> EphemaskBody:
    message = message_of(fact)
    return EphemaskBody(
        event="email.received" if isinstance(fact, facts.MessageStored) else event_type(fact),
        inbox_address=message.address,
        message_id=message.message_id,
        from_address=message.from_address,
        subject=message.subject,
        received_at=int(message.received_at.timestamp()),
        attachment_count=message.attachment_count,
    )


def _standard_headers(sending: Sending) -> dict[str, str]:
    """Standard Webhooks 1.0: one `v1` signature per valid secret, so that a rotation breaks no receiver."""
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
    """The signature by the newest secret; while the previous one is valid, also under `<header>-Previous`."""
    digests = [hmac.digest(secret.encode(), sending.payload, hashlib.sha256).hex() for secret in sending.secrets]
    return {name: f"sha256={digest}" for name, digest in zip((header, f"{header}-Previous"), digests, strict=False)}


WIRES: Mapping[Format, Wire] = {
    "standard": Wire(
        body=standard_body,
        headers=_standard_headers,
        announces=frozenset({*EVENT_TYPES, TEST}),
        retries=(5, 25, 125, 600, 3600, 6 * 3600, 24 * 3600),
        timeout=15,
    ),
    "vaultmail": Wire(
        body=_vaultmail,
        headers=_vaultmail_headers,
        announces=frozenset({MESSAGE_RECEIVED, TEST}),
        retries=(5, 25, 125),
        timeout=5,
    ),
    "ephemask": Wire(
        body=_ephemask,
        headers=_ephemask_headers,
        announces=frozenset({MESSAGE_RECEIVED, TEST}),
        retries=(),
        timeout=5,
    ),
}


def payload(form: Format, fact: Announced, sequence: int) -> bytes:
    """The JSON body. `sequence`: the event's stream sequence, a cursor for the other live channels."""
    return msgspec.json.encode(WIRES[form].body(fact, sequence))
