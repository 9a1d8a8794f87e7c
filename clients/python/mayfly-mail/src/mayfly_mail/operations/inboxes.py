"""Calls of inboxes. Generated from docs/openapi.json by `make clients`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from mayfly_mail.models.inboxes import (
    FaultPlan,
    FaultStep,
    GeneratedInbox,
    InboxData,
    InboxEntry,
    InboxStats,
    NewInbox,
    ReceiptData,
)
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


def list_inboxes(
    *,
    limit: int | None = None,
    cursor: str | None = None,
    label: str | None = None,
    status: Literal["active", "archived"] | None = None,
) -> Operation[Page[InboxEntry]]:
    """List your inboxes, newest first.

    Args:
        limit: Maximum number of entries.
        cursor: `X-Next-Cursor` of the previous page.
        label: Only inboxes with this label.
        status: List live (`active`) or archived inboxes.
    """
    return Operation(
        name="list_inboxes",
        method="GET",
        target=target("/api/v1/inboxes", limit=limit, cursor=cursor, label=label, status=status),
        decode=page(InboxEntry),
    )


def create_inbox(
    *,
    domain: str | Unset | None = UNSET,
    label: str | Unset | None = UNSET,
    local_part: str | Unset | None = UNSET,
    ttl_seconds: int | Unset | None = UNSET,
    webhook_url: str | Unset | None = UNSET,
) -> Operation[NewInbox]:
    """Create an inbox in your account."""
    return Operation(
        name="create_inbox",
        method="POST",
        target=target("/api/v1/inboxes"),
        decode=one(NewInbox),
        body=json_body(
            domain=domain, label=label, local_part=local_part, ttl_seconds=ttl_seconds, webhook_url=webhook_url
        ),
        content_type="application/json",
        takes_idempotency_key=True,
    )


def generate_inbox(
    *, domain: str | Unset | None = UNSET, local_part: str | Unset | None = UNSET
) -> Operation[GeneratedInbox]:
    """Create an inbox with default settings. Without credentials it has no owner, and its address grants access."""
    return Operation(
        name="generate_inbox",
        method="POST",
        target=target("/api/v1/inboxes/generate"),
        decode=one(GeneratedInbox),
        body=json_body(domain=domain, local_part=local_part),
        content_type="application/json",
        takes_idempotency_key=True,
    )


def get_inbox(address: str, *, consistent: bool | None = None) -> Operation[InboxData]:
    """Get an inbox with its message counts.

    Args:
        address: Address or id of the inbox.
        consistent: First wait until all mail that was acknowledged before this call is stored; 503 after 10 s.
    """
    return Operation(
        name="get_inbox",
        method="GET",
        target=target("/api/v1/inboxes/{}", address, consistent=consistent),
        decode=one(InboxData),
    )


def change_inbox(
    address: str,
    *,
    label: str | Unset | None = UNSET,
    ttl_seconds: int | Unset | None = UNSET,
    webhook_url: str | Unset | None = UNSET,
) -> Operation[InboxData]:
    """Change the label, the time to live (counted from now) or the webhook of an inbox.

    Args:
        address: Address or id of the inbox.
    """
    return Operation(
        name="change_inbox",
        method="PATCH",
        target=target("/api/v1/inboxes/{}", address),
        decode=one(InboxData),
        body=json_body(label=label, ttl_seconds=ttl_seconds, webhook_url=webhook_url),
        content_type="application/json",
    )


def delete_inbox(address: str) -> Operation[None]:
    """Delete an inbox and its contents. It stops receiving mail at once.

    Args:
        address: Address or id of the inbox.
    """
    return Operation(
        name="delete_inbox",
        method="DELETE",
        target=target("/api/v1/inboxes/{}", address),
        decode=nothing,
    )


def get_fault_plan(address: str) -> Operation[FaultPlan]:
    """Get the fault plan of an inbox and the number of SMTP transactions it has counted.

    Args:
        address: Address or id of the inbox.
    """
    return Operation(
        name="get_fault_plan",
        method="GET",
        target=target("/api/v1/inboxes/{}/fault-plan", address),
        decode=one(FaultPlan),
    )


def put_fault_plan(address: str, *, steps: Iterable[FaultStep | Mapping[str, Any]]) -> Operation[FaultPlan]:
    """Set the fault plan of an inbox: SMTP fails as its steps say, from the next transaction on.

    Args:
        address: Address or id of the inbox.
    """
    return Operation(
        name="put_fault_plan",
        method="PUT",
        target=target("/api/v1/inboxes/{}/fault-plan", address),
        decode=one(FaultPlan),
        body=json_body(steps=array(steps)),
        content_type="application/json",
    )


def delete_fault_plan(address: str) -> Operation[None]:
    """Delete the fault plan of an inbox; mail is accepted normally again.

    Args:
        address: Address or id of the inbox.
    """
    return Operation(
        name="delete_fault_plan",
        method="DELETE",
        target=target("/api/v1/inboxes/{}/fault-plan", address),
        decode=nothing,
    )


def reactivate_inbox(address: str, *, ttl_seconds: int | Unset | None = UNSET) -> Operation[NewInbox]:
    """Reactivate an archived inbox: it keeps its address, is empty and gets a new id.

    Args:
        address: Address or id of the inbox.
    """
    return Operation(
        name="reactivate_inbox",
        method="POST",
        target=target("/api/v1/inboxes/{}/reactivate", address),
        decode=one(NewInbox),
        body=json_body(ttl_seconds=ttl_seconds),
        content_type="application/json",
        takes_idempotency_key=True,
    )


def get_inbox_stats(address: str, *, consistent: bool | None = None) -> Operation[InboxStats]:
    """Get the message counts of an inbox.

    Args:
        address: Address or id of the inbox.
        consistent: First wait until all mail that was acknowledged before this call is stored; 503 after 10 s.
    """
    return Operation(
        name="get_inbox_stats",
        method="GET",
        target=target("/api/v1/inboxes/{}/stats", address, consistent=consistent),
        decode=one(InboxStats),
    )


def list_receipts(*, limit: int | None = None, cursor: str | None = None) -> Operation[Page[ReceiptData]]:
    """List the deletion receipts of your ended inboxes, newest inbox first.

    Args:
        limit: Maximum number of entries.
        cursor: `X-Next-Cursor` of the previous page.
    """
    return Operation(
        name="list_receipts",
        method="GET",
        target=target("/api/v1/receipts", limit=limit, cursor=cursor),
        decode=page(ReceiptData),
    )


def get_receipt(inbox_id: str) -> Operation[ReceiptData]:
    """Get the deletion receipt of an ended inbox.

    Args:
        inbox_id: Id of the ended inbox.
    """
    return Operation(
        name="get_receipt",
        method="GET",
        target=target("/api/v1/receipts/{}", inbox_id),
        decode=one(ReceiptData),
    )
