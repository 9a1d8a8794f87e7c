"""/api/v1/webhooks: endpoints, their secrets, and the log of what was delivered."""

from datetime import datetime
from typing import Annotated, Any, Literal

from litestar import Request, Response, Router, delete, get, patch, post
from litestar.params import JSONBody, PathParameter, QueryParameter
from msgspec import UNSET, Meta, Struct, UnsetType

from api_gateway.domain.paging import parse_page_cursor
from api_gateway.entrypoints.http.given import Cursor, GivenCaller, GivenCalls, Limit
from api_gateway.entrypoints.http.pages import paged
from api_gateway.handlers.webhooks import WebhookChange, WebhookWish
from mayfly.records.delivery import Attempt, Delivery, DeliveryStatus
from mayfly.records.endpoint import Endpoint
from mayfly.webhooks.formats import Format

_Url = Annotated[str, Meta(min_length=1, max_length=2048, examples=["https://your.app/mail-hook"])]
_Event = Literal["message.received", "inbox.expired", "endpoint.disabled"]
_Events = Annotated[list[_Event], Meta(max_length=10)]
_Description = Annotated[str, Meta(max_length=200)]
WebhookId = Annotated[str, PathParameter(description="The webhook's id")]
DeliveryId = Annotated[str, PathParameter(description="The delivery's id")]
Status = Annotated[DeliveryStatus | None, QueryParameter(description="Only deliveries that have come to this")]

_READS: dict[str, Any] = {"needs": "account", "scope": "mailboxes:read"}
_WRITES: dict[str, Any] = {"needs": "account", "scope": "mailboxes:write"}


class CreateWebhook(Struct, frozen=True, kw_only=True):
    """`inbox`: an address or id; absent: every inbox of the account. `events` empty: all that the format has."""

    url: _Url
    format: Format = "standard"
    inbox: Annotated[str, Meta(min_length=1, max_length=320)] | None = None
    events: _Events = []
    description: _Description = ""


class ChangeWebhook(Struct, frozen=True, kw_only=True):
    """What is absent stays. `enabled` true also forgets why it was switched off."""

    url: _Url | UnsetType = UNSET
    events: _Events | UnsetType = UNSET
    description: _Description | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET


class ReplayWish(Struct, frozen=True, kw_only=True):
    """Deliveries made from `since` on and before `until` (absent: now); those that failed, or all of them."""

    since: Annotated[datetime, Meta(tz=True)]
    until: Annotated[datetime, Meta(tz=True)] | None = None
    delivered_too: bool = False


class WebhookView(Struct, frozen=True, kw_only=True):
    """`secret` is told once: when it was made. Until `previous_secret_until` the one before it signs too."""

    id: str
    url: str
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
    """`last_status`: of the newest attempt, null when nothing answered; `last_error` says why, in words."""

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
    """`payload`: the body as it was sent, null once its inbox is gone. Durations in seconds."""

    attempts: list[Attempt]
    payload: str | None


class Asked(Struct, frozen=True, kw_only=True):
    """It will be sent within moments; the delivery tells what came of it."""

    delivery_id: str


class Accepted(Struct, frozen=True, kw_only=True):
    accepted: bool = True


@post("/", opt={**_WRITES, "creates": True})
async def create_webhook(data: JSONBody[CreateWebhook], caller: GivenCaller, calls: GivenCalls) -> WebhookView:
    """Make an endpoint."""
    wish = WebhookWish(
        url=data.url,
        form=data.format,
        inbox=data.inbox,
        events=tuple(data.events),
        description=data.description,
    )
    endpoint = await calls.webhooks.create(caller, wish)
    return _view(endpoint, secret=endpoint.secret)


@get("/", opt=_READS)
async def list_webhooks(caller: GivenCaller, calls: GivenCalls) -> list[WebhookView]:
    """The account's endpoints, newest first."""
    return [_view(endpoint) for endpoint in await calls.webhooks.mine(caller)]


@get("/{webhook_id:str}", opt=_READS)
async def get_webhook(webhook_id: WebhookId, caller: GivenCaller, calls: GivenCalls) -> WebhookView:
    """One endpoint, and why it was switched off if it was."""
    return _view(await calls.webhooks.get(caller, webhook_id))


@patch("/{webhook_id:str}", opt=_WRITES)
async def change_webhook(
    webhook_id: WebhookId, data: JSONBody[ChangeWebhook], caller: GivenCaller, calls: GivenCalls
) -> WebhookView:
    """Change it, or switch it on or off."""
    change = WebhookChange(
        url=data.url or None,
        events=None if data.events is UNSET else tuple(data.events),
        description=None if data.description is UNSET else data.description,
        enabled=None if data.enabled is UNSET else data.enabled,
    )
    return _view(await calls.webhooks.change(caller, webhook_id, change))


