"""Creates inboxes within the quotas of the caller's plan."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from api_gateway.edge import secrets
from api_gateway.edge.caller import Caller
from api_gateway.edge.known_inboxes import InboxNews
from api_gateway.edge.plans import Plan, Plans
from api_gateway.inboxes.rules import (
    DEFAULT_TTL_SECONDS,
    expiry,
    is_own_domain,
    parse_local_part,
    random_local_part,
    require_ttl,
    require_unreserved,
)
from api_gateway.inboxes.webhook import InboxWebhook
from api_gateway.refusals import BadInput, Forbidden, QuotaExceeded, Taken, Unauthorized, rejecting
from mayfly.events.facts import new_event_id
from mayfly.failures import Conflict, QuotaReached
from mayfly.mail.address import normalise_domain
from mayfly.mail.reserved import ReservedNames
from mayfly.records.domain import Domain
from mayfly.records.endpoint import Endpoint
from mayfly.records.inbox import AnonymousAccess, Inbox, InboxQuota
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.accounts import Accounts
    from mayfly.store.creations import Creations
    from mayfly.store.domains import Domains
    from mayfly.store.inboxes import Inboxes


@dataclass(frozen=True, slots=True)
class InboxWish:
    """Requested properties of a new inbox. `ttl_seconds` None: persistent; `recoverable`: archived when it ends."""

    domain: str | None = None
    local_part: str | None = None
    label: str | None = None
    ttl_seconds: int | None = DEFAULT_TTL_SECONDS
    webhook_url: str | None = None
    recoverable: bool = False
    tag: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class CreatedInbox:
    """A new inbox with its token and its webhook endpoint; only this response shows token and secret."""

    inbox: Inbox
    token: str
    endpoint: Endpoint | None = None


class PlaceInbox:
    """Inserts a new inbox if the caller's quotas allow it; creations of one subject run one at a time."""

    def __init__(self, accounts: "Accounts", creations: "Creations", news: InboxNews, clock: Clock) -> None:
        self._accounts = accounts
        self._news = news
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
            spaces=plan.spaces,
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
        await self._news.tell(inbox, "created")


@dataclass(frozen=True, slots=True)
class CreateInbox:
    place: PlaceInbox
    webhook: InboxWebhook
    domains: "Domains"
    inboxes: "Inboxes"
    news: InboxNews
    reserved: ReservedNames
    plans: Plans
    anonymous_access: AnonymousAccess
    clock: Clock

    async def __call__(self, caller: Caller, wish: InboxWish) -> CreatedInbox:
        """Create an inbox within the caller's plan.

        Raises BadInput, Forbidden (naming the plan that includes the feature), QuotaExceeded, ReservedName, and Taken
        when the address is in use.
        """
        if caller.account_id is None and self.anonymous_access == "off":
            raise Unauthorized("this installation requires an account to create inboxes")
        plan = self.plans[caller.plan]
        self._require_features(caller, plan, wish)
        domain = await self._domain(caller, plan, wish.domain)
        local_part = self._local_part(wish.local_part, domain)
        token = secrets.new_inbox_token()
        now = self.clock()
        inbox = Inbox(
            id=new_event_id(),
            address=f"{local_part}@{domain.name}",
            local_part=local_part,
            domain=domain.name,
            created_at=now,
            expires_at=expiry(now, wish.ttl_seconds),
            account_id=caller.account_id,
            label=wish.label,
            token_hash=secrets.digest(token),
            token_made_by=caller.lineage,
            creator=None if caller.account_id else caller.subject,
            recoverable=wish.recoverable,
            tag=(wish.tag or "").strip() or None,
            owner=wish.owner,
        )
        await self.place(caller, plan, inbox)
        await self._look_again(inbox, domain)
        return CreatedInbox(inbox, token, await self.webhook.create(caller, inbox, wish.webhook_url))

    async def _look_again(self, inbox: Inbox, domain: Domain) -> None:
        """End a new inbox whose account lost its domain meanwhile: whoever ended its inboxes did not see this one."""
        if domain.is_public:
            return
        current = await self.domains.find(domain.name)
        if current is None or not current.takes_mail_for(inbox.account_id):
            await self.inboxes.delete(inbox.id)
            await self.news.changed(inbox)
            raise BadInput(f"{domain.name} is not available for inboxes", field="domain")

    def _local_part(self, text: str | None, domain: Domain) -> str:
        """The normal form of a chosen local part, or a new random one. Raises BadInput, ReservedName."""
        if text is None:
            return random_local_part(self.reserved)
        local_part = parse_local_part(text)
        require_unreserved(self.reserved, local_part, domain)
        return local_part

    def _require_features(self, caller: Caller, plan: Plan, wish: InboxWish) -> None:
        if wish.local_part is not None:
            self.plans.require(plan, "custom_local_part", "a custom local part")
        if wish.webhook_url is not None:
            self.webhook.require(caller, plan, wish.webhook_url)
        if wish.recoverable and plan.archived_inboxes == 0:
            raise Forbidden("recoverable inboxes: not included in this plan")
        if wish.recoverable and not (wish.tag or "").strip():
            raise BadInput("required for a recoverable inbox", field="tag")
        require_ttl(self.plans, plan, wish.ttl_seconds)

    async def _domain(self, caller: Caller, plan: Plan, name: str | None) -> Domain:
        """The requested domain: public, or the caller's verified one; the default if `name` is None."""
        default = (await self.domains.public())[0]
        if name is None:
            return default
        with rejecting("domain"):
            wanted = normalise_domain(name)
        if wanted == default.name:
            return default
        self.plans.require(plan, "domain_choice", "choosing a domain")
        domain = await self.domains.find(wanted)
        if domain is None or not (domain.is_public or is_own_domain(caller, plan, domain)):
            raise BadInput(f"{wanted} is not available for inboxes", field="domain")
        if domain.tier_required > plan.tier:
            raise Forbidden(f"{wanted} requires a plan of tier {domain.tier_required} or higher", field="domain")
        return domain
