"""Every event of Mayfly as a frozen dataclass, independent of protobuf and of the broker.

`codec` converts them to bytes and back; docs/wire-format.md is the same list for people. All times are timezone-aware
UTC.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from uuid_utils import uuid7

INLINE_LIMIT_OCTETS = 512 * 1024
"""Larger mails travel by claim check: a bus message holds 1 MiB, and half of it leaves room for the envelope."""

_CLOCKS_APART_MS = 1000
_BITS_BELOW_TIME = 80


def new_event_id(at: datetime | None = None) -> str:
    """A fresh, time-ordered event id (UUIDv7, RFC 9562 section 5.7).

    `at`: what a clock says now. One that is ahead of the machine's, such as the test clock, gives the id its time.
    """
    value = uuid7()
    moment = 0 if at is None else int(at.timestamp() * 1000)
    if moment <= value.timestamp + _CLOCKS_APART_MS:
        return str(value)
    return str(UUID(int=(moment << _BITS_BELOW_TIME) | (value.int % (1 << _BITS_BELOW_TIME))))


@dataclass(frozen=True, slots=True)
class Recipient:
    """An accepted forward-path and the inbox it resolved to; `tag`: the text after `+`."""

    forward_path: str
    inbox_id: str
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """The SMTP envelope (RFC 5321 section 2.3.1). `reverse_path` is "" for the null path; `login`: user of AUTH."""

    reverse_path: str
    recipients: tuple[Recipient, ...]
    helo: str = ""
    peer_address: str = ""
    tls: bool = False
    source: str = "smtp"
    login: str = ""


@dataclass(frozen=True, slots=True)
class ClaimCheck:
    """Names the object that holds octets over the inline limit; `size` in octets."""

    object_name: str
    size: int


@dataclass(frozen=True, slots=True)
class MailReceived:
    event_id: str
    received_at: datetime
    envelope: Envelope
    octets: bytes | ClaimCheck


@dataclass(frozen=True, slots=True)
class MessageStored:
    event_id: str
    message_id: str
    inbox_id: str
    account_id: str
    address: str
    from_address: str
    subject: str
    received_at: datetime
    stored_at: datetime
    otp: str
    attachment_count: int
    link_count: int
    raw_size: int


@dataclass(frozen=True, slots=True)
class InboxExpired:
    event_id: str
    inbox_id: str
    account_id: str
    address: str
    expired_at: datetime
    message_count: int
    archived: bool


@dataclass(frozen=True, slots=True)
class InboxDeleted:
    event_id: str
    inbox_id: str
    account_id: str
    address: str
    deleted_at: datetime


@dataclass(frozen=True, slots=True)
class AttemptScheduled:
    """`attempt` counts from 1."""

    event_id: str
    delivery_id: str
    inbox_id: str
    attempt: int
    due_at: datetime
    endpoint_id: str = ""
    account_id: str = ""


@dataclass(frozen=True, slots=True)
class EndpointDisabled:
    event_id: str
    endpoint_id: str
    account_id: str
    url: str
    reason: str
    disabled_at: datetime


@dataclass(frozen=True, slots=True)
class EndpointTestRequested:
    event_id: str
    endpoint_id: str
    account_id: str
    requested_at: datetime


@dataclass(frozen=True, slots=True)
class RedeliveryRequested:
    """Send one delivery again; with `delivery_id` "" all that were created from `since` until before `until`.

    `delivered_too` False: only those that failed.
    """

    event_id: str
    endpoint_id: str
    account_id: str
    delivery_id: str
    since: datetime
    until: datetime
    delivered_too: bool
    requested_at: datetime


Fact = (
    MailReceived
    | MessageStored
    | InboxExpired
    | InboxDeleted
    | AttemptScheduled
    | EndpointDisabled
    | EndpointTestRequested
    | RedeliveryRequested
)

Announcement = (
    MessageStored | InboxExpired | InboxDeleted | EndpointDisabled | EndpointTestRequested | RedeliveryRequested
)
"""The events of the stream EVENTS (mayfly.bus.topology)."""
