"""Messages: one parsed mail in one inbox, its summary for lists, and the filter for searching them."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from mayfly.events.facts import MessageStored, new_event_id
from mayfly.records.record import Record
from mayfly.records.search import Folded, Search


class StoredEnvelope(Struct, frozen=True, kw_only=True):
    """The SMTP envelope as one inbox may see it: without recipients that lead elsewhere.

    `forward_path`: the first one that leads here; `Message.recipients` has all. `login`: user name of the session's
    AUTH, or of the API call that stood for it; "" without one.
    """

    reverse_path: str
    forward_path: str
    helo: str = ""
    peer_address: str = ""
    tls: bool = False
    source: str = "smtp"
    login: str = ""


class Link(Struct, frozen=True, kw_only=True):
    """A link of the body; `kind`: verify, reset, magic, unsubscribe or other.

    `flags`: `scheme` = it opens an app, not a web page.
    """

    url: str
    text: str = ""
    kind: str = "other"
    flags: list[str] = []


class Attachment(Struct, frozen=True, kw_only=True):
    """An attachment without its octets; `size` (octets), `sha256`, `sha1` and `md5` (hex) are of the decoded content.

    `part_id`: its place among the MIME parts of the mail, such as `2` or `1.2`: the number of each part in the one that
    holds it; `0` where it is all of the mail. These three are "" in messages stored before they were recorded, and
    `part_id` in attachments that were added later.
    """

    index: int
    filename: str
    content_type: str
    size: int
    sha256: str
    content_id: str | None = None
    inline: bool = False
    part_id: str = ""
    sha1: str = ""
    md5: str = ""


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

    `text_crlf`, `html_crlf`: whether lines of the body end in CRLF in the mail; here they end in LF.

    `bcc`: addresses of the Bcc field, and those of `recipients` that none of To, Cc and Bcc names. `names`: pairs of
    address and display name, of those in `to`, `cc`, `bcc` and `reply_to` that have one. `tags`: labels from the field
    X-Tags and from the `+tag` of addresses, changed by API; each once, in order, compared without case.

    `snippet`: how the HTML, else the text, begins: at most 300 characters of what is shown, on one line. `folded`: for
    searches only, never read back; None in messages stored before it was recorded.
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
    bcc: list[str] = []
    names: list[tuple[str, str]] = []
    tags: list[str] = []
    reply_to: list[str] = []
    subject: str = ""
    date: datetime | None = None
    header_message_id: str = ""
    headers: list[tuple[str, str]] = []
    text: str = ""
    html: str = ""
    text_crlf: bool = False
    html_crlf: bool = False
    preview: str = ""
    snippet: str = ""
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
    folded: Folded | None = None


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

    `recipient` matches the forward-paths, the inbox's address, the To and Cc fields.
    """

    search: Search | None = None
    sender: str | None = None
    recipient: str | None = None
    subject: str | None = None
    has_otp: bool | None = None
    unread: bool | None = None
    since: datetime | None = None


class MessageSummary(Record, frozen=True, kw_only=True):
    """A message as shown in lists: without bodies, header fields and octets.

    `recipients`: the first three of the message's.
    """

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
    recipients: list[str] = []
    recipient_count: int = 0
    tags: list[str] = []


class MessageOverview(MessageSummary, frozen=True, kw_only=True):
    """A summary with what other mail catchers show in their lists.

    `login`: as in `StoredEnvelope`. `snippet`: as in `Message`; empty in messages stored before it was recorded.
    `inline_count`: attachments that the HTML shows within itself.
    """

    header_message_id: str = ""
    from_name: str = ""
    to: list[str] = []
    cc: list[str] = []
    bcc: list[str] = []
    reply_to: list[str] = []
    names: list[tuple[str, str]] = []
    login: str = ""
    snippet: str = ""
    inline_count: int = 0


class FoundMessage(Struct, frozen=True):
    """A message that a search found."""

    id: str
    is_read: bool


class TagCount(Struct, frozen=True, kw_only=True):
    """A tag and the number of the inbox's messages that have it. `tag`: as the newest of them spells it."""

    tag: str
    count: int


class InboxStats(Struct, frozen=True, kw_only=True):
    """Counters over all messages of an inbox; `total_bytes`: raw octets."""

    message_count: int = 0
    unread_count: int = 0
    otp_count: int = 0
    total_bytes: int = 0
    attachment_count: int = 0
    last_received_at: datetime | None = None
