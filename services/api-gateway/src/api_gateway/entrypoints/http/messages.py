"""/api/v1/inboxes/{address}/messages and /api/v1/messages: reading mail."""

from datetime import UTC, datetime
from typing import Any

from litestar import Request, Response, Router, delete, get, patch
from litestar.params import JSONBody
from msgspec import Struct

from api_gateway.domain.cursors import parse_cursor
from api_gateway.domain.paging import parse_page_cursor
from api_gateway.entrypoints.http.downloads import download
from api_gateway.entrypoints.http.given import (
    After,
    AttachmentIndex,
    Cursor,
    GivenCaller,
    GivenCalls,
    HasOtp,
    InboxName,
    Limit,
    MessageId,
    Peek,
    Sender,
    Since,
    Subject,
    Unread,
    Words,
)
from api_gateway.entrypoints.http.pages import paged
from api_gateway.errors import BadInput
from mayfly.records.message import (
    Attachment,
    Authentication,
    Link,
    Message,
    MessageFilter,
    MessageSummary,
    StoredEnvelope,
)


class MessageEntry(Struct, frozen=True, kw_only=True):
    id: str
    from_address: str
    subject: str
    received_at: datetime
    is_read: bool
    has_otp: bool
    raw_size: int
    link_count: int
    attachment_count: int
    preview: str


class LinkView(Struct, frozen=True, kw_only=True):
    """`kind`: verify, reset, unsubscribe or other."""

    index: int
    url: str
    text: str
    kind: str


class AttachmentView(Struct, frozen=True, kw_only=True):
    """`size` in octets, `sha256` in hex, both of what a download gives."""

    index: int
    filename: str
    content_type: str
    size: int
    sha256: str
    content_id: str | None
    inline: bool


class CandidateView(Struct, frozen=True, kw_only=True):
    """A code that may be the one-time password, and why. `span`: where it stands in the text of `source`."""

    code: str
    confidence: float
    rule: str
    source: str
    span: tuple[int, int]


class MessageView(Struct, frozen=True, kw_only=True):
    """`headers`: repeated fields joined by line feeds. `parse_status` failed: only envelope and octets are known."""

    id: str
    inbox_id: str
    address: str
    tag: str
    from_address: str
    from_name: str
    to: list[str]
    cc: list[str]
    subject: str
    received_at: datetime
    is_read: bool
    has_otp: bool
    raw_size: int
    body_text: str
    body_html: str
    text_preview: str
    links: list[LinkView]
    attachments: list[AttachmentView]
    otp_detected: str | None
    otp_candidates: list[CandidateView]
    headers: dict[str, str]
    envelope: StoredEnvelope
    parse_status: str
    warnings: list[str]
    hidden_text: str
    authentication: Authentication | None


class ChangeMessage(Struct, frozen=True, kw_only=True):
    is_read: bool


class OtpView(Struct, frozen=True, kw_only=True):
    """`superseded_by`: a later message of the same sender bears a code too; its code is likely the one in force."""

    message_id: str
    otp: str | None
    found: bool
    subject: str
    candidates: list[CandidateView]
    superseded_by: str | None


class LinksView(Struct, frozen=True, kw_only=True):
    message_id: str
    count: int
    links: list[LinkView]


@get("/{address:str}/messages", opt={"scope": "mailboxes:read"})
async def list_messages(  # noqa: PLR0917 - query parameters, given by name
    request: Request[Any, Any, Any],
    address: InboxName,
    caller: GivenCaller,
    calls: GivenCalls,
    limit: Limit = 50,
    cursor: Cursor = None,
    after: After = None,
    q: Words = None,
    sender: Sender = None,
    subject: Subject = None,
    has_otp: HasOtp = None,
    unread: Unread = None,
    since: Since = None,
) -> Response[list[MessageEntry]]:
    """The inbox's messages, newest first. `X-Cursor`: all that was announced up to there is in the list."""
    wanted = MessageFilter(
        text=_printable(q, "q"),
        sender=_printable(sender, "from"),
        subject=_printable(subject, "subject"),
        has_otp=has_otp,
        unread=unread,
        since=_with_zone(since),
    )
    listing = await calls.messages.listing(
        caller, address, wanted, limit=limit, cursor=parse_page_cursor(cursor), after=parse_cursor(after, "after")
    )
    entries = [_entry(summary) for summary in listing.page.entries]
    return paged(entries, listing.page.next_cursor, request, {"X-Cursor": str(listing.complete_up_to)})


@get("/{message_id:str}", opt={"scope": "mailboxes:read"})
async def get_message(message_id: MessageId, caller: GivenCaller, calls: GivenCalls, peek: Peek = False) -> MessageView:
    """The whole message. Marks it read, unless `peek` is true."""
    message = await calls.messages.read(caller, message_id, peek=peek)
    return message_view(message, is_read=message.is_read or not peek)


@get("/{message_id:str}/raw", opt={"scope": "mailboxes:read", "octets": "application/rfc822"})
async def get_raw_message(message_id: MessageId, caller: GivenCaller, calls: GivenCalls) -> Response[bytes]:
    """The octets as received."""
    octets = await calls.messages.raw(caller, message_id)
    return download(octets, f"{message_id}.eml", "application/rfc822")


