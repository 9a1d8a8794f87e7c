"""/api/v1/domains."""

from typing import Any

from litestar import Router, get
from msgspec import Struct

from api_gateway.entrypoints.http.given import GivenCalls


class DomainView(Struct, frozen=True, kw_only=True):
    """`tier_required`: the lowest plan tier that may make inboxes on it."""

    name: str
    is_public: bool
    tier_required: int


class DomainsView(Struct, frozen=True, kw_only=True):
    domains: list[DomainView]


@get("/")
async def list_domains(calls: GivenCalls) -> DomainsView:
    """The domains that inboxes can be made on, the default first."""
    public = await calls.domains.public()
    return DomainsView(
        domains=[DomainView(name=d.name, is_public=d.is_public, tier_required=d.tier_required) for d in public]
    )


ROUTES: list[Any] = [Router("/api/v1/domains", tags=["domains"], route_handlers=[list_domains])]
