"""Creating, finding, changing and ending inboxes."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from weakref import WeakValueDictionary

from api_gateway.domain import secrets
from api_gateway.domain.caller import Caller
from api_gateway.domain.paging import Page, page
from api_gateway.domain.plans import Plan, Plans
from api_gateway.errors import BadInput, Forbidden, NotFound, QuotaExceeded, Unauthorized
from api_gateway.handlers.reach import Reach
from api_gateway.ports import (
    AccountStore,
    Announcer,
    ArchiveStore,
    Broadcaster,
    CreationStore,
    DomainStore,
    EndpointStore,
    InboxStore,
    MessageStore,
    OctetStore,
)
from api_gateway.settings import AnonymousAccess
from mayfly.events.facts import InboxDeleted, new_event_id
from mayfly.events.subjects import CONTROL_INBOX_CHANGED
from mayfly.failures import Conflict, PermanentFailure, QuotaReached
from mayfly.mail.address import normalise_domain, normalise_local_part
from mayfly.records.domain import Domain
from mayfly.records.endpoint import Endpoint
from mayfly.records.inbox import Inbox, InboxQuota
from mayfly.records.message import InboxStats
from mayfly.service.clock import Clock
from mayfly.webhooks.destinations import Policy
from mayfly.webhooks.formats import new_secret

DEFAULT_TTL_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class InboxWish:
    """What a caller wants of a new inbox; `ttl_seconds` None: persistent. `recoverable`: archived at its end."""

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
    """`token` and the endpoint's secret are told this once."""

    inbox: Inbox
    token: str
    endpoint: Endpoint | None = None


@dataclass(frozen=True, slots=True)
class InboxChange:
    """Fields that are absent stay as they are. `ttl_seconds`: from now on."""

    fields: Mapping[Literal["label", "ttl_seconds", "webhook_url"], str | int | None]