@get("/{message_id:str}/otp", opt={"scope": "mailboxes:read"})
async def get_otp(message_id: MessageId, caller: GivenCaller, calls: GivenCalls) -> OtpView:
    """The one-time password in the message, if there is one."""
    message = await calls.messages.read(caller, message_id, peek=True)
    return otp_view(message, await calls.messages.superseded_by(message))


@get("/{message_id:str}/links", opt={"scope": "mailboxes:read"})
async def get_links(message_id: MessageId, caller: GivenCaller, calls: GivenCalls) -> LinksView:
    """The links in the message."""
    message = await calls.messages.read(caller, message_id, peek=True)
    return LinksView(message_id=message.id, count=len(message.links), links=_links(message.links))


@get("/{message_id:str}/attachments", opt={"scope": "mailboxes:read"})
async def list_attachments(message_id: MessageId, caller: GivenCaller, calls: GivenCalls) -> list[AttachmentView]:
    """The attachments of the message."""
    message = await calls.messages.read(caller, message_id, peek=True)
    return _attachments(message.attachments)


@get("/{message_id:str}/attachments/{index:int}", opt={"scope": "mailboxes:read", "octets": "*/*"})
async def get_attachment(
    message_id: MessageId, index: AttachmentIndex, caller: GivenCaller, calls: GivenCalls
) -> Response[bytes]:
    """The octets of an attachment, always as a download."""
    attachment, octets = await calls.attachments.get(caller, message_id, index)
    return download(octets, attachment.filename, attachment.content_type)


@patch("/{message_id:str}", opt={"scope": "mailboxes:write"})
async def change_message(
    message_id: MessageId, data: JSONBody[ChangeMessage], caller: GivenCaller, calls: GivenCalls
) -> MessageView:
    """Mark the message read or unread."""
    message = await calls.messages.mark(caller, message_id, is_read=data.is_read)
    return message_view(message, is_read=data.is_read)


@delete("/{message_id:str}", opt={"scope": "mailboxes:write"})
async def delete_message(message_id: MessageId, caller: GivenCaller, calls: GivenCalls) -> None:
    """Delete the message and its octets."""
    await calls.messages.delete(caller, message_id)


def _entry(summary: MessageSummary) -> MessageEntry:
    return MessageEntry(
        id=summary.id,
        from_address=summary.from_address,
        subject=summary.subject,
        received_at=summary.received_at,
        is_read=summary.is_read,
        has_otp=summary.otp is not None,
        raw_size=summary.raw_size,
        link_count=summary.link_count,
        attachment_count=summary.attachment_count,
        preview=summary.preview,
    )


def otp_view(message: Message, superseded_by: str | None = None) -> OtpView:
    return OtpView(
        message_id=message.id,
        otp=message.otp,
        found=message.otp is not None,
        subject=message.subject,
        candidates=_candidates(message),
        superseded_by=superseded_by,
    )


def message_view(message: Message, *, is_read: bool | None = None) -> MessageView:
    """`is_read` None: as it is stored."""
    return MessageView(
        id=message.id,
        inbox_id=message.inbox_id,
        address=message.address,
        tag=message.tag,
        from_address=message.from_address,
        from_name=message.from_name,
        to=message.to,
        cc=message.cc,
        subject=message.subject,
        received_at=message.received_at,
        is_read=message.is_read if is_read is None else is_read,
        has_otp=message.otp is not None,
        raw_size=message.raw_size,
        body_text=message.text,
        body_html=message.html,
        text_preview=message.preview,
        links=_links(message.links),
        attachments=_attachments(message.attachments),
        otp_detected=message.otp,
        otp_candidates=_candidates(message),
        headers=joined_headers(message.headers),
        envelope=message.envelope,
        parse_status=message.parse_status,
        warnings=message.warnings,
        hidden_text=message.hidden_text,
        authentication=message.authentication,
    )


def _printable(text: str | None, field: str) -> str | None:
    if text is not None and "\0" in text:
        raise BadInput("cannot hold NUL", field=field)
    return text


def _with_zone(moment: datetime | None) -> datetime | None:
    """A moment without a zone is meant in UTC."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def _links(links: list[Link]) -> list[LinkView]:
    return [LinkView(index=n, url=link.url, text=link.text, kind=link.kind) for n, link in enumerate(links)]


def _attachments(attachments: list[Attachment]) -> list[AttachmentView]:
    return [
        AttachmentView(
            index=a.index,
            filename=a.filename,
            content_type=a.content_type,
            size=a.size,
            sha256=a.sha256,
            content_id=a.content_id,
            inline=a.inline,
        )
        for a in attachments
    ]


def _candidates(message: Message) -> list[CandidateView]:
    return [
        CandidateView(code=c.code, confidence=c.confidence, rule=c.rule, source=c.source, span=c.span)
        for c in message.otp_candidates
    ]


def joined_headers(fields: list[tuple[str, str]]) -> dict[str, str]:
    """Header fields by name; repeated ones joined by line feeds."""
    joined: dict[str, str] = {}
    for name, value in fields:
        joined[name] = f"{joined[name]}\n{value}" if name in joined else value
    return joined


ROUTES: list[Any] = [
    Router("/api/v1/inboxes", tags=["messages"], route_handlers=[list_messages]),
    Router(
        "/api/v1/messages",
        tags=["messages"],
        route_handlers=[
            get_message,
            get_raw_message,
            get_otp,
            get_links,
            list_attachments,
            get_attachment,
            change_message,
            delete_message,
        ],
    ),
]
