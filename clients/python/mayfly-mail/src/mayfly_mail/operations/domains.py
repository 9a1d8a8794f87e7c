"""Calls of domains. Generated from docs/openapi.json by `make clients`."""

from __future__ import annotations

from mayfly_mail.models.domains import DomainDetail, DomainsData, VerificationData
from mayfly_mail.operation import (
    Operation,
    json_body,
    nothing,
    one,
    target,
)


def list_domains() -> Operation[DomainsData]:
    """List the public domains, the default first, and your custom domains."""
    return Operation(
        name="list_domains",
        method="GET",
        target=target("/api/v1/domains"),
        decode=one(DomainsData),
    )


def add_domain(*, name: str) -> Operation[DomainDetail]:
    """Add a custom domain. Publish the returned `txt_token` in DNS, then verify the domain."""
    return Operation(
        name="add_domain",
        method="POST",
        target=target("/api/v1/domains"),
        decode=one(DomainDetail),
        body=json_body(name=name),
        content_type="application/json",
        takes_idempotency_key=True,
    )


def delete_domain(domain_id: str) -> Operation[None]:
    """Remove a custom domain; Mayfly stops receiving mail for it, and your inboxes on it end.

    Args:
        domain_id: Id of the domain.
    """
    return Operation(
        name="delete_domain",
        method="DELETE",
        target=target("/api/v1/domains/{}", domain_id),
        decode=nothing,
    )


def verify_domain(domain_id: str) -> Operation[VerificationData]:
    """Check the TXT and MX records of a domain in DNS; Mayfly receives its mail once both are found.

    Args:
        domain_id: Id of the domain.
    """
    return Operation(
        name="verify_domain",
        method="POST",
        target=target("/api/v1/domains/{}/verify", domain_id),
        decode=one(VerificationData),
    )
