"""/api/v1/inboxes/{address}/fault-plan: simulates SMTP failures for an inbox."""

from typing import Annotated, Any

from litestar import Router, delete, get, put
from litestar.params import JSONBody
from msgspec import Meta, Struct

from api_gateway.edge.parameters import Given, GivenCaller, InboxName
from api_gateway.inboxes.handlers import InboxHandlers
from mayfly.records.fault_plan import FaultPlan, FaultStep

_PATH = "/{address:str}/fault-plan"


class PutFaultPlan(Struct, frozen=True, kw_only=True):
    """Steps apply in order, one after the other; after the last one, mail is accepted normally."""

    steps: Annotated[tuple[FaultStep, ...], Meta(min_length=1, max_length=20)]


@put(_PATH, opt={"scope": "mailboxes:write"})
async def put_fault_plan(
    address: InboxName, data: JSONBody[PutFaultPlan], caller: GivenCaller, inboxes: Given[InboxHandlers]
) -> FaultPlan:
    """Set the fault plan of an inbox: SMTP fails as its steps say, from the next transaction on."""
    return await inboxes.fault_plans.put(caller, address, FaultPlan(steps=data.steps))


@get(_PATH, opt={"scope": "mailboxes:read"})
async def get_fault_plan(address: InboxName, caller: GivenCaller, inboxes: Given[InboxHandlers]) -> FaultPlan:
    """Get the fault plan of an inbox and the number of SMTP transactions it has counted."""
    return await inboxes.fault_plans.get(caller, address)


@delete(_PATH, opt={"scope": "mailboxes:write"})
async def delete_fault_plan(address: InboxName, caller: GivenCaller, inboxes: Given[InboxHandlers]) -> None:
    """Delete the fault plan of an inbox; mail is accepted normally again."""
    await inboxes.fault_plans.clear(caller, address)


ROUTES: list[Any] = [
    Router("/api/v1/inboxes", tags=["inboxes"], route_handlers=[put_fault_plan, get_fault_plan, delete_fault_plan])
]
