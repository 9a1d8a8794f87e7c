"""The operator's use cases: accounts and plans, maintenance, usage of all accounts, dead letters, the test clock."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.edge.credentials import Revocations
from api_gateway.edge.limits import Limits
from api_gateway.edge.maintenance import Maintenance
from api_gateway.edge.paging import Page, page
from api_gateway.edge.plans import Plans
from api_gateway.edge.views import view
from api_gateway.operator.views import ClockView, SubjectView, UsageOfAllView
from api_gateway.refusals import BadInput, NotFound, found, refusing
from mayfly.events.facts import Fact
from mayfly.events.subjects import CONTROL_CLOCK, CONTROL_MAINTENANCE
from mayfly.failures import UnknownDeadLetter
from mayfly.records.account import Account
from mayfly.records.dead_letter import DeadLetter
from mayfly.records.usage import DayOfUsage
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.bus.connection import Bus
    from mayfly.bus.dead_letters import DeadLetters
    from mayfly.service.advanced_clock import AdvancedClock
    from mayfly.store.accounts import Accounts
    from mayfly.store.switches import Switches
    from mayfly.store.usage import Usage

_TOP_SUBJECTS = 20


@dataclass(frozen=True, slots=True)
class OperatorHandlers:
    """`test_clock` None: this is not a test installation."""

    account_store: "Accounts"
    usage_store: "Usage"
    limits: Limits
    switches: "Switches"
    letters: "DeadLetters"
    broadcaster: "Bus"
    revocations: Revocations
    maintenance: Maintenance
    plans: Plans
    clock: Clock
    test_clock: "AdvancedClock | None"

    async def accounts(self, *, limit: int, cursor: str | None) -> Page[Account]:
        """All accounts, newest first."""
        return page(await self.account_store.page(limit + 1, cursor), limit, lambda account: account.id)

    async def change_account(self, account_id: str, *, plan: str | None, suspended: bool | None) -> Account:
        """Change plan or suspension; None: unchanged. Takes effect on every replica within a second.

        A suspension ends the sessions of the account for good; its keys work again after a reinstatement.

        Raises NotFound, BadInput for an unknown plan.
        """
        given = {"plan": plan, "suspended": suspended}
        changes = {name: value for name, value in given.items() if value is not None}
        if plan is not None:
            self.plans.require_known(plan)
        if not changes:
            raise BadInput("plan or suspended is required")
        await self.require_account(account_id)
        account = await self.account_store.change(account_id, changes, end_sessions=suspended is True)
        assert account is not None, "accounts are never removed"
        await self.revocations.invalidate(account_id)
        return account

    async def require_account(self, account_id: str) -> Account:
        """The account with this id. Raises NotFound."""
        return found(await self.account_store.get(account_id), "no such account")

    async def set_maintenance(self, *, enabled: bool) -> None:
        """Switch maintenance mode: here at once, in other replicas within a second."""
        await self.switches.set_maintenance(enabled=enabled)
        await self.maintenance.refresh()
        await self.broadcaster.broadcast(CONTROL_MAINTENANCE, b"")

    @property
    def in_maintenance(self) -> bool:
        return self.maintenance.is_on

    async def usage(self) -> UsageOfAllView:
        await self.limits.settle()
        today = self.clock().strftime("%Y-%m-%d")
        days, busiest = await self.usage_store.totals(today), await self.usage_store.busiest(today, _TOP_SUBJECTS)
        newest = days[0] if days and days[0].day == today else DayOfUsage(day=today)
        top = [view(subject, SubjectView) for subject in busiest]
        return UsageOfAllView(calls_today=newest.calls, rejected_today=newest.rejected, days=list(days), top=top)

    async def dead_letters(self, *, limit: int, after: int) -> Page[DeadLetter]:
        """Dead letters, oldest first; the cursor is the id of the last one."""
        letters = await self.letters.list(after=after, limit=limit)
        return Page(letters, str(letters[-1].id) if len(letters) == limit else None)

    async def dead_letter(self, letter_id: int) -> tuple[DeadLetter, Fact | None]:
        """The dead letter and its event, None if it cannot be decoded. Raises NotFound."""
        with refusing(UnknownDeadLetter, NotFound("no such dead letter")):
            return await self.letters.show(letter_id)

    async def replay(self, letter_id: int) -> None:
        """Publish the event again. Raises NotFound."""
        with refusing(UnknownDeadLetter, NotFound("no such dead letter")):
            await self.letters.replay(letter_id)

    async def discard(self, letter_id: int) -> None:
        """Discard the event permanently. Raises NotFound."""
        with refusing(UnknownDeadLetter, NotFound("no such dead letter")):
            await self.letters.discard(letter_id)

    async def time(self) -> ClockView:
        """The time of a test installation. Raises NotFound on others."""
        clock = self._advanced_clock()
        return ClockView(now=clock(), ahead_seconds=await self.switches.clock_offset())

    async def advance_clock(self, seconds: float) -> ClockView:
        """Advance the clock: here at once, in every other process within a second. Raises NotFound."""
        clock = self._advanced_clock()
        ahead = await self.switches.advance_clock(seconds)
        await clock.refresh()
        await self.broadcaster.broadcast(CONTROL_CLOCK, b"")
        return ClockView(now=clock(), ahead_seconds=ahead)

    def _advanced_clock(self) -> "AdvancedClock":
        return found(self.test_clock, "this is not a test installation: MAYFLY_TEST_CLOCK is off")
