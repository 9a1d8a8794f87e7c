"""/api/v1/receipts: deletion receipts of ended inboxes, kept for 30 days."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.params import PathParameter
from msgspec import Struct

from api_gateway.edge.pages import paged
from api_gateway.edge.paging import parse_page_cursor
from api_gateway.edge.parameters import Cursor, Given, GivenCaller, Limit
from api_gateway.edge.views import view
from api_gateway.inboxes.handlers import InboxHandlers
from mayfly.records.receipt import Ending, Receipt

ReceiptId = Annotated[str, PathParameter(description="Id of the ended inbox")]

_READS: dict[str, Any] = {"needs": "account", "scope": "mailboxes:read"}


class ReceiptView(Struct, frozen=True, kw_only=True):
    """`ending`: why the inbox ended. `octets`: total raw size of its messages. `emptied_at`: when deletion began."""

    inbox_id: str
    address: str
    ending: Ending
    created_at: datetime
    expires_at: datetime | None
    emptied_at: datetime
    message_count: int
    octets: int


@get("/", opt=_READS)
async def list_receipts(
    caller: GivenCaller,
    inboxes: Given[InboxHandlers],
    request: Request[Any, Any, Any],
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response[list[ReceiptView]]:
    """List the deletion receipts of your ended inboxes, newest inbox first."""
    found = await inboxes.receipts.mine(caller, limit=limit, before=parse_page_cursor(cursor))
    return paged([_view(receipt) for receipt in found.entries], found.next_cursor, request)


@get("/{inbox_id:str}", opt=_READS)
async def get_receipt(inbox_id: ReceiptId, caller: GivenCaller, inboxes: Given[InboxHandlers]) -> ReceiptView:
    """Get the deletion receipt of an ended inbox."""
    return _view(await inboxes.receipts.get(caller, inbox_id))


def _view(receipt: Receipt) -> ReceiptView:
    return view(receipt, ReceiptView, inbox_id=receipt.id)
