"""/api/v1/messages and the messages of /api/v1/inboxes/{address}: listing, reading, changing and deleting them."""

from typing import Any

from litestar import Request, Response, delete, get, patch, post
from litestar.params import JSONBody
from msgspec import UNSET

from api_gateway.edge.downloads import Download
from api_gateway.edge.head import is_head
from api_gateway.edge.pages import paged
from api_gateway.edge.paging import parse_cursor, parse_page_cursor
from api_gateway.edge.parameters import (
    After,
    AttachmentIndex,
    Consistent,
    Cursor,
    Explain,
    Given,
    GivenCaller,
    HasOtp,
    InboxName,
    Limit,
    MessageId,
    Peek,
    Recipient,
    Sender,
    Since,
    Subject,
    TimeZone,
    Unread,
    Words,
)
from api_gateway.edge.views import view
from api_gateway.messages.filters import message_filter
from api_gateway.messages.handlers import MessageHandlers
from api_gateway.messages.views import (
    AttachmentView,
    ChangeMessage,
    LinksView,
    MessageEntry,
    MessageView,
    OtpView,
    TagView,
    attachment_views,
    link_views,
    message_entry,
    message_view,
    otp_view,
)
from api_gateway.refusals import BadInput


@get("/inboxes/{address:str}/messages", opt={"scope": "mailboxes:read"})
async def list_messages(  # noqa: PLR0917 - query parameters, given by name
    request: Request[Any, Any, Any],
    address: InboxName,
    caller: GivenCaller,
    messages: Given[MessageHandlers],
    limit: Limit = 50,
    cursor: Cursor = None,
    after: After = None,
    q: Words = None,
    tz: TimeZone = None,
    sender: Sender = None,
    recipient: Recipient = None,
    subject: Subject = None,
    has_otp: HasOtp = None,
    unread: Unread = None,
    since: Since = None,
    consistent: Consistent = False,
) -> Response[list[MessageEntry]]:
    """List the messages of an inbox, newest first. It contains every message up to the cursor `X-Cursor`."""
    wanted = message_filter(
        q=q,
        tz=tz,
        sender=sender,
        recipient=recipient,
        subject=subject,
        has_otp=has_otp,
        unread=unread,
        since=since,
    )
    listing = await messages.read.listing(
        caller,
        address,
        wanted,
        limit=limit,
        cursor=parse_page_cursor(cursor),
        after=parse_cursor(after, "after"),
        consistent=consistent,
    )
    entries = [message_entry(summary) for summary in listing.page.entries]
    return paged(entries, listing.page.next_cursor, request, {"X-Cursor": str(listing.complete_up_to)})


@get("/messages/{message_id:str}", opt={"scope": "mailboxes:read"})
async def get_message(
    request: Request[Any, Any, Any],
    message_id: MessageId,
    caller: GivenCaller,
    messages: Given[MessageHandlers],
    peek: Peek = False,
) -> MessageView:
    """Get a message with its bodies. Marks it as read unless `peek` is true."""
    peek = peek or is_head(request)
    message = await messages.read.one(caller, message_id, peek=peek)
    return message_view(message, is_read=message.is_read or not peek)


@get("/messages/{message_id:str}/raw", opt={"scope": "mailboxes:read", "octets": "application/rfc822"})
async def get_raw_message(
    message_id: MessageId, caller: GivenCaller, messages: Given[MessageHandlers]
) -> Response[bytes]:
    """Download the raw mail of a message, exactly as received."""
    message = await messages.read.without_bodies(caller, message_id)
    return Download(message.raw_size, lambda: messages.read.raw(message), f"{message_id}.eml", "application/rfc822")


@get("/messages/{message_id:str}/otp", opt={"scope": "mailboxes:read"})
async def get_otp(
    message_id: MessageId, caller: GivenCaller, messages: Given[MessageHandlers], explain: Explain = False
) -> OtpView:
    """Get the one-time password found in a message, with all candidates and, if `explain` is true, their evidence."""
    message, superseded_by = await messages.read.code(caller, message_id)
    return otp_view(message, superseded_by, explain=explain)


@get("/messages/{message_id:str}/links", opt={"scope": "mailboxes:read"})
async def get_links(message_id: MessageId, caller: GivenCaller, messages: Given[MessageHandlers]) -> LinksView:
    """List the links of a message."""
    message = await messages.read.without_bodies(caller, message_id)
    return LinksView(message_id=message.id, count=len(message.links), links=link_views(message))


@get("/messages/{message_id:str}/attachments", opt={"scope": "mailboxes:read"})
async def list_attachments(
    message_id: MessageId, caller: GivenCaller, messages: Given[MessageHandlers]
) -> list[AttachmentView]:
    """List the attachments of a message."""
    message = await messages.read.without_bodies(caller, message_id)
    return attachment_views(message)


@get("/messages/{message_id:str}/attachments/{index:int}", opt={"scope": "mailboxes:read", "octets": "*/*"})
async def get_attachment(
    message_id: MessageId, index: AttachmentIndex, caller: GivenCaller, messages: Given[MessageHandlers]
) -> Response[bytes]:
    """Download an attachment."""
    attachment = await messages.attachments.find(caller, message_id, index)
    fetch = messages.attachments.fetch(message_id, index)
    return Download(attachment.size, fetch, attachment.filename, attachment.content_type)


@patch("/messages/{message_id:str}", opt={"scope": ("mailboxes:read", "mailboxes:write")})
async def change_message(
    message_id: MessageId, data: JSONBody[ChangeMessage], caller: GivenCaller, messages: Given[MessageHandlers]
) -> MessageView:
    """Mark a message as read or unread, or replace its tags."""
    if data.is_read is UNSET and data.tags is UNSET:
        raise BadInput("one of is_read and tags is required", field="body")
    message = await messages.change.change(
        caller,
        message_id,
        is_read=None if data.is_read is UNSET else data.is_read,
        tags=None if data.tags is UNSET else data.tags,
    )
    return message_view(message)


@get("/inboxes/{address:str}/tags", opt={"scope": "mailboxes:read"})
async def list_tags(address: InboxName, caller: GivenCaller, messages: Given[MessageHandlers]) -> list[TagView]:
    """List the tags of an inbox's messages, in alphabetical order."""
    return [view(count, TagView) for count in await messages.tags.counts(caller, address)]


@post("/inboxes/{address:str}/mark-all-read", status_code=204, opt={"scope": "mailboxes:write"})
async def mark_all_read(
    address: InboxName, caller: GivenCaller, messages: Given[MessageHandlers], consistent: Consistent = False
) -> None:
    """Mark every message of an inbox as read."""
    await messages.change.mark_all_read(caller, address, consistent=consistent)


@post("/inboxes/{address:str}/clear", status_code=204, opt={"scope": "mailboxes:write"})
async def clear_inbox(
    address: InboxName, caller: GivenCaller, messages: Given[MessageHandlers], consistent: Consistent = False
) -> None:
    """Delete every message of an inbox, but not the inbox."""
    await messages.change.delete_all(caller, address, consistent=consistent)


@delete("/messages/{message_id:str}", opt={"scope": "mailboxes:write"})
async def delete_message(message_id: MessageId, caller: GivenCaller, messages: Given[MessageHandlers]) -> None:
    """Delete a message with its raw mail and attachments."""
    await messages.change.delete(caller, message_id)
