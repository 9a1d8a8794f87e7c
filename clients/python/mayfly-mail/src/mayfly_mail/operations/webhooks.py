"""Calls of webhooks. Generated from docs/openapi.json by `make clients`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from mayfly_mail.models.webhooks import Accepted, Asked, DeliveryData, DeliveryDetail, WebhookData
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


def list_webhooks() -> Operation[Page[WebhookData]]:
    """List your webhook endpoints, newest first."""
    return Operation(
        name="list_webhooks",
        method="GET",
        target=target("/api/v1/webhooks"),
        decode=page(WebhookData),
    )


def create_webhook(
    *,
    url: str,
    description: str | None = None,
    events: Iterable[Literal["message.received", "inbox.expired", "endpoint.disabled"]] | None = None,
    format: Literal["standard", "vaultmail", "ephemask"] | None = None,
    inbox: str | Unset | None = UNSET,
) -> Operation[WebhookData]:
    """Create a webhook endpoint: a URL that receives the events of one inbox, or of all inboxes of the account."""
    return Operation(
        name="create_webhook",
        method="POST",
        target=target("/api/v1/webhooks"),
        decode=one(WebhookData),
        body=json_body(
            description=UNSET if description is None else description,
            events=UNSET if events is None else array(events),
            format=UNSET if format is None else format,
            inbox=inbox,
            url=url,
        ),
        content_type="application/json",
        takes_idempotency_key=True,
    )


def get_delivery(delivery_id: str) -> Operation[DeliveryDetail]:
    """Get a delivery with all its attempts.

    Args:
        delivery_id: Id of the delivery.
    """
    return Operation(
        name="get_delivery",
        method="GET",
        target=target("/api/v1/webhooks/deliveries/{}", delivery_id),
        decode=one(DeliveryDetail),
    )


def redeliver(delivery_id: str) -> Operation[Asked]:
    """Send a finished delivery again, with the same id and body.

    Args:
        delivery_id: Id of the delivery.
    """
    return Operation(
        name="redeliver",
        method="POST",
        target=target("/api/v1/webhooks/deliveries/{}/redeliver", delivery_id),
        decode=one(Asked),
    )


def get_webhook(webhook_id: str) -> Operation[WebhookData]:
    """Get a webhook endpoint, with the reason if it is disabled.

    Args:
        webhook_id: Id of the webhook endpoint.
    """
    return Operation(
        name="get_webhook",
        method="GET",
        target=target("/api/v1/webhooks/{}", webhook_id),
        decode=one(WebhookData),
    )


def change_webhook(
    webhook_id: str,
    *,
    description: str | None = None,
    enabled: bool | None = None,
    events: Iterable[Literal["message.received", "inbox.expired", "endpoint.disabled"]] | None = None,
    url: str | None = None,
) -> Operation[WebhookData]:
    """Change, enable or disable a webhook endpoint.

    Args:
        webhook_id: Id of the webhook endpoint.
    """
    return Operation(
        name="change_webhook",
        method="PATCH",
        target=target("/api/v1/webhooks/{}", webhook_id),
        decode=one(WebhookData),
        body=json_body(
            description=UNSET if description is None else description,
            enabled=UNSET if enabled is None else enabled,
            events=UNSET if events is None else array(events),
            url=UNSET if url is None else url,
        ),
        content_type="application/json",
    )


def delete_webhook(webhook_id: str) -> Operation[None]:
    """Delete a webhook endpoint and stop its deliveries.

    Args:
        webhook_id: Id of the webhook endpoint.
    """
    return Operation(
        name="delete_webhook",
        method="DELETE",
        target=target("/api/v1/webhooks/{}", webhook_id),
        decode=nothing,
    )


def list_deliveries(
    webhook_id: str,
    *,
    limit: int | None = None,
    cursor: str | None = None,
    status: Literal["pending", "delivered", "failed"] | None = None,
) -> Operation[Page[DeliveryData]]:
    """List the deliveries of an endpoint in the last 7 days, newest first.

    Args:
        webhook_id: Id of the webhook endpoint.
        limit: Maximum number of entries.
        cursor: `X-Next-Cursor` of the previous page.
        status: Only deliveries with this status.
    """
    return Operation(
        name="list_deliveries",
        method="GET",
        target=target("/api/v1/webhooks/{}/deliveries", webhook_id, limit=limit, cursor=cursor, status=status),
        decode=page(DeliveryData),
    )


def replay(
    webhook_id: str, *, since: datetime, delivered_too: bool | None = None, until: datetime | Unset | None = UNSET
) -> Operation[Accepted]:
    """Send the failed deliveries of a time span again, with the same ids; optionally the successful ones too.

    Args:
        webhook_id: Id of the webhook endpoint.
    """
    return Operation(
        name="replay",
        method="POST",
        target=target("/api/v1/webhooks/{}/replay", webhook_id),
        decode=one(Accepted),
        body=json_body(delivered_too=UNSET if delivered_too is None else delivered_too, since=since, until=until),
        content_type="application/json",
    )


def rotate_secret(webhook_id: str) -> Operation[WebhookData]:
    """Replace the signing secret. For 24 hours, requests are signed with both the old and the new secret.

    Args:
        webhook_id: Id of the webhook endpoint.
    """
    return Operation(
        name="rotate_secret",
        method="POST",
        target=target("/api/v1/webhooks/{}/rotate-secret", webhook_id),
        decode=one(WebhookData),
    )


def test_webhook(webhook_id: str) -> Operation[Asked]:
    """Send a `webhook.test` event to an endpoint, even if it is disabled.

    Its delivery can be read a moment later, once webhook-dispatcher has stored it.

    Args:
        webhook_id: Id of the webhook endpoint.
    """
    return Operation(
        name="test_webhook",
        method="POST",
        target=target("/api/v1/webhooks/{}/test", webhook_id),
        decode=one(Asked),
    )
