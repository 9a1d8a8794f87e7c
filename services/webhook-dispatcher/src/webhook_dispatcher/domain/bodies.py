"""Makes the standard body of a webhook from an event, and the message that the other formats describe.

Called by domain.formats; the structs are those of mayfly.webhooks.bodies.
"""

from collections.abc import Mapping

from msgspec import UNSET

from mayfly.events import facts
from mayfly.webhooks import bodies
from mayfly.webhooks.formats import ENDPOINT_DISABLED, INBOX_EXPIRED, MESSAGE_RECEIVED, TEST

Announced = facts.MessageStored | facts.InboxExpired | facts.EndpointDisabled | facts.EndpointTestRequested

_TYPES: Mapping[type[Announced], str] = {
    facts.MessageStored: MESSAGE_RECEIVED,
    facts.InboxExpired: INBOX_EXPIRED,
    facts.EndpointDisabled: ENDPOINT_DISABLED,
    facts.EndpointTestRequested: TEST,
}


def event_type(fact: Announced) -> str:
    return _TYPES[type(fact)]


def standard_body(fact: Announced, sequence: int) -> bodies.StandardBody:
    match fact:
        case facts.MessageStored():
            return bodies.MessageReceived(timestamp=fact.stored_at, data=_message_data(fact, sequence))
        case facts.InboxExpired():
            expired = bodies.InboxExpiredData(
                inbox=fact.inbox_id,
                address=fact.address,
                expired_at=fact.expired_at,
                message_count=fact.message_count,
                archived=fact.archived,
                sequence=sequence,
            )
            return bodies.InboxExpired(timestamp=fact.expired_at, data=expired)
        case facts.EndpointDisabled():
            disabled = bodies.EndpointDisabledData(
                endpoint=fact.endpoint_id, url=fact.url, reason=fact.reason, sequence=sequence
            )
            return bodies.EndpointDisabled(timestamp=fact.disabled_at, data=disabled)
        case facts.EndpointTestRequested():
            test = bodies.WebhookTestData(endpoint=fact.endpoint_id, sequence=sequence)
            return bodies.WebhookTest(timestamp=fact.requested_at, data=test)


def _message_data(fact: facts.MessageStored, sequence: int) -> bodies.MessageReceivedData:
    return bodies.MessageReceivedData(
        inbox=fact.inbox_id,
        address=fact.address,
        message_id=fact.message_id,
        from_address=fact.from_address,
        subject=fact.subject,
        received_at=fact.received_at,
        has_otp=bool(fact.otp),
        otp=fact.otp or UNSET,
        attachment_count=fact.attachment_count,
        sequence=sequence,
    )


def message_of(fact: Announced) -> facts.MessageStored:
    """The message that the body of a dialect describes; for a test, a made-up one with the same fields."""
    if isinstance(fact, facts.MessageStored):
        return fact
    if not isinstance(fact, facts.EndpointTestRequested):
        raise TypeError(f"the dialects have no body for {type(fact).__name__}")
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