@delete("/{webhook_id:str}", opt=_WRITES)
async def delete_webhook(webhook_id: WebhookId, caller: GivenCaller, calls: GivenCalls) -> None:
    """Send it nothing more."""
    await calls.webhooks.delete(caller, webhook_id)


@post("/{webhook_id:str}/test", status_code=202, opt=_WRITES)
async def test_webhook(webhook_id: WebhookId, caller: GivenCaller, calls: GivenCalls) -> Asked:
    """Send a `webhook.test` event to it alone."""
    return Asked(delivery_id=await calls.webhooks.test(caller, webhook_id))


@post("/{webhook_id:str}/rotate-secret", status_code=200, opt=_WRITES)
async def rotate_secret(webhook_id: WebhookId, caller: GivenCaller, calls: GivenCalls) -> WebhookView:
    """A new secret; for 24 hours both sign."""
    endpoint = await calls.webhooks.rotate_secret(caller, webhook_id)
    return _view(endpoint, secret=endpoint.secret)


@get("/{webhook_id:str}/deliveries", opt=_READS)
async def list_deliveries(
    webhook_id: WebhookId,
    caller: GivenCaller,
    calls: GivenCalls,
    request: Request[Any, Any, Any],
    *,
    limit: Limit = 50,
    cursor: Cursor = None,
    status: Status = None,
) -> Response[list[DeliveryView]]:
    """What was sent to it in the last 7 days, newest first."""
    before = parse_page_cursor(cursor)
    found = await calls.webhooks.deliveries(caller, webhook_id, limit=limit, before=before, status=status)
    return paged([_delivery(delivery) for delivery in found.entries], found.next_cursor, request)


@post("/{webhook_id:str}/replay", status_code=202, opt=_WRITES)
async def replay(webhook_id: WebhookId, data: JSONBody[ReplayWish], caller: GivenCaller, calls: GivenCalls) -> Accepted:
    """Make again what failed in a span of time; the receiver sees the same ids."""
    await calls.webhooks.replay(caller, webhook_id, data.since, data.until, delivered_too=data.delivered_too)
    return Accepted()


@get("/deliveries/{delivery_id:str}", opt=_READS)
async def get_delivery(delivery_id: DeliveryId, caller: GivenCaller, calls: GivenCalls) -> DeliveryDetail:
    """One delivery with all its attempts."""
    return _detail(await calls.webhooks.delivery(caller, delivery_id))


@post("/deliveries/{delivery_id:str}/redeliver", status_code=202, opt=_WRITES)
async def redeliver(delivery_id: DeliveryId, caller: GivenCaller, calls: GivenCalls) -> Asked:
    """Make it again, with the same id and body."""
    return Asked(delivery_id=(await calls.webhooks.redeliver(caller, delivery_id)).id)


def _view(endpoint: Endpoint, secret: str | UnsetType = UNSET) -> WebhookView:
    return WebhookView(
        id=endpoint.id,
        url=endpoint.url,
        format=endpoint.format,
        inbox_id=endpoint.inbox_id,
        events=endpoint.events,
        description=endpoint.description,
        enabled=endpoint.is_enabled,
        disabled_reason=endpoint.disabled_reason,
        disabled_at=endpoint.disabled_at,
        failing_since=endpoint.failing_since,
        created_at=endpoint.created_at,
        previous_secret_until=endpoint.previous_until,
        secret=secret,
    )


def _delivery(delivery: Delivery) -> DeliveryView:
    return DeliveryView(**_summary(delivery))


def _detail(delivery: Delivery) -> DeliveryDetail:
    return DeliveryDetail(
        **_summary(delivery),
        attempts=delivery.attempts,
        payload=delivery.payload.decode() if delivery.payload else None,
    )


def _summary(delivery: Delivery) -> dict[str, Any]:
    last = delivery.attempts[-1] if delivery.attempts else None
    return {
        "id": delivery.id,
        "webhook_id": delivery.endpoint_id,
        "inbox_id": delivery.inbox_id or None,
        "event_type": delivery.event_type,
        "status": delivery.status,
        "created_at": delivery.created_at,
        "attempt_count": len(delivery.attempts),
        "next_attempt_at": delivery.next_attempt_at,
        "last_status": last.status if last else None,
        "last_error": last.error if last else None,
    }


ROUTES: list[Any] = [
    Router(
        "/api/v1/webhooks",
        tags=["webhooks"],
        route_handlers=[
            create_webhook,
            list_webhooks,
            get_webhook,
            change_webhook,
            delete_webhook,
            test_webhook,
            rotate_secret,
            list_deliveries,
            replay,
            get_delivery,
            redeliver,
        ],
    )
]
