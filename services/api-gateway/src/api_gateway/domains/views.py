"""JSON bodies of the domain routes."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from api_gateway.domains.proofs import Proofs, ProofStatus
from api_gateway.edge.views import view
from mayfly.records.domain import DomainOwnership


class AddDomain(Struct, frozen=True, kw_only=True):
    name: Annotated[str, Meta(min_length=1, max_length=255, examples=["example.com"])]


class DomainView(Struct, frozen=True, kw_only=True):
    """`tier_required`: lowest plan tier that may create inboxes. All fields after it: custom domains only.

    `status`: `pending` until both DNS records were found, then `verified`. The TXT record is looked up again every day;
    when it is gone, `failing` since `failing_since`: mail is taken until `mail_until`, then the domain is `suspended`
    until the record is there again.
    """

    name: str
    is_public: bool
    tier_required: int
    id: str | UnsetType = UNSET
    verified: bool | UnsetType = UNSET
    txt_token: str | UnsetType = UNSET
    status: ProofStatus | UnsetType = UNSET
    failing_since: datetime | UnsetType | None = UNSET
    mail_until: datetime | UnsetType | None = UNSET


class DomainsView(Struct, frozen=True, kw_only=True):
    """`mail_hosts`: the MX record of a custom domain must name one of these."""

    domains: list[DomainView]
    mail_hosts: list[str]


class DomainDetail(Struct, frozen=True, kw_only=True):
    """A custom domain. Publish `txt_token` as its TXT record, point its MX record to Mayfly, then verify."""

    id: str
    name: str
    txt_token: str
    verified: bool
    created_at: datetime


class VerificationView(Struct, frozen=True, kw_only=True):
    """Inboxes can be created on the domain once both are true; the errors say what is missing."""

    txt_verified: bool
    mx_verified: bool
    txt_error: str | UnsetType = UNSET
    mx_error: str | UnsetType = UNSET


def domain_detail(ownership: DomainOwnership) -> DomainDetail:
    return view(ownership, DomainDetail, verified=ownership.verified_at is not None)


def own_domain_view(ownership: DomainOwnership, proofs: Proofs) -> DomainView:
    return view(
        ownership,
        DomainView,
        is_public=False,
        tier_required=0,
        verified=ownership.verified_at is not None,
        status=proofs.status(ownership),
        mail_until=proofs.mail_until(ownership),
    )
