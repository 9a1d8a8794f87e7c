"""What the operator sees of the whole installation: domains, consumers, usage of each account, an overview."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from api_gateway.edge.caller import account_subject
from api_gateway.edge.limits import Limits
from api_gateway.edge.maintenance import Maintenance
from api_gateway.edge.paging import Page, page
from api_gateway.edge.views import view
from mayfly import __version__
from mayfly.bus import depths
from mayfly.records.account import Account
from mayfly.records.backlog import Depths
from mayfly.records.domain import Domain
from mayfly.records.usage import DayOfUsage, HeldByAccount, UsageOfSubject
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.bus.connection import Bus
    from mayfly.bus.dead_letters import DeadLetters
    from mayfly.store.accounts import Accounts
    from mayfly.store.domains import Domains
    from mayfly.store.holdings import Holdings
    from mayfly.store.usage import Usage

_DAYS = 30


class OperatorDomain(Struct, frozen=True, kw_only=True):
    """A domain. `kind`: `public`, an account's (`custom`), or `withdrawn`: public once, its inboxes wait without mail.

    `account_id`, `email`: of the account that proved a custom domain. `suspended`: its proof has been missing for too
    long. `takes_mail`: whether it receives mail now.
    """

    name: str
    kind: str
    tier_required: int
    account_id: str | None
    email: str | None
    allow_subdomains: bool
    suspended: bool
    takes_mail: bool


class AccountUsage(Struct, frozen=True, kw_only=True):
    """Usage of one account. Calls of a member of a team are counted at the team's owner (`team_id`).

    `calls_30_days`: with today. `inboxes`: live ones, with spaces; `messages` and `octets`: in these. `last_call_at`:
    null when it has made no call in 31 days; a few seconds late at most.
    """

    account_id: str
    email: str
    plan: str
    team_id: str | None
    is_suspended: bool
    created_at: datetime
    calls_today: int
    calls_30_days: int
    rejected_today: int
    rejected_30_days: int
    inboxes: int
    messages: int
    octets: int
    last_call_at: datetime | None


class AnalyticsView(Struct, frozen=True, kw_only=True):
    """`days`: calls of all together, anonymous ones too; up to 30, newest first. `accounts`: newest first."""

    days: list[DayOfUsage]
    accounts: list[AccountUsage]


class OverviewView(Struct, frozen=True, kw_only=True):
    """`grafana_url`: null without MAYFLY_GRAFANA_URL. `inboxes`: live ones, with spaces; `accounts` and `messages` as
    the store's statistics have them. `now`: the gateway's clock; `is_test_clock`: it can be advanced.
    """

    version: str
    grafana_url: str | None
    is_in_maintenance: bool
    dead_letters: int
    accounts: int
    inboxes: int
    messages: int
    calls_today: int
    rejected_today: int
    now: datetime
    is_test_clock: bool


@dataclass(frozen=True, slots=True)
class Survey:
    """`grafana_url` "": there is none."""

    accounts: "Accounts"
    domain_store: "Domains"
    usage: "Usage"
    holdings: "Holdings"
    limits: Limits
    letters: "DeadLetters"
    bus: "Bus"
    maintenance: Maintenance
    clock: Clock
    grafana_url: str
    is_test_clock: bool

    async def domains(self, *, limit: int, after: str | None) -> Page[OperatorDomain]:
        """All domains, in the order of their names."""
        found = page(await self.domain_store.page(limit + 1, after), limit, lambda domain: domain.name)
        owners = {domain.account_id for domain in found.entries if domain.account_id}
        emails = {account.id: account.email for account in await self.accounts.among(sorted(owners))}
        return Page(
            [_domain(domain, emails.get(domain.account_id or "")) for domain in found.entries], found.next_cursor
        )

    async def depths(self) -> Depths:
        """The streams and consumers of the broker. Raises TransientFailure."""
        return await depths.depths(self.bus)

    async def analytics(self, *, limit: int, before: str | None) -> tuple[AnalyticsView, str | None]:
        """Usage by day and by account, with the cursor of the next page of accounts."""
        await self.limits.settle()
        now = self.clock()
        found = page(await self.accounts.page(limit + 1, before), limit, lambda account: account.id)
        ids = [account.id for account in found.entries]
        used, held = await self.usage.among(list(map(account_subject, ids))), await self.holdings.of_accounts(ids, now)
        today = now.strftime("%Y-%m-%d")
        entries = [
            _usage(account, used.get(account_subject(account.id)), held.get(account.id, HeldByAccount()), today)
            for account in found.entries
        ]
        return AnalyticsView(days=list(await self.usage.totals(today)), accounts=entries), found.next_cursor

    async def overview(self) -> OverviewView:
        """The installation at a glance. Raises TransientFailure."""
        await self.limits.settle()
        now = self.clock()
        today = now.strftime("%Y-%m-%d")
        newest = next((day for day in await self.usage.totals(today) if day.day == today), DayOfUsage(day=today))
        return view(
            await self.holdings.totals(now),
            OverviewView,
            version=__version__,
            grafana_url=self.grafana_url or None,
            is_in_maintenance=self.maintenance.is_on,
            dead_letters=await self.letters.count(),
            calls_today=newest.calls,
            rejected_today=newest.rejected,
            now=now,
            is_test_clock=self.is_test_clock,
        )


def _domain(domain: Domain, email: str | None) -> OperatorDomain:
    kind = "public" if domain.is_public else "custom" if domain.account_id else "withdrawn"
    return view(domain, OperatorDomain, kind=kind, email=email, takes_mail=domain.takes_mail)


def _usage(account: Account, used: UsageOfSubject | None, held: HeldByAccount, today: str) -> AccountUsage:
    days: Sequence[DayOfUsage] = used.days()[:_DAYS] if used else []
    newest = next((day for day in days if day.day == today), DayOfUsage(day=today))
    return view(
        account,
        AccountUsage,
        account_id=account.id,
        is_suspended=account.suspended,
        calls_today=newest.calls,
        calls_30_days=sum(day.calls for day in days),
        rejected_today=newest.rejected,
        rejected_30_days=sum(day.rejected for day in days),
        inboxes=held.inboxes,
        messages=held.messages,
        octets=held.octets,
        last_call_at=used.last_call_at if used else None,
    )
