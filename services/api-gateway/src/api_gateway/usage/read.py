"""Reads how many calls and inboxes of its plan an account has used; for usage.routes and the dialects."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.edge.limits import Limits
from api_gateway.edge.plans import ANONYMOUS, Plan, Plans
from mayfly.records.inbox import InboxHolder
from mayfly.records.usage import DayOfUsage
from mayfly.service.clock import Clock
from mayfly.service.fullness import Fullness

if TYPE_CHECKING:
    from mayfly.store.accounts import Accounts
    from mayfly.store.creations import Creations
    from mayfly.store.inboxes import Inboxes
    from mayfly.store.spaces import Spaces
    from mayfly.store.usage import Usage


@dataclass(frozen=True, slots=True)
class AccountUsage:
    """Usage of an account, or of its whole team. `days`: newest first, including today.

    `octets`: of the mail in all live inboxes and spaces together.
    """

    plan: Plan
    calls_today: int
    created_today: int
    days: Sequence[DayOfUsage]
    active_inboxes: int
    archived_inboxes: int
    spaces: int
    octets: int


@dataclass(frozen=True, slots=True)
class ReadUsage:
    accounts: "Accounts"
    usage: "Usage"
    limits: Limits
    creations: "Creations"
    inboxes: "Inboxes"
    spaces: "Spaces"
    fullness: Fullness
    plans: Plans
    clock: Clock

    async def plan_of(self, account_id: str | None) -> Plan:
        """The plan that applies to an account: its team's, if it is in one; `anonymous` without an account."""
        account = await self.accounts.get(account_id) if account_id else None
        if account is None:
            return self.plans[ANONYMOUS]
        owner = await self.accounts.get(account.team_id) if account.team_id else None
        return self.plans[self.plans.payer(account, owner).plan]

    async def of(self, caller: Caller) -> AccountUsage:
        now = self.clock()
        await self.limits.settle(caller.subject)
        used = await self.usage.of(caller.subject)
        days = used.days() if used else []
        holders = await self.accounts.ids_of_team(caller.team_id or caller.account)
        today = now.strftime("%Y-%m-%d")
        return AccountUsage(
            plan=self.plans[caller.plan],
            calls_today=next((day.calls for day in days if day.day == today), 0),
            created_today=await self.creations.created_today(caller.subject, now),
            days=days,
            active_inboxes=await self.inboxes.count(holders, now, "active"),
            archived_inboxes=await self.inboxes.count(holders, now, "archived"),
            spaces=await self.spaces.count(holders, now),
            octets=await self.fullness.octets_of(InboxHolder(subject=caller.subject, account_ids=holders)),
        )
