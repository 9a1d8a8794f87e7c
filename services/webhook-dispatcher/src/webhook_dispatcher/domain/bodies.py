"""What a webhook says: one body for each event and format, made once and sent octet for octet at every attempt."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from mayfly.events import facts
from mayfly.webhooks.formats import ENDPOINT_DISABLED, INBOX_EXPIRED, MESSAGE_RECEIVED, TEST, Format

Announced = facts.MessageStored | facts.InboxExpired | facts.EndpointDisabled | facts.EndpointTestRequested

_TYPES: Mapping[type[Announced], str] = {
    facts.MessageStored: MESSAGE_RECEIVED,
    facts.InboxExpired: INBOX_EXPIRED,
    facts.EndpointDisabled: ENDPOINT_DISABLED,
    facts.EndpointTestRequested: TEST,
}


def event_type(fact: Announced) -> str:
    return _TYPES[type(fact)]


def payload(form: Format, fact: Announced, sequence: int) -> bytes:
    """The body, as JSON. `sequence`: the event's in the stream, a cursor for the other live channels."""
    return msgspec.json.encode(_BODIES[form](fact, sequence))


def _standard(fact: Announced, sequence: int) -> dict[str, Any]:
    moment, data = _standard_data(fact)
    return {"type": event_type(fact), "timestamp": moment, "data": {**data, "sequence": sequence}}


def _standard_data(fact: Announced) -> tuple[datetime, dict[str, Any]]:
    match fact:
        case facts.MessageStored():
            return fact.stored_at, {
                "inbox": fact.inbox_id,
                "address": fact.address,
                "message_id": fact.message_id,
                "from": fact.from_address,
                "subject": fact.subject,
                "received_at": fact.received_at,
                "has_otp": bool(fact.otp),
                **({"otp": fact.otp} if fact.otp else {}),
                "attachment_count": fact.attachment_count,
            }
        case facts.InboxExpired():
            return fact.expired_at, {
                "inbox": fact.inbox_id,
                "address": fact.address,
                "expired_at": fact.expired_at,
                "message_count": fact.message_count,
                "archived": fact.archived,
            }
        case facts.EndpointDisabled():
            return fact.disabled_at, {"endpoint": fact.endpoint_id, "url": fact.url, "reason": fact.reason}
        case facts.EndpointTestRequested():
            return fact.requested_at, {"endpoint": fact.endpoint_id}


def _message(fact: Announced) -> facts.MessageStored:
    """The message that the dialects speak of; for a test one that does not exist, in the same fields."""
    if isinstance(fact, facts.MessageStored):
        return fact
    if not isinstance(fact, facts.EndpointTestRequested):
        raise TypeError(f"the dialects have no words for {type(fact).__name__}")
    return facts.MessageStored(
        event_id=fact.event_id,
        message_id=fact.event_id,
        inbox_id="",
        account_id=fact.account_id,
        address="",
        from_address="",
        subject="Test of this webhook",
        received_at=fact.requested_at,
        stored_at=fact.requested_at,
        otp="",
        attachment_count=0,
        link_count=0,
        raw_size=0,
    )


def _vaultmail(fact: Announced, _sequence: int) -> dict[str, Any]:
    message = _message(fact)
    return {
        "event": event_type(fact),
        "id": message.message_id,
        "inbox": message.inbox_id,
        "address": message.address,
        "from": message.from_address,
        "subject": message.subject,
        "received_at": message.received_at,
        "has_otp": bool(message.otp),
        "attachment_count": message.attachment_count,
    }


def _ephemask(fact: Announced, _sequence: int) -> dict[str, Any]:
    message = _message(fact)
    return {
        "event": "email.received" if isinstance(fact, facts.MessageStored) else event_type(fact),
        "inbox_address": message.address,
        "message_id": message.message_id,
        "from": message.from_address,
        "subject": message.subject,
        "received_at": int(message.received_at.timestamp()),
        "attachment_count": message.attachment_count,
    }


_BODIES: Mapping[Format, Callable[[Announced, int], dict[str, Any]]] = {
    "standard": _standard,
    "vaultmail": _vaultmail,
    "ephemask": _ephemask,
}
