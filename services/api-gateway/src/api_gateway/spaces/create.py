"""Creates spaces within the quotas of the caller's plan, each with its first SMTP credentials."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from msgspec import structs

from api_gateway.edge import secrets
from api_gateway.edge.caller import Caller
from api_gateway.edge.known_inboxes import InboxNews
from api_gateway.edge.plans import Plan, Plans
from api_gateway.inboxes import InboxWebhook, PlaceInbox
from api_gateway.refusals import Taken, Unauthorized, refusing
from api_gateway.spaces.credentials import FIRST_LABEL, SmtpCredentials
from api_gateway.spaces.domains import SpaceDomains, taken, unavailable
from api_gateway.spaces.rules import (
    default_retention,
    own_domain,
    random_space_id,
    retention_of,
    space_address,
    space_expiry,
)
from mayfly.mail.reserved import ReservedNames
from mayfly.records.endpoint import Endpoint
from mayfly.records.inbox import ANY_LOCAL_PART, AnonymousAccess, Inbox
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.inboxes import Inboxes
    from mayfly.store.spaces import Spaces

_ANONYMOUS_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class SpaceWish:
    """Requested properties of a new space; None: the default, which is the most where that is less.

    `domains`: verified domains of the account. `ttl_seconds` None: persistent, or as long as the plan allows.
    """

    name: str | None = None
    domains: Sequence[str] = ()
    max_messages: int | None = None
    max_age_seconds: int | None = None
    ttl_seconds: int | None = None
    webhook_url: str | None = None


@dataclass(frozen=True, slots=True)
class CreatedSpace:
    """A new space with its token, SMTP password and webhook endpoint; only this response shows the secrets."""

    space: Inbox
    token: str = field(repr=False)
    password: str = field(repr=False)
    endpoint: Endpoint | None = None


@dataclass(frozen=True, slots=True)
class CreateSpace:
    place: PlaceInbox
    webhook: InboxWebhook
    domains: SpaceDomains
    credentials: SmtpCredentials
    inboxes: "Inboxes"
    spaces: "Spaces"
    news: InboxNews
    reserved: ReservedNames
    plans: Plans
    anonymous_access: AnonymousAccess
    clock: Clock

    async def __call__(self, caller: Caller, wish: SpaceWish) -> CreatedSpace:
        """Create a space in the caller's account.

        Raises BadInput, Forbidden (naming the plan that includes the feature), QuotaExceeded, and Taken when another
        space has one of the domains.
        """
        plan = self.plans[caller.plan]
        if wish.webhook_url is not None:
            self.webhook.require(caller, plan, wish.webhook_url)
        space_id = await self._new_id()
        domains = await self.domains.require(caller, plan, wish.domains, space_id)
        created = await self._create(caller, plan, wish, space_id, domains)
        await self._look_again(created.space)
        return replace(created, endpoint=await self.webhook.create(caller, created.space, wish.webhook_url))

    async def anonymous(self, caller: Caller, ttl_seconds: int | None = None) -> CreatedSpace:
        """Create a space that nobody owns: its token reads it, its SMTP password sends to it.

        For callers without an account; each may have as many as inboxes, for a day each at most. Raises Unauthorized
        where there are none, Forbidden for too long a life, QuotaExceeded.
        """
        if self.anonymous_access == "off" or caller.account_id is not None:
            raise Unauthorized("this installation requires an account to create inboxes")
        plan = self.plans[caller.plan]
        allowed = structs.replace(plan, spaces=plan.active_inboxes, longest_ttl=_ANONYMOUS_SECONDS)
        return await self._create(caller, allowed, SpaceWish(ttl_seconds=ttl_seconds), await self._new_id(), [])

    async def _create(
        self, caller: Caller, plan: Plan, wish: SpaceWish, space_id: str, domains: list[str]
    ) -> CreatedSpace:
        public = (await self.domains.public())[0]
        token, now = secrets.new_inbox_token(), self.clock()
        space = Inbox(
            id=space_id,
            address=space_address(space_id, public),
            local_part=ANY_LOCAL_PART,
            domain=own_domain(space_id, public),
            created_at=now,
            expires_at=space_expiry(plan, now, wish.ttl_seconds),
            account_id=caller.account_id,
            label=wish.name,
            token_hash=secrets.digest(token),
            token_made_by=caller.lineage,
            creator=None if caller.account_id else caller.subject,
            kind="space",
            domains=domains,
            retention=retention_of(plan, default_retention(plan), wish.max_messages, wish.max_age_seconds),
        )
        with refusing(Taken, taken(domains) if domains else Taken("try again")):
            await self.place(caller, plan, space)
        for name in domains:
            await self.news.domain_changed(name)
        _, password = await self.credentials.add(space, FIRST_LABEL)
        return CreatedSpace(space, token, password)

    async def _new_id(self) -> str:
        while not await self.spaces.is_unused(space_id := random_space_id(self.reserved)):
            pass
        return space_id

    async def _look_again(self, space: Inbox) -> None:
        """End a new space whose account lost a domain meanwhile: whoever took it away did not see this one."""
        if lost := await self.domains.lost(space):
            await self.inboxes.delete(space.id)
            await self.news.changed(space)
            raise unavailable(lost)
