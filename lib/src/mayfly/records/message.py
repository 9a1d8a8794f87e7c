"""Messages: one parsed mail in one inbox, its summary for lists, and the filter for searching them."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from mayfly.events.facts import MessageStored, new_event_id
from mayfly.records.record import Record


class StoredEnvelope(Struct, frozen=True, kw_only=True):
    """The SMTP envelope as one inbox may see it: without recipients that lead elsewhere.

    `forward_path`: the first one that leads here; `Message.recipients` has all.
    """

    reverse_path: str
    forward_path: str
    helo: str = ""
    peer_address: str = ""
    tls: bool = False
    source: str = "smtp"


class Link(Struct, frozen=True, kw_only=True):
    """A link of the body; `kind`: verify, reset, magic, unsubscribe or other.

    `flags`: `scheme` = it opens an app, not a web page.
    """

    url: str
    text: str = ""
    kind: str = "other"
    flags: list[str] = []


class Attachment(Struct, frozen=True, kw_only=True):
    """An attachment without its octets; `size` (octets) and `sha256` (hex) are of the decoded content."""

    index: int
    filename: str
    content_type: str
    size: int
    sha256: str
    content_id: str | None = None
    inline: bool = False


class OtpCandidate(Struct, frozen=True, kw_only=True):
    """A possible one-time code and its evidence.

    `source`: subject, text or html; `span`: start and end of the code there. `display`: the code as written there, with
    its blanks and dashes; "" when it equals `code`.

    `evidence`: features and their weights, the heaviest first; empty in messages stored before it was recorded. A
    message has at most 10 candidates, each at most 25 features with names of about 30 characters: 15 kB in the store at
    worst; nine of ten mails of the corpus have less than 0.5 kB.
    """

    code: str
    confidence: float
    rule: str
    source: str
    span: tuple[int, int]
    display: str = ""
    evidence: list[tuple[str, float]] = []


class Authentication(Struct, frozen=True, kw_only=True):
    """SPF, DKIM and DMARC results in the words of RFC 8601 section 2.7 (`pass`, `fail`, `none`, `temperror`, ...).

    Computed after the message is stored, so a new message has none for a moment.
    """

    spf: str = "none"
    dkim: str = "none"
    dmarc: str = "none"


class Message(Record, frozen=True, kw_only=True):
    """One mail in one inbox, parsed.

    `recipients`: the accepted forward-paths that lead to this inbox, each once; empty in messages stored before it was
    recorded. `headers`: every header field in order, unfolded and decoded. `hidden_text`: text that the HTML hides from
    readers (preheaders, white on white). `parse_status`: `partial` = parsed with `warnings`; `failed` = not parsed, for
    `parse_reason`, so that only envelope and octets are known. `authentication` None: not computed yet, or never,
    for `authentication_reason`. `raw_size`: octets.
    """

    inbox_id: str
    account_id: str | None
    address: str
    event_id: str
    envelope: StoredEnvelope
    received_at: datetime
    stored_at: datetime
    raw_size: int
    recipients: list[str] = []
    tag: str = ""
    from_address: str = ""
    from_name: str = ""
    to: list[str] = []
    cc: list[str] = []
    reply_to: list[str] = []
    subject: str = ""
    date: datetime | None = None
    header_message_id: str = ""
    headers: list[tuple[str, str]] = []
    text: str = ""
    html: str = ""
    preview: str = ""
    links: list[Link] = []
    attachments: list[Attachment] = []
    otp: str | None = None
    otp_candidates: list[OtpCandidate] = []
    parse_status: Literal["parsed", "partial", "failed"] = "parsed"
    parse_reason: str = ""
    warnings: list[str] = []
    hidden_text: str = ""
    authentication: Authentication | None = None
    authentication_reason: str = ""
    is_read: bool = False


def stored_event(message: Message) -> MessageStored:
    """The event that announces the message, under a new event id."""
    return MessageStored(
        event_id=new_event_id(),
        message_id=message.id,
        inbox_id=message.inbox_id,
        account_id=message.account_id or "",
        address=message.address,
        from_address=message.from_address,
        subject=message.subject,
        received_at=message.received_at,
        stored_at=message.stored_at,
        otp=message.otp or "",
        attachment_count=len(message.attachments),
        link_count=len(message.links),
        raw_size=message.raw_size,
    )


class MessageFilter(Struct, frozen=True, kw_only=True):
    """Conditions for a list of messages; None: no condition. Texts match as case-insensitive substrings.

    `text` matches subject, sender or body; `recipient` the forward-paths, the inbox's address, the To and Cc fields.
    """

    text: str | None = None
    sender: str | None = None
    recipient: str | None = None
    subject: str | None = None
    has_otp: bool | None = None
    unread: bool | None = None
    since: datetime | None = None


class MessageSummary(Record, frozen=True, kw_only=True):
    """A message as shown in lists: without bodies, header fields and octets."""

    inbox_id: str
    received_at: datetime
    raw_size: int
    from_address: str = ""
    subject: str = ""
    preview: str = ""
    is_read: bool = False
    otp: str | None = None
    link_count: int = 0
    attachment_count: int = 0


class InboxStats(Struct, frozen=True, kw_only=True):
    """Counters over all messages of an inbox; `total_bytes`: raw octets."""

    message_count: int = 0
    unread_count: int = 0
    otp_count: int = 0
    total_bytes: int = 0
    attachment_count: int = 0
    last_received_at: datetime | None = None
