"""Public domains, and custom domains whose ownership accounts prove by DNS."""

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec import UNSET

from api_gateway.domains.proofs import Proofs
from api_gateway.domains.views import VerificationView
from api_gateway.edge.caller import Caller
from api_gateway.edge.plans import Plans
from api_gateway.edge.scripts import require_one_script
from api_gateway.refusals import BadInput, NotFound, Taken, found, refusing, rejecting
from mayfly.events.facts import new_event_id
from mayfly.failures import Conflict, TransientFailure
from mayfly.mail.address import MalformedAddress, normalise_domain
from mayfly.records.domain import Domain, DomainOwnership
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from api_gateway.domains.dns import Resolver
    from mayfly.store.domain_ownerships import DomainOwnerships
    from mayfly.store.domains import Domains

TXT_PREFIX = "mayfly-verify="


@dataclass(frozen=True, slots=True)
class DomainHandlers:
    """Use cases of domains. `mail_hosts`: hosts of which the MX record of a custom domain must name one."""

    domains: "Domains"
    ownerships: "DomainOwnerships"
    resolver: "Resolver"
    proofs: Proofs
    plans: Plans
    mail_hosts: frozenset[str]
    clock: Clock

    async def public(self) -> list[Domain]:
        """The public domains, the default first."""
        return await self.domains.public()

    async def usable_by(self, caller: Caller) -> list[str]:
        """Names of the domains on which the caller may create inboxes, the default first."""
        plan = self.plans[caller.plan]
        public = await self.public()
        if plan.domain_choice == "none":
            return [public[0].name]
        own = await self.ownerships_of(caller) if plan.domain_choice == "any" else []
        names = [domain.name for domain in public if domain.tier_required <= plan.tier]
        return names + [o.name for o in own if self.proofs.status(o) in ("verified", "failing")]

    async def ownerships_of(self, caller: Caller) -> list[DomainOwnership]:
        """The custom domains of the account, verified or not."""
        return await self.ownerships.of_account(caller.account)

    async def begin(self, caller: Caller, name: str) -> DomainOwnership:
        """Start proving ownership: the account publishes the `txt_token`. Raises Forbidden, BadInput, Taken."""
        self.plans.require_own_domains(self.plans[caller.plan])
        with rejecting("name"):
            wanted = normalise_domain(name)
            require_one_script(wanted)
        if "." not in wanted:
            raise BadInput("must have at least two labels, like example.com", field="name")
        domain = await self.domains.find(wanted)
        if domain is not None and domain.is_public:
            raise Taken(f"{wanted} is in use")
        ownership = DomainOwnership(
            id=new_event_id(),
            account_id=caller.account,
            name=wanted,
            txt_token=TXT_PREFIX + secrets.token_hex(16),
            created_at=self.clock(),
        )
        with refusing(Conflict, Taken(f"you have already added {wanted}")):
            await self.ownerships.create(ownership)
        return ownership

    async def verify(self, caller: Caller, ownership_id: str) -> VerificationView:
        """Verify the DNS records; mail is received once both are found. Raises NotFound, Taken.

        Verified before: the TXT record alone decides, as at the daily look-up (api_gateway.domains.proofs).
        """
        ownership = await self._ownership(caller, ownership_id)
        texts, txt_error = await self._texts(ownership)
        mx_error = await self._mx_error(ownership)
        if txt_error is None and (mx_error is None or ownership.verified_at is not None):
            await self.proofs.accept(ownership, texts or ())
        elif texts is not None and txt_error is not None and ownership.verified_at is not None:
            await self.proofs.miss(ownership)
        return VerificationView(
            txt_verified=txt_error is None,
            mx_verified=mx_error is None,
            txt_error=txt_error or UNSET,
            mx_error=mx_error or UNSET,
        )

    async def delete(self, caller: Caller, ownership_id: str) -> None:
        """Remove the domain: its mail is no longer received, and the account's inboxes on it end. Raises NotFound."""
        await self.proofs.release(await self._ownership(caller, ownership_id))

    async def set_tier(self, name: str, tier_required: int) -> Domain:
        """Set the lowest plan tier that may create inboxes on a public domain. Raises NotFound."""
        with refusing(MalformedAddress, NotFound("no such public domain")):
            return found(await self.domains.set_tier(normalise_domain(name), tier_required), "no such public domain")

    async def _ownership(self, caller: Caller, ownership_id: str) -> DomainOwnership:
        return found(await self.ownerships.get(ownership_id, caller.account), "no such domain")

    async def _texts(self, ownership: DomainOwnership) -> tuple[list[str] | None, str | None]:
        """The TXT records, None when DNS does not answer; and what is wrong with them."""
        try:
            texts = await self.resolver.txt(ownership.name)
        except TransientFailure as failure:
            return None, failure.reason
        if ownership.txt_token in texts:
            return texts, None
        return texts, f"{ownership.name} has no TXT record {ownership.txt_token}"

    async def _mx_error(self, ownership: DomainOwnership) -> str | None:
        try:
            hosts = await self.resolver.mx(ownership.name)
        except TransientFailure as failure:
            return failure.reason
        if self.mail_hosts & set(hosts):
            return None
        return f"{ownership.name} has no MX record for {' or '.join(sorted(self.mail_hosts))}"
