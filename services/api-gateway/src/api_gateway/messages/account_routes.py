"""GET /api/v1/messages: the messages of all inboxes of an account."""

from typing import Any

from litestar import Request, Response, get

from api_gateway.edge.pages import paged
from api_gateway.edge.paging import parse_page_cursor
from api_gateway.edge.parameters import (
    Consistent,
    Cursor,
    Given,
    GivenCaller,
    HasOtp,
    Limit,
    Recipient,
    Sender,
    Since,
    Subject,
    TimeZone,
    Unread,
    Words,
)
from api_gateway.messages.filters import message_filter
from api_gateway.messages.handlers import MessageHandlers
from api_gateway.messages.views import AccountMessageEntry, account_message_entry


@get("/messages", opt={"needs": "account", "scope": "mailboxes:read"})
async def list_account_messages(  # noqa: PLR0917 - query parameters, given by name
    request: Request[Any, Any, Any],
    caller: GivenCaller,
    messages: Given[MessageHandlers],
    limit: Limit = 50,
    cursor: Cursor = None,
    q: Words = None,
    tz: TimeZone = None,
    sender: Sender = None,
    recipient: Recipient = None,
    subject: Subject = None,
    has_otp: HasOtp = None,
    unread: Unread = None,
    since: Since = None,
    consistent: Consistent = False,
) -> Response[list[AccountMessageEntry]]:
    """List the messages of all your inboxes and spaces, newest first.

    It contains every message up to the cursor `X-Cursor`, with which `GET /api/v1/sse/messages` goes on.
    """
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
    listing = await messages.read_account.listing(
        caller, wanted, limit=limit, cursor=parse_page_cursor(cursor), consistent=consistent
    )
    entries = [account_message_entry(summary, listing.addresses[summary.inbox_id]) for summary in listing.page.entries]
    return paged(entries, listing.page.next_cursor, request, {"X-Cursor": str(listing.complete_up_to)})
