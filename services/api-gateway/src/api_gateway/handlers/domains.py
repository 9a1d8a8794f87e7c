"""Domains: the public ones, and those that accounts bring and prove to be theirs."""

import secrets
from dataclasses import dataclass

from api_gateway.domain.caller import Caller
from api_gateway.domain.plans import Plans
from api_gateway.errors import BadInput, NotFound
from api_gateway.ports import Broadcaster, DnsResolver, DomainClaimStore, DomainStore
from mayfly.events.facts import new_event_id
from mayfly.events.subjects import CONTROL_DOMAIN_CHANGED
from mayfly.failures import Conflict, PermanentFailure, TransientFailure
from mayfly.mail.address import normalise_domain
from mayfly.records.domain import Domain, DomainOwnership
from mayfly.service.clock import Clock

TXT_PREFIX = "mayfly-verify="


@dataclass(frozen=True, slots=True)
class Verification:
    """What DNS said; an error is None where the record was found."""

    txt_error: str | None
    mx_error: str | None

    @property
    def is_complete(self) -> bool:
        return self.txt_error is None and self.mx_error is None


class DomainCalls:
    """`mail_hosts`: where the MX record of a custom domain has to point."""

    def __init__(
        self,
        *,
        domains: DomainStore,
        claims: DomainClaimStore,
        resolver: DnsResolver,
        broadcaster: Broadcaster,
        plans: Plans,
        mail_hosts: frozenset[str],
        clock: Clock,
    ) -> None:
        self._domains = domains
        self._claims = claims
        self._resolver = resolver
        self._broadcaster = broadcaster
        self._plans = plans
        self._mail_hosts = mail_hosts
        self._clock = clock

    async def public(self) -> list[Domain]:
        """The public domains, the default first."""
        return await self._domains.public()

    async def usable_by(self, caller: Caller) -> list[str]:
        """Names of the domains that the caller's plan may make inboxes on, the default first."""
        plan = self._plans[caller.plan]
        public = await self.public()
        if plan.domain_choice == "none":
            return [public[0].name]
        own = await self.claims_of(caller) if plan.domain_choice == "any" else []
        names = [domain.name for domain in public if domain.tier_required <= plan.tier]
        return names + [claim.name for claim in own if claim.verified_at is not None]

    async def claims_of(self, caller: Caller) -> list[DomainOwnership]:
        """The account's own domains, proven or not."""
        return await self._claims.of_account(caller.account)

    async def claim(self, caller: Caller, name: str) -> DomainOwnership:
        """Claim a domain; its `txt_token` is to be published. Raises Forbidden, BadInput, Conflict."""
        self._plans.require_own_domains(self._plans[caller.plan])
        try:
            wanted = normalise_domain(name)
        except PermanentFailure as failure:
            raise BadInput(failure.reason, field="name") from failure
        if "." not in wanted:
            raise BadInput("a domain of one's own has two labels or more", field="name")
        if await self._domains.find(wanted):
            raise Conflict(f"{wanted} is in use")
        claim = DomainOwnership(
            id=new_event_id(),
            account_id=caller.account,
            name=wanted,
            txt_token=TXT_PREFIX + secrets.token_hex(16),
            created_at=self._clock(),
        )
        try:
            await self._claims.create(claim)
        except Conflict as conflict:
            raise Conflict(f"{wanted} is claimed already") from conflict
        return claim

    async def verify(self, caller: Caller, claim_id: str) -> Verification:
        """Ask DNS; when both records are there, mail is received from now on. Raises NotFound, Conflict."""
        claim = await self._claim(caller, claim_id)
        found = Verification(await self._txt_error(claim), await self._mx_error(claim))
        if found.is_complete and claim.verified_at is None:
            domain = Domain(id=claim.id, name=claim.name, is_public=False, account_id=claim.account_id)
            try:
                await self._domains.add(domain)
            except Conflict as conflict:
                raise Conflict(f"{claim.name} is in use") from conflict
            await self._claims.verify(claim.id, self._clock())
            await self._broadcaster.broadcast(CONTROL_DOMAIN_CHANGED, claim.name.encode())
        return found

    async def delete(self, caller: Caller, claim_id: str) -> None:
        """Let go of the domain; no more mail is received for it. Raises NotFound."""
        claim = await self._claim(caller, claim_id)
        await self._domains.remove(claim.id, claim.account_id)
        await self._claims.delete(claim.id)
        await self._broadcaster.broadcast(CONTROL_DOMAIN_CHANGED, claim.name.encode())

    async def set_tier(self, name: str, tier_required: int) -> Domain:
        """The operator's call: which plans may make inboxes on a public domain. Raises NotFound."""
        domain = await self._domains.set_tier(name.lower(), tier_required)
        if domain is None:
            raise NotFound("no such public domain")
        return domain

    async def _claim(self, caller: Caller, claim_id: str) -> DomainOwnership:
        claim = await self._claims.get(claim_id, caller.account)
        if claim is None:
            raise NotFound("no such domain")
        return claim

    async def _txt_error(self, claim: DomainOwnership) -> str | None:
        try:
            texts = await self._resolver.txt(claim.name)
        except TransientFailure as failure:
            return failure.reason
        return None if claim.txt_token in texts else f"no TXT record {claim.txt_token} at {claim.name}"

    async def _mx_error(self, claim: DomainOwnership) -> str | None:
        try:
            hosts = await self._resolver.mx(claim.name)
        except TransientFailure as failure:
            return failure.reason
        if self._mail_hosts & set(hosts):
            return None
        return f"no MX record of {claim.name} names {' or '.join(sorted(self._mail_hosts))}"
