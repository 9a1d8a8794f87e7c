"""JSON bodies of the webhook routes, and how they are made from the stored records."""

from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType

from api_gateway.edge.views import view
from mayfly.records.delivery import Attempt, Delivery, DeliveryStatus
from mayfly.records.endpoint import Endpoint, Origin
from mayfly.webhooks.formats import Format

_Url = Annotated[str, Meta(min_length=1, max_length=2048, examples=["https://your-app.example/mail-hook"])]
_Event = Literal["message.received", "inbox.expired", "endpoint.disabled"]
_Events = Annotated[list[_Event], Meta(max_length=10)]
_Description = Annotated[str, Meta(max_length=200)]


class CreateWebhook(Struct, frozen=True, kw_only=True):
    """`inbox`: address or id; absent: all inboxes of the account. `events` empty: every event of the format."""

    url: _Url
    format: Format = "standard"
    inbox: Annotated[str, Meta(min_length=1, max_length=320)] | None = None
    events: _Events = []
    description: _Description = ""


class ChangeWebhook(Struct, frozen=True, kw_only=True):
    """Absent fields stay unchanged. `enabled` true also clears `disabled_reason`."""

    url: _Url | UnsetType = UNSET
    events: _Events | UnsetType = UNSET
    description: _Description | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET


class ReplayWish(Struct, frozen=True, kw_only=True):
    """Deliveries created from `since` until before `until` (absent: now). `delivered_too`: not only failed ones."""

    since: Annotated[datetime, Meta(tz=True)]
    until: Annotated[datetime, Meta(tz=True)] | None = None
    delivered_too: bool = False


class WebhookView(Struct, frozen=True, kw_only=True):
    """`secret`: only in the response that created it. Until `previous_secret_until` the previous one signs too.

    `origin`: what created it: this API, the `webhook_url` of an inbox, or the account webhook of the Ephemask dialect.
    """

    id: str
    url: str
    origin: Origin
    format: Format
    inbox_id: str | None
    events: list[str]
    description: str
    enabled: bool
    disabled_reason: str | None
    disabled_at: datetime | None
    failing_since: datetime | None
    created_at: datetime
    previous_secret_until: datetime | None
    secret: str | UnsetType = UNSET


class DeliveryView(Struct, frozen=True, kw_only=True):
    """`last_status`: HTTP status of the newest attempt, null without a response; `last_error`: why it failed."""

    id: str
    webhook_id: str
    inbox_id: str | None
    event_type: str
    status: DeliveryStatus
    created_at: datetime
    attempt_count: int
    next_attempt_at: datetime | None
    last_status: int | None
    last_error: str | None


class DeliveryDetail(DeliveryView, frozen=True, kw_only=True):
    """A delivery with its attempts. `payload`: the body sent, null once the inbox is deleted. Durations in seconds."""

    attempts: list[Attempt]
    payload: str | None


_D = TypeVar("_D", bound=DeliveryView)


class Asked(Struct, frozen=True, kw_only=True):
    """The delivery is queued; get it by `delivery_id` to see the result."""

    delivery_id: str


class Accepted(Struct, frozen=True, kw_only=True):
    accepted: bool = True


def webhook_view(endpoint: Endpoint, secret: str | UnsetType = UNSET) -> WebhookView:
    return view(
        endpoint,
        WebhookView,
        enabled=endpoint.is_enabled,
        previous_secret_until=endpoint.previous_until,
        secret=secret,
    )


def delivery_view(delivery: Delivery) -> DeliveryView:
    return _delivery(delivery, DeliveryView)


def delivery_detail(delivery: Delivery) -> DeliveryDetail:
    return _delivery(delivery, DeliveryDetail, payload=delivery.payload.decode() if delivery.payload else None)


def _delivery(delivery: Delivery, shape: type[_D], **given: Any) -> _D:
    last = delivery.attempts[-1] if delivery.attempts else None
    return view(
        delivery,
        shape,
        webhook_id=delivery.endpoint_id,
        inbox_id=delivery.inbox_id or None,
        attempt_count=len(delivery.attempts),
        last_status=last.status if last else None,
        last_error=last.error if last else None,
        **given,
    )
