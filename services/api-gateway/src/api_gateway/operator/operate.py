"""The operator's use cases: accounts and plans, maintenance mode, usage of all accounts, dead letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.edge.credentials import Revocations
from api_gateway.edge.maintenance import Maintenance
from api_gateway.edge.paging import Page, page
from api_gateway.edge.plans import Plans
from api_gateway.refusals import BadInput, NotFound
from mayfly.events.facts import Fact
from mayfly.events.subjects import CONTROL_MAINTENANCE
from mayfly.failures import UnknownDeadLetter
from mayfly.records.account import Account
from mayfly.records.dead_letter import DeadLetter
from mayfly.records.usage import DayOfUsage, UsageOfSubject
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.bus.connection import Bus
    from mayfly.bus.dead_letters import DeadLetters
    from mayfly.store.accounts import Accounts
    from mayfly.store.switches import Switches
    from mayfly.store.usage import Usage

_TOP_SUBJECTS = 20


@dataclass(frozen=True, slots=True)
class UsageOfAll:
    """`days`: newest first. `busiest`: the subjects with most calls today."""

    today: str
    days: Sequence[DayOfUsage]
    busiest: Sequence[UsageOfSubject]


class Operations:
    def __init__(
        self,
        *,
        accounts: "Accounts",
        usage: "Usage",
        switches: "Switches",
        dead_letters: "DeadLetters",
        broadcaster: "Bus",
        revocations: Revocations,
        maintenance: Maintenance,
        plans: Plans,
        clock: Clock,
    ) -> None:
        self._accounts = accounts
        self._usage = usage
        self._switches = switches
        self._dead_letters = dead_letters
        self._broadcaster = broadcaster
        self._revocations = revocations
        self._maintenance = maintenance
        self._plans = plans
        self._clock = clock

    async def accounts(self, *, limit: int, cursor: str | None) -> Page[Account]:
        """All accounts, newest first."""
        return page(await self._accounts.page(limit + 1, cursor), limit, lambda account: account.id)

    async def change_account(self, account_id: str, *, plan: str | None, suspended: bool | None) -> Account:
        """Change plan or suspension; None: unchanged. Takes effect on every replica within a second.

        Raises NotFound, BadInput for an unknown plan.
        """
        changes: dict[str, str | bool | None] = {}
        if plan is not None:
            self._plans.require_known(plan)
            changes["plan"] = plan
        if suspended is not None:
            changes["suspended"] = suspended
        if not changes:
            raise BadInput("plan or suspended is required")
        await self.require_account(account_id)
        account = await self._accounts.change(account_id, changes)
        assert account is not None, "accounts are never removed"
        await self._revocations.tell(account_id)
        return account

    async def require_account(self, account_id: str) -> Account:
        """The account with this id. Raises NotFound."""
        account = await self._accounts.get(account_id)
        if account is None:
            raise NotFound("no such account")
        return account

    async def set_maintenance(self, *, enabled: bool) -> None:
        """Switch maintenance mode: here at once, in other replicas within a second."""
        await self._switches.set_maintenance(enabled=enabled)
        await self._maintenance.refresh()
        await self._broadcaster.broadcast(CONTROL_MAINTENANCE, b"")

    @property
    def in_maintenance(self) -> bool:
        return self._maintenance.is_on

    async def usage(self) -> UsageOfAll:
        today = self._clock().strftime("%Y-%m-%d")
        return UsageOfAll(today, await self._usage.totals(today), await self._usage.busiest(today, _TOP_SUBJECTS))

    async def dead_letters(self, *, limit: int, after: int) -> Page[DeadLetter]:
        """Dead letters, oldest first; the cursor is the id of the last one."""
        found = await self._dead_letters.list(after=after, limit=limit)
        return Page(found, str(found[-1].id) if len(found) == limit else None)

    async def dead_letter(self, letter_id: int) -> tuple[DeadLetter, Fact | None]:
        """The dead letter and its event, None if it cannot be decoded. Raises NotFound."""
        try:
            return await self._dead_letters.show(letter_id)
        except UnknownDeadLetter as unknown:
            raise NotFound("no such dead letter") from unknown

    async def replay(self, letter_id: int) -> None:
        """Publish the event again. Raises NotFound."""
        try:
            await self._dead_letters.replay(letter_id)
        except UnknownDeadLetter as unknown:
            raise NotFound("no such dead letter") from unknown

    async def discard(self, letter_id: int) -> None:
        """Discard the event permanently. Raises NotFound."""
        try:
            await self._dead_letters.discard(letter_id)
        except UnknownDeadLetter as unknown:
            raise NotFound("no such dead letter") from unknown
