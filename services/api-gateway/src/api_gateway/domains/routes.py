"""/api/v1/domains: lists public and custom domains; adds, verifies and removes custom ones."""

from litestar import delete, get, post
from litestar.params import JSONBody

from api_gateway.domains.ownership import DomainHandlers
from api_gateway.domains.views import (
    AddDomain,
    DomainDetail,
    DomainsView,
    DomainView,
    VerificationView,
    domain_detail,
    own_domain_view,
)
from api_gateway.edge.parameters import DomainId, Given, GivenCaller


@get("/", opt={"scope": "domains:read"})
async def list_domains(caller: GivenCaller, domains: Given[DomainHandlers]) -> DomainsView:
    """List the public domains, the default first, and your custom domains."""
    public = await domains.public()
    own = await domains.ownerships_of(caller) if caller.account_id else []
    views = [DomainView(name=d.name, is_public=d.is_public, tier_required=d.tier_required) for d in public]
    return DomainsView(
        domains=views + [own_domain_view(ownership, domains.proofs) for ownership in own],
        mail_hosts=sorted(domains.mail_hosts),
    )


@post("/", opt={"needs": "account", "scope": "domains:write", "creates": True})
async def add_domain(data: JSONBody[AddDomain], caller: GivenCaller, domains: Given[DomainHandlers]) -> DomainDetail:
    """Add a custom domain. Publish the returned `txt_token` in DNS, then verify the domain."""
    return domain_detail(await domains.begin(caller, data.name))


@post("/{domain_id:str}/verify", status_code=200, opt={"needs": "account", "scope": "domains:write"})
async def verify_domain(domain_id: DomainId, caller: GivenCaller, domains: Given[DomainHandlers]) -> VerificationView:
    """Check the TXT and MX records of a domain in DNS; Mayfly receives its mail once both are found."""
    return await domains.verify(caller, domain_id)


@delete("/{domain_id:str}", opt={"needs": "account", "scope": "domains:write"})
async def delete_domain(domain_id: DomainId, caller: GivenCaller, domains: Given[DomainHandlers]) -> None:
    """Remove a custom domain; Mayfly stops receiving mail for it, and your inboxes on it end."""
    await domains.delete(caller, domain_id)
