"""The record of a message, free of the driver, so that the processes that only parse need not load it.

Made by parser; kept and queried by mayfly.store.messages; its octets lie in mayfly.store.octets.
"""

from datetime import datetime
from typing import Literal

import msgspec

from mayfly.store.record import Record


class StoredEnvelope(msgspec.Struct, frozen=True, kw_only=True):
    """The SMTP envelope as far as this recipient may see it (other recipients stay unknown)."""

    reverse_path: str
    forward_path: str
    helo: str = ""
    peer_address: str = ""
    tls: bool = False
    source: str = "smtp"


class Link(msgspec.Struct, frozen=True, kw_only=True):
    url: str
    text: str = ""
    kind: str = "other"


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """`size` in octets after transfer decoding; `sha256` in hex of the same."""

    index: int
    filename: str
    content_type: str
    size: int
    sha256: str
    content_id: str | None = None
    inline: bool = False


class OtpCandidate(msgspec.Struct, frozen=True, kw_only=True):
    """A one-time code and the evidence for it. `span`: start and end in the text of `source`."""

    code: str
    confidence: float
    rule: str
    source: str
    span: tuple[int, int]
    display: str = ""


class Authentication(msgspec.Struct, frozen=True, kw_only=True):
    """Verdicts in the words of RFC 8601 section 2.7 (`pass`, `fail`, `none`, `temperror`, ...).

    Computed after the message was stored, so a message is readable for a moment without them.
    """

    spf: str = "none"
    dkim: str = "none"
    dmarc: str = "none"


class Message(Record, frozen=True, kw_only=True):
    """What one inbox got of one mail.

    `headers`: all fields in order, unfolded and decoded. `hidden_text`: what the HTML keeps from the eye (preheaders,
    white on white). `parse_status`: partial = read with `warnings`, failed = only envelope and octets are known and
    `parse_reason` says why. `authentication` None: not computed yet.
    """

    id: str
    inbox_id: str
    account_id: str | None
    address: str
    event_id: str
    envelope: StoredEnvelope
    received_at: datetime
    stored_at: datetime
    raw_size: int
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
    is_read: bool = False