class InboxCalls:
    def __init__(
        self,
        *,
        accounts: AccountStore,
        inboxes: InboxStore,
        archive: ArchiveStore,
        creations: CreationStore,
        messages: MessageStore,
        octets: OctetStore,
        domains: DomainStore,
        endpoints: EndpointStore,
        announcer: Announcer,
        broadcaster: Broadcaster,
        reach: Reach,
        webhook_policy: Policy,
        plans: Plans,
        anonymous_access: AnonymousAccess,
        clock: Clock,
    ) -> None:
        self._accounts = accounts
        self._inboxes = inboxes
        self._archive = archive
        self._creations = creations
        self._messages = messages
        self._octets = octets
        self._domains = domains
        self._endpoints = endpoints
        self._announcer = announcer
        self._broadcaster = broadcaster
        self._reach = reach
        self._webhook_policy = webhook_policy
        self._plans = plans
        self._anonymous_access = anonymous_access
        self._clock = clock
        # One creation of a subject at a time in this process: the store's transaction settles what replicas contend.
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def create(self, caller: Caller, wish: InboxWish) -> CreatedInbox:
        """A new inbox for the caller, by the rules of its plan.

        Raises BadInput, Forbidden (naming the plan that would do), QuotaExceeded, Conflict when the address is taken.
        """
        if caller.account_id is None and self._anonymous_access == "off":
            raise Unauthorized("this installation makes inboxes for accounts only")
        plan = self._plans[caller.plan]
        self._require_features(plan, wish)
        domain = await self._domain(caller, plan, wish.domain)
        local_part = _local_part(wish.local_part) if wish.local_part is not None else secrets.new_local_part()
        token = secrets.new_inbox_token()
        now = self._clock()
        inbox = Inbox(
            id=new_event_id(),
            address=f"{local_part}@{domain.name}",
            local_part=local_part,
            domain=domain.name,
            created_at=now,
            expires_at=_expiry(now, wish.ttl_seconds),
            account_id=caller.account_id,
            label=wish.label,
            token_hash=secrets.digest(token),
            creator=None if caller.account_id else caller.subject,
            recoverable=wish.recoverable,
            tag=(wish.tag or "").strip() or None,
            owner=wish.owner,
        )
        await self._insert(caller, plan, inbox)
        return CreatedInbox(inbox, token, await self._endpoint(inbox, wish.webhook_url))

    async def reactivate(self, caller: Caller, name: str, ttl_seconds: int | None) -> CreatedInbox:
        """An archived inbox, live and empty again under the same address, with an id of its own.

        Raises NotFound, Forbidden, QuotaExceeded.
        """
        plan = self._plans[caller.plan]
        _require_ttl(self._plans, plan, ttl_seconds)
        now = self._clock()
        archived = await self._inboxes.find_archived(caller.account, name.lower(), now)
        if archived is None:
            raise NotFound("no such archived inbox")
        token = secrets.new_inbox_token()
        inbox = Inbox(
            id=new_event_id(),
            address=archived.address,
            local_part=archived.local_part,
            domain=archived.domain,
            created_at=now,
            expires_at=_expiry(now, ttl_seconds),
            account_id=archived.account_id,
            label=archived.label,
            token_hash=secrets.digest(token),
            recoverable=archived.recoverable,
            tag=archived.tag,
            owner=archived.owner,
        )
        await self._insert(caller, plan, inbox, instead_of=archived)
        return CreatedInbox(inbox, token)

    async def mine(
        self,
        caller: Caller,
        *,
        limit: int,
        status: Literal["active", "archived"] = "active",
        label: str | None = None,
        cursor: str | None = None,
    ) -> Page[Inbox]:
        """The caller's live or archived inboxes, newest first."""
        found = await self._inboxes.owned_by(
            caller.account, self._clock(), limit=limit + 1, status=status, label=label, before=cursor
        )
        return page(found, limit, lambda inbox: inbox.id)

    async def get(self, caller: Caller, name: str) -> tuple[Inbox, InboxStats, str | None]:
        """The inbox, its counters and the URL of its webhook."""
        inbox = await self._reach.inbox(caller, name)
        return inbox, await self._messages.stats(inbox.id), await self._webhook_url(inbox)

    async def stats(self, caller: Caller, name: str) -> InboxStats:
        return await self._messages.stats((await self._reach.inbox(caller, name)).id)

    async def change(self, caller: Caller, name: str, change: InboxChange) -> Endpoint | None:
        """Change a live inbox; returns its new endpoint when there is one. Raises NotFound, BadInput, Forbidden."""
        inbox = await self._reach.inbox(caller, name)
        plan = self._plans[caller.plan]
        now = self._clock()
        fields: dict[str, str | datetime | None] = {}
        if "label" in change.fields:
            fields["label"] = _text(change.fields["label"])
        if "ttl_seconds" in change.fields:
            ttl = change.fields["ttl_seconds"]
            assert not isinstance(ttl, str)
            _require_ttl(self._plans, plan, ttl)
            fields["expires_at"] = _expiry(now, ttl)
        url = _text(change.fields.get("webhook_url"))
        if url is not None:
            self._require_webhook(plan, url)
        if fields and await self._inboxes.change(inbox.id, now, fields) is None:
            raise NotFound("no such inbox")
        if "expires_at" in fields:
            await self._broadcaster.broadcast(CONTROL_INBOX_CHANGED, inbox.address.encode())
        if "webhook_url" not in change.fields:
            return None
        for endpoint in await self._own_webhook(inbox):
            await self._endpoints.delete(endpoint.id, endpoint.account_id)
        return await self._endpoint(inbox, url)

    async def clear(self, caller: Caller, name: str) -> None:
        """Delete every message that is there now; the address stays.

        By id, so that a mail whose octets are stored this moment, and whose message is not yet, keeps them.
        """
        inbox = await self._reach.inbox(caller, name)
        message_ids = await self._messages.ids_of_inbox(inbox.id)
        await self._messages.delete(message_ids)
        await self._octets.delete_of_messages(message_ids)

    async def mark_all_read(self, caller: Caller, name: str) -> None:
        inbox = await self._reach.inbox(caller, name)
        await self._messages.mark_all_read(inbox.id)

    async def delete(self, caller: Caller, name: str) -> Inbox:
        """End the inbox: gone at once for API and SMTP. Raises NotFound."""
        inbox = await self._reach.inbox(caller, name)
        await self.end(inbox)
        return inbox

    async def end(self, inbox: Inbox) -> None:
        """Archive a recoverable inbox, delete any other; the reaper removes what it held."""
        if inbox.recoverable:
            await self._archive.archive(inbox.id, self._clock())
        else:
            await self._inboxes.delete(inbox.id)
        await self._broadcaster.broadcast(CONTROL_INBOX_CHANGED, inbox.address.encode())
        await self._announcer.publish(
            InboxDeleted(
                event_id=new_event_id(),
                inbox_id=inbox.id,
                account_id=inbox.account_id or "",
                address=inbox.address,
                deleted_at=self._clock(),
            )
        )

    async def _insert(self, caller: Caller, plan: Plan, inbox: Inbox, *, instead_of: Inbox | None = None) -> None:
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
            raise Conflict(f"{inbox.address} is taken") from conflict

    def _require_features(self, plan: Plan, wish: InboxWish) -> None:
        if wish.local_part is not None:
            self._plans.require(plan, "custom_local_part", "a local part of one's own")
        if wish.webhook_url is not None:
            self._require_webhook(plan, wish.webhook_url)
        if wish.recoverable and plan.archived_inboxes == 0:
            raise Forbidden("recoverable inboxes: this plan archives none")
        if wish.recoverable and not (wish.tag or "").strip():
            raise BadInput("a recoverable inbox needs one", field="tag")
        _require_ttl(self._plans, plan, wish.ttl_seconds)

    def _require_webhook(self, plan: Plan, url: str) -> None:
        self._plans.require(plan, "webhooks", "webhooks")
        try:
            self._webhook_policy.check_url(url)
        except PermanentFailure as failure:
            raise BadInput(failure.reason, field="webhook_url") from failure

    async def _domain(self, caller: Caller, plan: Plan, name: str | None) -> Domain:
        """The domain asked for: public, or the caller's own and verified; the default without a name."""
        default = (await self._domains.public())[0]
        if name is None:
            return default
        try:
            wanted = normalise_domain(name)
        except PermanentFailure as failure:
            raise BadInput(failure.reason, field="domain") from failure
        if wanted == default.name:
            return default
        self._plans.require(plan, "domain_choice", "choosing a domain")
        domain = await self._domains.find(wanted)
        if domain is None or not (domain.is_public or _is_own(caller, plan, domain)):
            raise BadInput(f"{wanted} is none of our domains", field="domain")
        if domain.tier_required > plan.tier:
            raise Forbidden(f"domain: {wanted} needs a plan of tier {domain.tier_required} or higher")
        return domain

    async def _webhook_url(self, inbox: Inbox) -> str | None:
        return next((endpoint.url for endpoint in await self._own_webhook(inbox)), None)

    async def _own_webhook(self, inbox: Inbox) -> list[Endpoint]:
        """The endpoint that came with `webhook_url`; others are managed as webhooks of their own."""
        endpoints = await self._endpoints.of_inbox(inbox.id) if inbox.account_id else []
        return [endpoint for endpoint in endpoints if endpoint.format == "vaultmail"]

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


def _is_own(caller: Caller, plan: Plan, domain: Domain) -> bool:
    return plan.domain_choice == "any" and domain.account_id is not None and domain.account_id == caller.account_id


def _require_ttl(plans: Plans, plan: Plan, ttl_seconds: int | None) -> None:
    if ttl_seconds is None:
        plans.require(plan, "persistent", "persistent inboxes")
    elif ttl_seconds > plan.longest_ttl:
        raise Forbidden(f"ttl_seconds: plan {plan.name} allows {plan.longest_ttl} at most")


def _expiry(now: datetime, ttl_seconds: int | None) -> datetime | None:
    return None if ttl_seconds is None else now + timedelta(seconds=ttl_seconds)


def _text(value: str | int | None) -> str | None:
    assert not isinstance(value, int)
    return value


def _local_part(text: str) -> str:
    try:
        local_part = normalise_local_part(text)
    except PermanentFailure as failure:
        raise BadInput(failure.reason, field="local_part") from failure
    if "+" in local_part:
        raise BadInput("what follows + is a tag, not part of the address", field="local_part")
    return local_part
