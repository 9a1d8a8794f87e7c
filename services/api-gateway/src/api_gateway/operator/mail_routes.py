"""/api/v1/admin/mail: the operator's inbox, which gets mail for postmaster and abuse of the public domains."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, delete, get
from msgspec import Struct

from api_gateway.edge.caller import Caller
from api_gateway.edge.downloads import Download
from api_gateway.edge.pages import paged
from api_gateway.edge.paging import parse_page_cursor
from api_gateway.edge.parameters import Cursor, Given, Limit, MessageId
from api_gateway.edge.views import view
from api_gateway.messages import MessageHandlers, MessageView, message_view
from mayfly.records.inbox import OPERATOR, OPERATOR_INBOX_ID
from mayfly.records.message import MessageFilter

_CALLER = Caller(address="", subject=OPERATOR, account_id=OPERATOR)


class OperatorMailEntry(Struct, frozen=True, kw_only=True):
    id: str
    from_address: str
    subject: str
    received_at: datetime
    raw_size: int
    preview: str


@get("/mail")
async def list_operator_mail(
    request: Request[Any, Any, Any], messages: Given[MessageHandlers], limit: Limit = 50, cursor: Cursor = None
) -> Response[list[OperatorMailEntry]]:
    """List mail for postmaster and abuse of the public domains, newest first. The oldest is deleted by itself."""
    listing = await messages.read.listing(
        _CALLER, OPERATOR_INBOX_ID, MessageFilter(), limit=limit, cursor=parse_page_cursor(cursor)
    )
    entries = [view(summary, OperatorMailEntry) for summary in listing.page.entries]
    return paged(entries, listing.page.next_cursor, request)


@get("/mail/{message_id:str}")
async def get_operator_mail(message_id: MessageId, messages: Given[MessageHandlers]) -> MessageView:
    """Get a mail to postmaster or abuse, with its bodies and the address it was sent to."""
    return message_view(await messages.read.one(_CALLER, message_id, peek=True))


@get("/mail/{message_id:str}/raw", opt={"octets": "application/rfc822"})
async def get_raw_operator_mail(message_id: MessageId, messages: Given[MessageHandlers]) -> Response[bytes]:
    """Download a mail to postmaster or abuse, exactly as received."""
    message = await messages.read.without_bodies(_CALLER, message_id)
    return Download(message.raw_size, lambda: messages.read.raw(message), f"{message_id}.eml", "application/rfc822")


@delete("/mail/{message_id:str}")
async def delete_operator_mail(message_id: MessageId, messages: Given[MessageHandlers]) -> None:
    """Delete a mail to postmaster or abuse."""
    await messages.change.delete(_CALLER, message_id)
