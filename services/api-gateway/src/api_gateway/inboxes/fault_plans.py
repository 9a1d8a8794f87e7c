"""Sets, reads and deletes the fault plan of an inbox, which smtp-ingest follows (mayfly.store.fault_plans)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.inboxes.reach import Reach
from api_gateway.refusals import found
from mayfly.events.subjects import CONTROL_INBOX_CHANGED
from mayfly.records.fault_plan import FaultPlan
from mayfly.records.inbox import Inbox

if TYPE_CHECKING:
    from mayfly.bus.connection import Bus
    from mayfly.store.fault_plans import FaultPlans


@dataclass(frozen=True, slots=True)
class FaultPlanHandlers:
    plans: "FaultPlans"
    reach: Reach
    broadcaster: "Bus"

    async def put(self, caller: Caller, inbox_name: str, plan: FaultPlan) -> FaultPlan:
        """Set the plan, in force from the next transaction on, with its count at 0. Raises NotFound."""
        inbox = await self.reach.inbox(caller, inbox_name)
        await self.plans.put(inbox.id, plan)
        await self._announce(inbox)
        return plan

    async def get(self, caller: Caller, inbox_name: str) -> FaultPlan:
        """The plan with the number of transactions counted. Raises NotFound, also if there is no plan."""
        inbox = await self.reach.inbox(caller, inbox_name)
        return found(await self.plans.get(inbox.id), "this inbox has no fault plan")

    async def clear(self, caller: Caller, inbox_name: str) -> None:
        """Accept mail normally from the next transaction on. Raises NotFound."""
        inbox = await self.reach.inbox(caller, inbox_name)
        await self.plans.clear(inbox.id)
        await self._announce(inbox)

    async def _announce(self, inbox: Inbox) -> None:
        """Make smtp-ingest drop its cached copy of the inbox before the response is sent."""
        await self.broadcaster.broadcast(CONTROL_INBOX_CHANGED, inbox.address.encode())
