"""Calls of spaces. Generated from docs/openapi.json by `make clients`."""

from __future__ import annotations

from collections.abc import Iterable

from mayfly_mail.models.spaces import CredentialsData, NewCredentials, NewSpace, SpaceData, SpaceEntry
from mayfly_mail.operation import (
    UNSET,
    Operation,
    Page,
    Unset,
    array,
    json_body,
    nothing,
    one,
    page,
    target,
)


def list_spaces(*, limit: int | None = None, cursor: str | None = None) -> Operation[Page[SpaceEntry]]:
    """List your spaces, newest first.

    Args:
        limit: Maximum number of entries.
        cursor: `X-Next-Cursor` of the previous page.
    """
    return Operation(
        name="list_spaces",
        method="GET",
        target=target("/api/v1/spaces", limit=limit, cursor=cursor),
        decode=page(SpaceEntry),
    )


def create_space(
    *,
    domains: Iterable[str] | None = None,
    max_age_seconds: int | Unset | None = UNSET,
    max_messages: int | Unset | None = UNSET,
    name: str | Unset | None = UNSET,
    ttl_seconds: int | Unset | None = UNSET,
    webhook_url: str | Unset | None = UNSET,
) -> Operation[NewSpace]:
    """Create a space: an inbox that takes mail for any address of its domains, with SMTP credentials for it."""
    return Operation(
        name="create_space",
        method="POST",
        target=target("/api/v1/spaces"),
        decode=one(NewSpace),
        body=json_body(
            domains=UNSET if domains is None else array(domains),
            max_age_seconds=max_age_seconds,
            max_messages=max_messages,
            name=name,
            ttl_seconds=ttl_seconds,
            webhook_url=webhook_url,
        ),
        content_type="application/json",
        takes_idempotency_key=True,
    )


def get_space(space: str) -> Operation[SpaceData]:
    """Get a space with its domains and message counts.

    Args:
        space: Id or address of the space.
    """
    return Operation(
        name="get_space",
        method="GET",
        target=target("/api/v1/spaces/{}", space),
        decode=one(SpaceData),
    )


def change_space(
    space: str,
    *,
    domains: Iterable[str] | None = None,
    max_age_seconds: int | Unset | None = UNSET,
    max_messages: int | Unset | None = UNSET,
    name: str | Unset | None = UNSET,
    ttl_seconds: int | Unset | None = UNSET,
    webhook_url: str | Unset | None = UNSET,
) -> Operation[SpaceData]:
    """Change the name, the retention, the domains, the time to live (counted from now) or the webhook of a space.

    Args:
        space: Id or address of the space.
    """
    return Operation(
        name="change_space",
        method="PATCH",
        target=target("/api/v1/spaces/{}", space),
        decode=one(SpaceData),
        body=json_body(
            domains=UNSET if domains is None else array(domains),
            max_age_seconds=max_age_seconds,
            max_messages=max_messages,
            name=name,
            ttl_seconds=ttl_seconds,
            webhook_url=webhook_url,
        ),
        content_type="application/json",
    )


def delete_space(space: str) -> Operation[None]:
    """Delete a space with its messages and SMTP credentials. It stops receiving mail at once.

    Args:
        space: Id or address of the space.
    """
    return Operation(
        name="delete_space",
        method="DELETE",
        target=target("/api/v1/spaces/{}", space),
        decode=nothing,
    )


def list_smtp_credentials(space: str) -> Operation[Page[CredentialsData]]:
    """List the SMTP credentials of a space, newest first, without passwords.

    Args:
        space: Id or address of the space.
    """
    return Operation(
        name="list_smtp_credentials",
        method="GET",
        target=target("/api/v1/spaces/{}/credentials", space),
        decode=page(CredentialsData),
    )


def add_smtp_credentials(space: str, *, label: str | None = None) -> Operation[NewCredentials]:
    """Add SMTP credentials to a space. The password is shown only in this response.

    Args:
        space: Id or address of the space.
    """
    return Operation(
        name="add_smtp_credentials",
        method="POST",
        target=target("/api/v1/spaces/{}/credentials", space),
        decode=one(NewCredentials),
        body=json_body(label=UNSET if label is None else label),
        content_type="application/json",
        takes_idempotency_key=True,
    )


def delete_smtp_credentials(space: str, credentials_id: str) -> Operation[None]:
    """Revoke SMTP credentials of a space.

    Args:
        space: Id or address of the space.
        credentials_id: Id of the SMTP credentials.
    """
    return Operation(
        name="delete_smtp_credentials",
        method="DELETE",
        target=target("/api/v1/spaces/{}/credentials/{}", space, credentials_id),
        decode=nothing,
    )
