"""Builds records and events for tests, benchmarks and load generators: every field has a default.

Pass a record's own fields as keyword arguments to set them. All records made with the defaults expire an hour after
NOON, so a test needs SettableClock(NOON), or to pass `created_at` and `expires_at`.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from mayfly.events.facts import ClaimCheck, Envelope, MailReceived, MessageStored, Recipient, new_event_id
from mayfly.records.account import Account
from mayfly.records.delivery import Delivery
from mayfly.records.endpoint import Endpoint
from mayfly.records.identity import Identity
from mayfly.records.inbox import Inbox, InboxQuota
from mayfly.records.message import Message, StoredEnvelope
from mayfly.records.smtp_login import SmtpLogin, digest_of

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DOMAIN = "mayfly.test"
UNLIMITED = InboxQuota(subject="test")
"""The quota with which tests create inboxes in the store (mayfly.store.creations)."""


def make_account(**fields: Any) -> Account:
    """An account on the plan `pro`, with an e-mail address of its own."""
    account_id = fields.pop("id", None) or str(uuid4())
    defaults: dict[str, Any] = {"email": f"{account_id}@example.com", "plan": "pro", "created_at": NOON}
    return Account(id=account_id, **defaults | fields)


def make_inbox(address: str = "", **fields: Any) -> Inbox:
    """A live anonymous inbox; without `address` it has one of its own. `address`: local part or `local@domain`."""
    inbox_id = fields.pop("id", None) or new_event_id()
    local, _, domain = (address or inbox_id).partition("@")
    defaults: dict[str, Any] = {"created_at": NOON, "expires_at": NOON + timedelta(hours=1)}
    domain = domain or DOMAIN
    return Inbox(id=inbox_id, address=f"{local}@{domain}", local_part=local, domain=domain, **defaults | fields)


def make_smtp_login(space_id: str, password: str = "", **fields: Any) -> SmtpLogin:
    """A login of the space with this password; without one, with a password that nobody knows."""
    digest = digest_of(password or new_event_id())
    defaults: dict[str, Any] = {"id": new_event_id(), "label": "", "created_at": NOON, "password_hash": digest}
    return SmtpLogin(space_id=space_id, **defaults | fields)


def make_message(inbox: Inbox, **fields: Any) -> Message:
    """A parsed message in the inbox, without content; `raw_size` is 3 (`b"raw"`)."""
    defaults: dict[str, Any] = {
        "id": new_event_id(),
        "event_id": new_event_id(),
        "envelope": StoredEnvelope(reverse_path="sender@example.com", forward_path=inbox.address),
        "received_at": inbox.created_at,
        "stored_at": inbox.created_at,
        "raw_size": len(b"raw"),
    }
    return Message(inbox_id=inbox.id, account_id=inbox.account_id, address=inbox.address, **defaults | fields)


def make_endpoint(account_id: str = "account", **fields: Any) -> Endpoint:
    """A webhook endpoint of the account, for all its inboxes."""
    defaults: dict[str, Any] = {
        "id": str(uuid4()),
        "url": "https://receiver.example/hook",
        "secret": "00",
        "created_at": NOON,
    }
    return Endpoint(account_id=account_id, **defaults | fields)


def make_identity(inbox: Inbox, **fields: Any) -> Identity:
    """A simulated person whose mailbox is the inbox."""
    defaults: dict[str, Any] = {
        "id": new_event_id(),
        "account_id": inbox.account_id or "account",
        "client_id": "client",
        "inbox_id": inbox.id,
        "mailbox_address": inbox.address,
        "username": inbox.local_part,
        "name": inbox.local_part,
        "created_at": NOON,
        "updated_at": NOON,
    }
    return Identity(**defaults | fields)


def make_mail(
    *inboxes: Inbox,
    octets: bytes | ClaimCheck = b"Subject: Hello\r\n\r\nHello\r\n",
    received_at: datetime = NOON,
    event_id: str = "",
    **fields: Any,
) -> MailReceived:
    """An event of smtp-ingest: one mail for these inboxes. `fields`: of the envelope."""
    defaults: dict[str, Any] = {
        "recipients": tuple(Recipient(inbox.address, inbox.id) for inbox in inboxes),
        "reverse_path": "sender@example.com",
        "helo": "mx.example.com",
        "peer_address": "192.0.2.1",
    }
    envelope = Envelope(**defaults | fields)
    return MailReceived(event_id or new_event_id(), received_at, envelope, octets)


def make_stored(inbox_id: str = "inbox", **fields: Any) -> MessageStored:
    """The event that announces a message in this inbox."""
    defaults: dict[str, Any] = {
        "event_id": new_event_id(),
        "message_id": new_event_id(),
        "account_id": "",
        "address": f"{inbox_id}@{DOMAIN}",
        "from_address": "sender@example.com",
        "subject": "Hello",
        "received_at": NOON,
        "stored_at": NOON,
        "otp": "",
        "attachment_count": 0,
        "link_count": 0,
        "raw_size": 1,
    }
    return MessageStored(inbox_id=inbox_id, **defaults | fields)


def make_delivery(endpoint_id: str = "endpoint", **fields: Any) -> Delivery:
    """A pending delivery of a message's event."""
    defaults: dict[str, Any] = {
        "id": new_event_id(),
        "account_id": "account",
        "inbox_id": "inbox",
        "event_type": "message.received",
        "payload": b"{}",
        "created_at": NOON,
    }
    return Delivery(endpoint_id=endpoint_id, **defaults | fields)
