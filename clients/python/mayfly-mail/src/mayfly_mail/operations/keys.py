"""Calls of keys. Generated from docs/openapi.json by `make clients`."""

from __future__ import annotations

from collections.abc import Iterable

from mayfly_mail.models.keys import ApiKeyData, NewKey
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


def list_keys() -> Operation[Page[ApiKeyData]]:
    """List your API keys, newest first, including revoked ones."""
    return Operation(
        name="list_keys",
        method="GET",
        target=target("/api/v1/api-keys"),
        decode=page(ApiKeyData),
    )


def create_key(
    *,
    allowed_domains: Iterable[str] | None = None,
    expires_in_days: int | Unset | None = UNSET,
    label: str | None = None,
    scopes: Iterable[str] | None = None,
) -> Operation[NewKey]:
    """Create an API key. Its text is shown only in this response.

    A key that is made with a restricted key (scopes, sites, end) is never stronger, and ends with it.
    """
    return Operation(
        name="create_key",
        method="POST",
        target=target("/api/v1/api-keys"),
        decode=one(NewKey),
        body=json_body(
            allowed_domains=UNSET if allowed_domains is None else array(allowed_domains),
            expires_in_days=expires_in_days,
            label=UNSET if label is None else label,
            scopes=UNSET if scopes is None else array(scopes),
        ),
        content_type="application/json",
        takes_idempotency_key=True,
    )


def change_key(
    key_id: str,
    *,
    allowed_domains: Iterable[str] | None = None,
    label: str | None = None,
    scopes: Iterable[str] | None = None,
) -> Operation[ApiKeyData]:
    """Change the label, the scopes or the allowed domains of an active API key.

    It applies to the next call with the key, on every server. A restricted key changes only keys that it made.

    Args:
        key_id: Id of the API key.
    """
    return Operation(
        name="change_key",
        method="PATCH",
        target=target("/api/v1/api-keys/{}", key_id),
        decode=one(ApiKeyData),
        body=json_body(
            allowed_domains=UNSET if allowed_domains is None else array(allowed_domains),
            label=UNSET if label is None else label,
            scopes=UNSET if scopes is None else array(scopes),
        ),
        content_type="application/json",
    )


def revoke_key(key_id: str) -> Operation[None]:
    """Revoke an API key permanently, and with a restricted key those that it made.

    Args:
        key_id: Id of the API key.
    """
    return Operation(
        name="revoke_key",
        method="DELETE",
        target=target("/api/v1/api-keys/{}", key_id),
        decode=nothing,
    )
