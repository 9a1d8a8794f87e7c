"""Objects of messages. Generated from docs/openapi.json by `make clients`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from mayfly_mail.model import Model, many, moment


class MessageEntry(Model):
    """Answer of `list_messages`."""

    attachment_count: int
    from_address: str
    has_otp: bool
    id: str
    is_read: bool
    link_count: int
    preview: str
    raw_size: int
    received_at: datetime
    recipient_count: int
    recipients: list[str] = field(default_factory=list)
    subject: str
    tags: list[str] = field(default_factory=list)

    _readers = {"received_at": moment}


class InjectedData(Model):
    """Answer of `inject_message`."""

    address: str
    id: str
    inbox_id: str


class TagData(Model):
    """Answer of `list_tags`."""

    count: int
    tag: str


class AccountMessageEntry(Model):
    """Answer of `list_account_messages`."""

    address: str
    attachment_count: int
    from_address: str
    has_otp: bool
    id: str
    inbox_id: str
    is_read: bool
    link_count: int
    preview: str
    raw_size: int
    received_at: datetime
    recipient_count: int
    recipients: list[str] = field(default_factory=list)
    subject: str
    tags: list[str] = field(default_factory=list)

    _readers = {"received_at": moment}


class ChangedMessages(Model):
    """Answer of `change_messages`."""

    changed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


class DeletedMessages(Model):
    """Answer of `delete_messages`."""

    deleted: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


class AttachmentData(Model):
    """Answer of `list_attachments`."""

    content_id: str | None = None
    content_type: str
    filename: str
    index: int
    inline: bool
    sha256: str
    size: int


class Authentication(Model):
    """Part of `MessageData`."""

    dkim: str = "none"
    dmarc: str = "none"
    spf: str = "none"


class CandidateData(Model):
    """Part of `MessageData`."""

    code: str
    confidence: float
    display: str
    rule: str
    source: str
    span: tuple[int, int]

    _readers = {"span": tuple}


class EnvelopeData(Model):
    """Part of `MessageData`."""

    forward_path: str
    helo: str = ""
    login: str = ""
    peer_address: str = ""
    reverse_path: str
    source: str = "smtp"
    tls: bool = False


class LinkData(Model):
    """Part of `MessageData` and `LinksData`."""

    flags: list[str] = field(default_factory=list)
    index: int
    kind: str
    text: str
    url: str


class MessageData(Model):
    """Answer of `get_operator_mail`, `wait_for_message`, `get_message` and `change_message`."""

    address: str
    attachments: list[AttachmentData] = field(default_factory=list)
    authentication: Authentication | None = None
    authentication_reason: str
    bcc: list[str] = field(default_factory=list)
    body_html: str
    body_text: str
    cc: list[str] = field(default_factory=list)
    date: datetime | None = None
    envelope: EnvelopeData
    from_address: str
    from_name: str
    has_otp: bool
    header_fields: list[tuple[str, str]] = field(default_factory=list)
    header_message_id: str
    headers: Mapping[str, str]
    hidden_text: str
    id: str
    inbox_id: str
    is_read: bool
    links: list[LinkData] = field(default_factory=list)
    otp_candidates: list[CandidateData] = field(default_factory=list)
    otp_detected: str | None = None
    parse_status: str
    raw_size: int
    received_at: datetime
    recipients: list[str] = field(default_factory=list)
    reply_to: list[str] = field(default_factory=list)
    subject: str
    tag: str
    tags: list[str] = field(default_factory=list)
    text_preview: str
    to: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    _readers = {
        "attachments": many(AttachmentData.from_json),
        "authentication": Authentication.from_json,
        "date": moment,
        "envelope": EnvelopeData.from_json,
        "header_fields": many(tuple),
        "links": many(LinkData.from_json),
        "otp_candidates": many(CandidateData.from_json),
        "received_at": moment,
    }


class LinksData(Model):
    """Answer of `get_links`."""

    count: int
    links: list[LinkData] = field(default_factory=list)
    message_id: str

    _readers = {"links": many(LinkData.from_json)}


class EvidenceData(Model):
    """Part of `ExplainedCandidateData`."""

    feature: str
    weight: float


class ExplainedCandidateData(Model):
    """Part of `CodeData`."""

    code: str
    confidence: float
    display: str
    evidence: list[EvidenceData] | None = None
    rule: str
    source: str
    span: tuple[int, int]

    _readers = {"evidence": many(EvidenceData.from_json), "span": tuple}

    _absent_if_none = frozenset(["evidence"])


class CodeData(Model):
    """Answer of `wait_for_otp` and `get_otp`."""

    candidates: list[ExplainedCandidateData] = field(default_factory=list)
    found: bool
    message_id: str
    otp: str | None = None
    subject: str
    superseded_by: str | None = None

    _readers = {"candidates": many(ExplainedCandidateData.from_json)}
