"""Changes a live inbox: its label, lifetime or webhook, and the fault plan that smtp-ingest follows."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import UNSET, UnsetType

from api_gateway.edge.caller import Caller
from api_gateway.edge.known_inboxes import InboxNews
from api_gateway.edge.plans import Plans
from api_gateway.inboxes.reach import Reach
from api_gateway.inboxes.rules import expiry, require_not_default, require_ttl
from api_gateway.inboxes.webhook import InboxWebhook
from api_gateway.refusals import BadInput, NotFound, found
from mayfly.records.endpoint import Endpoint
from mayfly.records.fault_plan import FaultPlan
from mayfly.records.inbox import Inbox
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.fault_plans import FaultPlans
    from mayfly.store.inboxes import Inboxes


@dataclass(frozen=True, slots=True)
class InboxChange:
    """The fields to change; UNSET: unchanged. `ttl_seconds` counts from now, None: persistent."""

    label: str | UnsetType | None = UNSET
    ttl_seconds: int | UnsetType | None = UNSET
    webhook_url: str | UnsetType | None = UNSET


@dataclass(frozen=True, slots=True)
class ChangeInbox:
    inboxes: "Inboxes"
    news: InboxNews
    webhook: InboxWebhook
    reach: Reach
    plans: Plans
    clock: Clock

    async def __call__(self, caller: Caller, name: str, change: InboxChange) -> Endpoint | None:
        """Apply the change; returns the new endpoint if `webhook_url` created one.

        Everything is checked before anything is written. Raises NotFound, BadInput, Forbidden, and InvalidState for a
        new time to live of the default space.
        """
        inbox = await self.reach.inbox(caller, name)
        plan = self.plans[caller.plan]
        now = self.clock()
        fields: dict[str, str | datetime | None] = {}
        if change.label is not UNSET:
            fields["label"] = change.label
        if change.ttl_seconds is not UNSET:
            require_not_default(inbox)
            require_ttl(self.plans, plan, change.ttl_seconds)
            fields["expires_at"] = expiry(now, change.ttl_seconds)
        if isinstance(change.webhook_url, str):
            self.webhook.require(caller, plan, change.webhook_url)
        if fields and await self.inboxes.change(inbox.id, now, fields) is None:
            raise NotFound("no such inbox")
        if fields:
            await self.news.changed(inbox)
        if change.webhook_url is UNSET:
            return None
        return await self.webhook.replace(caller, inbox, change.webhook_url)


@dataclass(frozen=True, slots=True)
class FaultPlanHandlers:
    plans: "FaultPlans"
    reach: Reach
    news: InboxNews

    async def put(self, caller: Caller, inbox_name: str, plan: FaultPlan) -> FaultPlan:
        """Set the plan, in force from the next transaction on, with its count at 0. Raises NotFound, BadInput."""
        inbox = await self.reach.inbox(caller, inbox_name)
        if inbox.kind != "space" and (never := next((step.at for step in plan.steps if not step.is_counted), None)):
            raise BadInput(f"steps at {never} act in spaces only: before RCPT nobody knows the inbox", field="steps")
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
        await self.news.fault_plan_changed(inbox)
