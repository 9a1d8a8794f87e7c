"""Which domains a space takes mail for: one of its own below each public domain, and verified ones of its account."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.edge.plans import Plan, Plans
from api_gateway.inboxes import is_own_domain
from api_gateway.refusals import BadInput, Taken, rejecting
from api_gateway.spaces.rules import domains_of, own_domain
from mayfly.mail.address import normalise_domain
from mayfly.records.inbox import Inbox
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.domains import Domains
    from mayfly.store.inboxes import Inboxes
    from mayfly.store.spaces import Spaces

_FIELD = "domains"


@dataclass(frozen=True, slots=True)
class SpaceDomains:
    domains: "Domains"
    inboxes: "Inboxes"
    spaces: "Spaces"
    plans: Plans
    clock: Clock

    async def public(self) -> list[str]:
        """The names of the public domains, the default first."""
        return [domain.name for domain in await self.domains.public()]

    async def shown(self, spaces: Sequence[Inbox]) -> list[list[str]]:
        """The domains that each of these spaces takes mail for now."""
        public = await self.public()
        names = {name for space in spaces for name in space.domains}
        known = await self.domains.find_among(sorted(names)) if names else {}
        return [
            domains_of(
                space,
                public,
                [name for name in space.domains if name in known and known[name].takes_all_for(space.account_id)],
            )
            for space in spaces
        ]

    async def require(self, caller: Caller, plan: Plan, wished: Sequence[str], space_id: str) -> list[str]:
        """The normal form of the verified domains among `wished`; those that every space has anyway are left out.

        Raises BadInput for one that is not a verified domain of the caller, Forbidden without a plan that has custom
        domains, Taken for one that leads to another space.
        """
        with rejecting(_FIELD):
            names = list(dict.fromkeys(map(normalise_domain, wished)))
        if names:
            given = {own_domain(space_id, domain) for domain in await self.public()}
            names = [name for name in names if name not in given]
        if not names:
            return []
        self.plans.require_own_domains(plan)
        known = await self.domains.find_among(names)
        for name in names:
            if name not in known or not is_own_domain(caller, plan, known[name]):
                raise BadInput(f"{name} is not a verified domain of yours", field=_FIELD)
        now = self.clock()
        await self.spaces.free_domains(names, now)
        for name, space in (await self.inboxes.spaces_on(names, now)).items():
            if space.id != space_id:
                raise taken([name])
        return names

    async def lost(self, space: Inbox) -> list[str]:
        """Those of its domains that its account no longer has: it may have lost them while the space was written."""
        known = await self.domains.find_among(space.domains) if space.domains else {}
        return [name for name in space.domains if name not in known or not known[name].takes_all_for(space.account_id)]


def taken(names: Sequence[str]) -> Taken:
    """The refusal for domains that lead to another space."""
    return Taken(f"{' or '.join(names)} is already a domain of another space", field=_FIELD)


def unavailable(names: Sequence[str]) -> BadInput:
    """The refusal for domains that the account has just lost."""
    return BadInput(f"{' and '.join(names)}: no longer available", field=_FIELD)
