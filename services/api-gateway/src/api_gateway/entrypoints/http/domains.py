"""/api/v1/domains: the public ones, and those that accounts bring."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Router, delete, get, post
from litestar.params import JSONBody
from msgspec import UNSET, Meta, Struct, UnsetType

from api_gateway.entrypoints.http.given import DomainId, GivenCaller, GivenCalls
from api_gateway.handlers.domains import Verification
from mayfly.records.domain import DomainOwnership


class ClaimDomain(Struct, frozen=True, kw_only=True):
    name: Annotated[str, Meta(min_length=1, max_length=255, examples=["example.com"])]


class DomainView(Struct, frozen=True, kw_only=True):
    """`tier_required`: the lowest plan tier that may make inboxes on it. The last three: domains of one's own only."""

    name: str
    is_public: bool
    tier_required: int
    id: str | UnsetType = UNSET
    verified: bool | UnsetType = UNSET
    txt_token: str | UnsetType = UNSET


class DomainsView(Struct, frozen=True, kw_only=True):
    domains: list[DomainView]


class ClaimView(Struct, frozen=True, kw_only=True):
    """Publish `txt_token` as a TXT record of the domain, point its MX record here, then verify."""

    id: str
    name: str
    txt_token: str
    verified: bool
    created_at: datetime


class VerificationView(Struct, frozen=True, kw_only=True):
    """Inboxes can be made on the domain once both are true."""

    txt_verified: bool
    mx_verified: bool
    txt_error: str | UnsetType = UNSET
    mx_error: str | UnsetType = UNSET


@get("/", opt={"scope": "domains:read"})
async def list_domains(caller: GivenCaller, calls: GivenCalls) -> DomainsView:
    """The public domains, the default first, and the caller's own."""
    public = await calls.domains.public()
    own = await calls.domains.claims_of(caller) if caller.account_id else []
    views = [DomainView(name=d.name, is_public=d.is_public, tier_required=d.tier_required) for d in public]
    return DomainsView(domains=views + [_own(claim) for claim in own])


@post("/", opt={"needs": "account", "scope": "domains:write", "creates": True})
async def claim_domain(data: JSONBody[ClaimDomain], caller: GivenCaller, calls: GivenCalls) -> ClaimView:
    """Claim a domain of one's own."""
    return claim_view(await calls.domains.claim(caller, data.name))


@post("/{domain_id:str}/verify", status_code=200, opt={"needs": "account", "scope": "domains:write"})
async def verify_domain(domain_id: DomainId, caller: GivenCaller, calls: GivenCalls) -> VerificationView:
    """Look for the TXT and MX records; when both are there, mail is received from now on."""
    return verification_view(await calls.domains.verify(caller, domain_id))


@delete("/{domain_id:str}", opt={"needs": "account", "scope": "domains:write"})
async def delete_domain(domain_id: DomainId, caller: GivenCaller, calls: GivenCalls) -> None:
    """Let go of a domain of one's own; no more mail is received for it."""
    await calls.domains.delete(caller, domain_id)


def claim_view(claim: DomainOwnership) -> ClaimView:
    return ClaimView(
        id=claim.id,
        name=claim.name,
        txt_token=claim.txt_token,
        verified=claim.verified_at is not None,
        created_at=claim.created_at,
    )


def verification_view(found: Verification) -> VerificationView:
    return VerificationView(
        txt_verified=found.txt_error is None,
        mx_verified=found.mx_error is None,
        txt_error=found.txt_error or UNSET,
        mx_error=found.mx_error or UNSET,
    )


def _own(claim: DomainOwnership) -> DomainView:
    return DomainView(
        name=claim.name,
        is_public=False,
        tier_required=0,
        id=claim.id,
        verified=claim.verified_at is not None,
        txt_token=claim.txt_token,
    )


ROUTES: list[Any] = [
    Router(
        "/api/v1/domains", tags=["domains"], route_handlers=[list_domains, claim_domain, verify_domain, delete_domain]
    )
]
