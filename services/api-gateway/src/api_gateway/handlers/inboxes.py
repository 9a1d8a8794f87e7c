"""Creating, reading and ending inboxes."""

from dataclasses import dataclass
from datetime import timedelta

from api_gateway.domain import secrets
from api_gateway.domain.caller import Caller
from api_gateway.domain.plans import Plan
from api_gateway.errors import BadInput, Forbidden
from api_gateway.handlers.reach import Reach
from api_gateway.ports import Announcer, DomainStore, EndpointStore, InboxStore, MessageStore, OctetStore
from mayfly.events.facts import InboxDeleted, new_event_id
from mayfly.failures import Conflict, PermanentFailure
from mayfly.mail.address import normalise_domain, normalise_local_part
from mayfly.service.clock import Clock
from mayfly.store.domains import Domain
from mayfly.store.endpoints import Endpoint
from mayfly.store.inboxes import Inbox
from mayfly.store.messages import InboxStats
from mayfly.webhooks.destinations import Policy
from mayfly.webhooks.formats import new_secret

DEFAULT_TTL_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class InboxWish:
    """What a caller wants of a new inbox; `ttl_seconds` None: persistent."""

    domain: str | None = None
    local_part: str | None = None
    label: str | None = None
    ttl_seconds: int | None = DEFAULT_TTL_SECONDS
    webhook_url: str | None = None


@dataclass(frozen=True, slots=True)
class CreatedInbox:
    """`token` and the endpoint's secret are told this once."""

    inbox: Inbox
    token: str
    endpoint: Endpoint | None = None


class InboxCalls:
    def __init__(
        self,
        *,
        inboxes: InboxStore,
        messages: MessageStore,
        octets: OctetStore,
        domains: DomainStore,
        endpoints: EndpointStore,
        announcer: Announcer,
        reach: Reach,
        webhook_policy: Policy,
        plans: dict[str, Plan],
        clock: Clock,
    ) -> None:
        self._inboxes = inboxes
        self._messages = messages
        self._octets = octets
        self._domains = domains
        self._endpoints = endpoints
        self._announcer = announcer
        self._reach = reach
        self._webhook_policy = webhook_policy
        self._plans = plans
        self._clock = clock

    async def create(self, caller: Caller, wish: InboxWish) -> CreatedInbox:
        """A new inbox for the caller, by the rules of its plan.

        Raises BadInput, Forbidden (naming the plan that would do), Conflict when the address is taken.
        """
        plan = self._plans[caller.plan]
        self._require_features(plan, wish)
        domain = await self._domain(plan, wish.domain)
        local_part = _local_part(wish.local_part) if wish.local_part is not None else secrets.new_local_part()
        now = self._clock()
        token = secrets.new_inbox_token()
        inbox = Inbox(
            id=new_event_id(),
            address=f"{local_part}@{domain.name}",
            local_part=local_part,
            domain=domain.name,
            created_at=now,
            expires_at=None if wish.ttl_seconds is None else now + timedelta(seconds=wish.ttl_seconds),
            account_id=caller.account_id,
            label=wish.label,
            token_hash=secrets.digest(token),
        )
        try:
            await self._inboxes.create(inbox, now)
        except Conflict as conflict:
            raise Conflict(f"{inbox.address} is taken") from conflict
        return CreatedInbox(inbox, token, await self._endpoint(inbox, wish.webhook_url))

    async def mine(self, caller: Caller, *, limit: int, label: str | None) -> list[Inbox]:
        return await self._inboxes.owned_by(caller.account_id or "", self._clock(), limit=limit, label=label)

    async def get(self, caller: Caller, name: str) -> tuple[Inbox, InboxStats, str | None]:
        """The inbox, its counters and the URL of its webhook."""
        inbox = await self._reach.inbox(caller, name)
        endpoints = await self._endpoints.of_inbox(inbox.id) if inbox.account_id else []
        url = endpoints[0].url if endpoints else None
        return inbox, await self._messages.stats(inbox.id), url

    async def clear(self, caller: Caller, name: str) -> None:
        """Delete every message; the address stays."""
        inbox = await self._reach.inbox(caller, name)
        await self._messages.delete_of_inboxes([inbox.id])
        await self._octets.delete_of_inboxes([inbox.id])

    async def mark_all_read(self, caller: Caller, name: str) -> None:
        inbox = await self._reach.inbox(caller, name)
        await self._messages.mark_all_read(inbox.id)

    async def delete(self, caller: Caller, name: str) -> Inbox:
        """End the inbox: gone at once for API and SMTP; the reaper removes what it held."""
        inbox = await self._reach.inbox(caller, name)
        await self._inboxes.delete(inbox.id)
        await self._announcer.publish(
            InboxDeleted(
                event_id=new_event_id(),
                inbox_id=inbox.id,
                account_id=inbox.account_id or "",
                address=inbox.address,
                deleted_at=self._clock(),
            )
        )
        return inbox

    def _require_features(self, plan: Plan, wish: InboxWish) -> None:
        if wish.local_part is not None and not plan.custom_local_part:
            raise self._lacks("a local part of one's own", "custom_local_part")
        if wish.webhook_url is not None:
            self._require_webhook(plan, wish.webhook_url)
        if wish.ttl_seconds is None:
            if not plan.persistent:
                raise self._lacks("persistent inboxes", "persistent")
        elif wish.ttl_seconds > plan.longest_ttl:
            raise Forbidden(f"ttl_seconds: plan {plan.name} allows up to {plan.longest_ttl}")

    def _require_webhook(self, plan: Plan, url: str) -> None:
        if not plan.webhooks:
            raise self._lacks("webhooks", "webhooks")
        try:
            self._webhook_policy.check_url(url)
        except PermanentFailure as failure:
            raise BadInput(failure.reason, field="webhook_url") from failure

    def _lacks(self, what: str, feature: str) -> Forbidden:
        having = [
            p for p in self._plans.values() if p.name != "anonymous" and getattr(p, feature) not in {False, "none"}
        ]
        first = min(having, key=lambda p: p.tier, default=None)
        return Forbidden(f"{what}: needs plan {first.name} or higher" if first else f"{what}: no plan has it")

    async def _domain(self, plan: Plan, name: str | None) -> Domain:
        public = await self._domains.public()
        if name is None:
            return public[0]
        try:
            wanted = normalise_domain(name)
        except PermanentFailure as failure:
            raise BadInput(failure.reason, field="domain") from failure
        if plan.domain_choice == "none" and wanted != public[0].name:
            raise self._lacks("choosing a domain", "domain_choice")
        for domain in public:
            if domain.name == wanted:
                if domain.tier_required > plan.tier:
                    raise Forbidden(f"domain: {wanted} needs a plan of tier {domain.tier_required} or higher")
                return domain
        raise BadInput(f"{wanted} is none of our domains", field="domain")

    async def _endpoint(self, inbox: Inbox, url: str | None) -> Endpoint | None:
        if url is None or inbox.account_id is None:
            return None
        endpoint = Endpoint(
            id=new_event_id(),
            account_id=inbox.account_id,
            url=url,
            secret=new_secret("vaultmail"),
            created_at=self._clock(),
            inbox_id=inbox.id,
            format="vaultmail",
        )
        await self._endpoints.create(endpoint)
        return endpoint


def _local_part(text: str) -> str:
    try:
        local_part = normalise_local_part(text)
    except PermanentFailure as failure:
        raise BadInput(failure.reason, field="local_part") from failure
    if "+" in local_part:
        raise BadInput("what follows + is a tag, not part of the address", field="local_part")
    return local_part
