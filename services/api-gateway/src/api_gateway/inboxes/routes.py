"""/api/v1/inboxes and /api/v1/receipts: inboxes and their fault plans (paths and fields of VaultMail), receipts."""

from typing import Annotated, Any

from litestar import Request, Response, delete, get, patch, post, put
from litestar.params import JSONBody, PathParameter
from msgspec import structs

from api_gateway.edge.pages import paged
from api_gateway.edge.paging import parse_page_cursor, parse_time_cursor
from api_gateway.edge.parameters import Consistent, Cursor, Given, GivenCaller, InboxName, InboxStatus, Label, Limit
from api_gateway.edge.views import view
from api_gateway.inboxes.change import InboxChange
from api_gateway.inboxes.create import InboxWish
from api_gateway.inboxes.handlers import InboxHandlers
from api_gateway.inboxes.views import (
    ChangeInbox,
    CreateInbox,
    GeneratedInbox,
    GenerateInbox,
    InboxEntry,
    InboxView,
    NewInbox,
    PutFaultPlan,
    ReactivateInbox,
    ReceiptView,
    generated_inbox,
    inbox_entry,
    inbox_view,
    new_inbox,
)
from mayfly.records.fault_plan import FaultPlan
from mayfly.records.message import InboxStats

ReceiptId = Annotated[str, PathParameter(description="Id of the ended inbox")]


@post("/inboxes/generate", opt={"scope": "mailboxes:write", "creates": True})
async def generate_inbox(
    caller: GivenCaller, inboxes: Given[InboxHandlers], data: JSONBody[GenerateInbox | None] = None
) -> GeneratedInbox:
    """Create an inbox with default settings. Without credentials it has no owner, and its address grants access."""
    created = await inboxes.create(caller, InboxWish(**structs.asdict(data or GenerateInbox())))
    return generated_inbox(created)


@post("/inboxes", opt={"needs": "account", "scope": "mailboxes:write", "creates": True})
async def create_inbox(
    caller: GivenCaller, inboxes: Given[InboxHandlers], data: JSONBody[CreateInbox | None] = None
) -> NewInbox:
    """Create an inbox in your account."""
    return new_inbox(await inboxes.create(caller, InboxWish(**structs.asdict(data or CreateInbox()))))


@get("/inboxes", opt={"needs": "account", "scope": "mailboxes:read"})
async def list_inboxes(  # noqa: PLR0917 - query parameters, given by name
    request: Request[Any, Any, Any],
    caller: GivenCaller,
    inboxes: Given[InboxHandlers],
    limit: Limit = 50,
    cursor: Cursor = None,
    label: Label = None,
    status: InboxStatus = "active",
) -> Response[list[InboxEntry]]:
    """List your inboxes, newest first."""
    page = await inboxes.read.mine(caller, limit=limit, status=status, label=label, cursor=parse_page_cursor(cursor))
    return paged([inbox_entry(inbox, status) for inbox in page.entries], page.next_cursor, request)


@get("/inboxes/{address:str}", opt={"scope": "mailboxes:read"})
async def get_inbox(
    address: InboxName, caller: GivenCaller, inboxes: Given[InboxHandlers], consistent: Consistent = False
) -> InboxView:
    """Get an inbox with its message counts."""
    return inbox_view(*await inboxes.read.get(caller, address, consistent=consistent))


@patch("/inboxes/{address:str}", opt={"scope": ("mailboxes:read", "mailboxes:write")})
async def change_inbox(
    address: InboxName, data: JSONBody[ChangeInbox], caller: GivenCaller, inboxes: Given[InboxHandlers]
) -> InboxView:
    """Change the label, the time to live (counted from now) or the webhook of an inbox."""
    endpoint = await inboxes.change(caller, address, InboxChange(**structs.asdict(data)))
    return inbox_view(*await inboxes.read.get(caller, address), endpoint=endpoint)


@post("/inboxes/{address:str}/reactivate", opt={"needs": "account", "scope": "mailboxes:write", "creates": True})
async def reactivate_inbox(
    address: InboxName,
    caller: GivenCaller,
    inboxes: Given[InboxHandlers],
    data: JSONBody[ReactivateInbox | None] = None,
) -> NewInbox:
    """Reactivate an archived inbox: it keeps its address, is empty and gets a new id."""
    asked = data or ReactivateInbox()
    return new_inbox(await inboxes.archived.reactivate(caller, address, asked.ttl_seconds))


@get("/inboxes/{address:str}/stats", opt={"scope": "mailboxes:read"})
async def get_inbox_stats(
    address: InboxName, caller: GivenCaller, inboxes: Given[InboxHandlers], consistent: Consistent = False
) -> InboxStats:
    """Get the message counts of an inbox."""
    return await inboxes.read.stats(caller, address, consistent=consistent)


@delete("/inboxes/{address:str}", opt={"scope": "mailboxes:write"})
async def delete_inbox(address: InboxName, caller: GivenCaller, inboxes: Given[InboxHandlers]) -> None:
    """Delete an inbox and its contents. It stops receiving mail at once."""
    await inboxes.end.one(caller, address)


@put("/inboxes/{address:str}/fault-plan", opt={"scope": "mailboxes:write"})
async def put_fault_plan(
    address: InboxName, data: JSONBody[PutFaultPlan], caller: GivenCaller, inboxes: Given[InboxHandlers]
) -> FaultPlan:
    """Set the fault plan of an inbox: SMTP fails as its steps say, from the next transaction on."""
    return await inboxes.fault_plans.put(caller, address, FaultPlan(steps=data.steps))


@get("/inboxes/{address:str}/fault-plan", opt={"scope": "mailboxes:read"})
async def get_fault_plan(address: InboxName, caller: GivenCaller, inboxes: Given[InboxHandlers]) -> FaultPlan:
    """Get the fault plan of an inbox and the number of SMTP transactions it has counted."""
    return await inboxes.fault_plans.get(caller, address)


@delete("/inboxes/{address:str}/fault-plan", opt={"scope": "mailboxes:write"})
async def delete_fault_plan(address: InboxName, caller: GivenCaller, inboxes: Given[InboxHandlers]) -> None:
    """Delete the fault plan of an inbox; mail is accepted normally again."""
    await inboxes.fault_plans.clear(caller, address)


@get("/receipts", opt={"needs": "account", "scope": "mailboxes:read"})
async def list_receipts(
    caller: GivenCaller,
    inboxes: Given[InboxHandlers],
    request: Request[Any, Any, Any],
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response[list[ReceiptView]]:
    """List the deletion receipts of your ended inboxes, newest inbox first."""
    found = await inboxes.receipts.mine(caller, limit=limit, cursor=parse_time_cursor(cursor))
    return paged([view(receipt, ReceiptView) for receipt in found.entries], found.next_cursor, request)


@get("/receipts/{inbox_id:str}", opt={"needs": "account", "scope": "mailboxes:read"})
async def get_receipt(inbox_id: ReceiptId, caller: GivenCaller, inboxes: Given[InboxHandlers]) -> ReceiptView:
    """Get the deletion receipt of an ended inbox."""
    return view(await inboxes.receipts.get(caller, inbox_id), ReceiptView)
