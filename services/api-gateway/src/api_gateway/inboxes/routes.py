"""/api/v1/inboxes: creating, listing, changing and deleting inboxes (paths and fields of VaultMail); fault plans."""

from typing import Any

from litestar import Request, Response, delete, get, patch, post, put
from litestar.params import JSONBody
from msgspec import UNSET, structs

from api_gateway.edge.pages import paged
from api_gateway.edge.paging import parse_page_cursor
from api_gateway.edge.parameters import Cursor, Given, GivenCaller, InboxName, InboxStatus, Label, Limit
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
    generated_inbox,
    inbox_entry,
    inbox_view,
    new_inbox,
)
from mayfly.records.fault_plan import FaultPlan
from mayfly.records.message import InboxStats


@post("/generate", opt={"scope": "mailboxes:write", "creates": True})
async def generate_inbox(
    caller: GivenCaller, inboxes: Given[InboxHandlers], data: JSONBody[GenerateInbox | None] = None
) -> GeneratedInbox:
    """Create an inbox with default settings. Without credentials it has no owner, and its address grants access."""
    created = await inboxes.create(caller, InboxWish(**structs.asdict(data or GenerateInbox())))
    return generated_inbox(created)


@post("/", opt={"needs": "account", "scope": "mailboxes:write", "creates": True})
async def create_inbox(
    caller: GivenCaller, inboxes: Given[InboxHandlers], data: JSONBody[CreateInbox | None] = None
) -> NewInbox:
    """Create an inbox in your account."""
    return new_inbox(await inboxes.create(caller, InboxWish(**structs.asdict(data or CreateInbox()))))


@get("/", opt={"needs": "account", "scope": "mailboxes:read"})
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


@get("/{address:str}", opt={"scope": "mailboxes:read"})
async def get_inbox(address: InboxName, caller: GivenCaller, inboxes: Given[InboxHandlers]) -> InboxView:
    """Get an inbox with its message counts."""
    return inbox_view(*await inboxes.read.get(caller, address))


@patch("/{address:str}", opt={"scope": "mailboxes:write"})
async def change_inbox(
    address: InboxName, data: JSONBody[ChangeInbox], caller: GivenCaller, inboxes: Given[InboxHandlers]
) -> InboxView:
    """Change the label, the time to live (counted from now) or the webhook of an inbox."""
    fields = {name: value for name, value in structs.asdict(data).items() if value is not UNSET}
    endpoint = await inboxes.change(caller, address, InboxChange(fields))  # type: ignore[arg-type]  # the struct's own names
    return inbox_view(*await inboxes.read.get(caller, address), endpoint=endpoint)


@post("/{address:str}/reactivate", opt={"needs": "account", "scope": "mailboxes:write", "creates": True})
async def reactivate_inbox(
    address: InboxName,
    caller: GivenCaller,
    inboxes: Given[InboxHandlers],
    data: JSONBody[ReactivateInbox | None] = None,
) -> NewInbox:
    """Reactivate an archived inbox: it keeps its address, is empty and gets a new id."""
    asked = data or ReactivateInbox()
    return new_inbox(await inboxes.archived.reactivate(caller, address, asked.ttl_seconds))


@get("/{address:str}/stats", opt={"scope": "mailboxes:read"})
async def get_inbox_stats(address: InboxName, caller: GivenCaller, inboxes: Given[InboxHandlers]) -> InboxStats:
    """Get the message counts of an inbox."""
    return await inboxes.read.stats(caller, address)


@delete("/{address:str}", opt={"scope": "mailboxes:write"})
async def delete_inbox(address: InboxName, caller: GivenCaller, inboxes: Given[InboxHandlers]) -> None:
    """Delete an inbox and its contents. It stops receiving mail at once."""
    await inboxes.end.one(caller, address)


@put("/{address:str}/fault-plan", opt={"scope": "mailboxes:write"})
async def put_fault_plan(
    address: InboxName, data: JSONBody[PutFaultPlan], caller: GivenCaller, inboxes: Given[InboxHandlers]
) -> FaultPlan:
    """Set the fault plan of an inbox: SMTP fails as its steps say, from the next transaction on."""
    return await inboxes.fault_plans.put(caller, address, FaultPlan(steps=data.steps))


@get("/{address:str}/fault-plan", opt={"scope": "mailboxes:read"})
async def get_fault_plan(address: InboxName, caller: GivenCaller, inboxes: Given[InboxHandlers]) -> FaultPlan:
    """Get the fault plan of an inbox and the number of SMTP transactions it has counted."""
    return await inboxes.fault_plans.get(caller, address)


@delete("/{address:str}/fault-plan", opt={"scope": "mailboxes:write"})
async def delete_fault_plan(address: InboxName, caller: GivenCaller, inboxes: Given[InboxHandlers]) -> None:
    """Delete the fault plan of an inbox; mail is accepted normally again."""
    await inboxes.fault_plans.clear(caller, address)
