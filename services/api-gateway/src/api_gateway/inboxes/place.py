"""Inserts a new inbox if the caller's quotas allow it; creations of one subject run one at a time."""

import asyncio
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from api_gateway.edge.caller import Caller
from api_gateway.edge.plans import Plan
from api_gateway.refusals import QuotaExceeded, Taken
from mayfly.failures import Conflict, QuotaReached
from mayfly.records.inbox import Inbox, InboxQuota
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.accounts import Accounts
    from mayfly.store.creations import Creations


class PlaceInbox:
    """Shared by the verbs that create an inbox (create, reactivate)."""

    def __init__(self, accounts: "Accounts", creations: "Creations", clock: Clock) -> None:
        self._accounts = accounts
        self._creations = creations
        self._clock = clock
        # The store's transaction enforces the quotas; the lock avoids write conflicts within this process.
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def __call__(self, caller: Caller, plan: Plan, inbox: Inbox, *, instead_of: Inbox | None = None) -> None:
        """Insert the inbox; `instead_of`: an archived inbox that is removed in the same transaction.

        Raises QuotaExceeded, and Taken when the address is in use.
        """
        quota = InboxQuota(
            subject=caller.subject,
            account_ids=await self._accounts.ids_of_team(caller.team_id) if caller.team_id else (),
            active=plan.active_inboxes,
            archived=plan.archived_inboxes,
            creations_per_day=plan.creations_per_day,
        )
        turn = self._turns.setdefault(caller.subject, asyncio.Lock())
        try:
            async with turn:
                await self._creations.create(inbox, quota, self._clock(), instead_of=instead_of)
        except QuotaReached as reached:
            what = reached.quota.replace("_", " ")
            raise QuotaExceeded(f"plan {plan.name} allows {reached.limit} {what}", retry_after=60) from reached
        except Conflict as conflict:
            raise Taken(f"{inbox.address} is already in use") from conflict
