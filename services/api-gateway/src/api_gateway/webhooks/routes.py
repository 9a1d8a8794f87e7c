"""/api/v1/webhooks: webhook endpoints, their secrets, and the log of their deliveries."""

from typing import Annotated, Any

from litestar import Request, Response, delete, get, patch, post
from litestar.params import JSONBody, PathParameter, QueryParameter
from msgspec import UNSET, structs

from api_gateway.edge.pages import paged
from api_gateway.edge.paging import parse_page_cursor
from api_gateway.edge.parameters import Cursor, Given, GivenCaller, Limit
from api_gateway.webhooks.endpoints import WebhookChange, WebhookWish
from api_gateway.webhooks.handlers import WebhookHandlers
from api_gateway.webhooks.views import (
    Accepted,
    Asked,
    ChangeWebhook,
    CreateWebhook,
    DeliveryDetail,
    DeliveryView,
    ReplayWish,
    WebhookView,
    delivery_detail,
    delivery_view,
    webhook_view,
)
from mayfly.records.delivery import DeliveryStatus

WebhookId = Annotated[str, PathParameter(description="Id of the webhook endpoint")]
DeliveryId = Annotated[str, PathParameter(description="Id of the delivery")]
Status = Annotated[DeliveryStatus | None, QueryParameter(description="Only deliveries with this status")]

_READS: dict[str, Any] = {"needs": "account", "scope": "mailboxes:read"}
_WRITES: dict[str, Any] = {"needs": "account", "scope": "mailboxes:write"}
# Where mail goes, and what it is signed with: whoever may say so, or learns it, could read mail.
_DIVERTS: dict[str, Any] = {"needs": "account", "scope": ("mailboxes:read", "mailboxes:write")}


@post("/", opt={**_DIVERTS, "creates": True})
async def create_webhook(
    data: JSONBody[CreateWebhook], caller: GivenCaller, webhooks: Given[WebhookHandlers]
) -> WebhookView:
    """Create a webhook endpoint: a URL that receives the events of one inbox, or of all inboxes of the account."""
    endpoint = await webhooks.endpoints.create(caller, WebhookWish(**structs.asdict(data)))
    return webhook_view(endpoint, secret=endpoint.secret)


@get("/", opt=_READS)
async def list_webhooks(caller: GivenCaller, webhooks: Given[WebhookHandlers]) -> list[WebhookView]:
    """List your webhook endpoints, newest first."""
    return [webhook_view(endpoint) for endpoint in await webhooks.endpoints.mine(caller)]


@get("/{webhook_id:str}", opt=_READS)
async def get_webhook(webhook_id: WebhookId, caller: GivenCaller, webhooks: Given[WebhookHandlers]) -> WebhookView:
    """Get a webhook endpoint, with the reason if it is disabled."""
    return webhook_view(await webhooks.endpoints.get(caller, webhook_id))


@patch("/{webhook_id:str}", opt=_DIVERTS)
async def change_webhook(
    webhook_id: WebhookId, data: JSONBody[ChangeWebhook], caller: GivenCaller, webhooks: Given[WebhookHandlers]
) -> WebhookView:
    """Change, enable or disable a webhook endpoint."""
    given = {name: value for name, value in structs.asdict(data).items() if value is not UNSET}
    return webhook_view(await webhooks.endpoints.change(caller, webhook_id, WebhookChange(**given)))


@delete("/{webhook_id:str}", opt=_WRITES)
async def delete_webhook(webhook_id: WebhookId, caller: GivenCaller, webhooks: Given[WebhookHandlers]) -> None:
    """Delete a webhook endpoint and stop its deliveries."""
    await webhooks.endpoints.delete(caller, webhook_id)


@post("/{webhook_id:str}/test", status_code=202, opt=_WRITES)
async def test_webhook(webhook_id: WebhookId, caller: GivenCaller, webhooks: Given[WebhookHandlers]) -> Asked:
    """Send a `webhook.test` event to an endpoint, even if it is disabled.

    Its delivery can be read a moment later, once webhook-dispatcher has stored it.
    """
    return Asked(delivery_id=await webhooks.deliveries.test(caller, webhook_id))


@post("/{webhook_id:str}/rotate-secret", status_code=200, opt=_DIVERTS)
async def rotate_secret(webhook_id: WebhookId, caller: GivenCaller, webhooks: Given[WebhookHandlers]) -> WebhookView:
    """Replace the signing secret. For 24 hours, requests are signed with both the old and the new secret."""
    endpoint = await webhooks.endpoints.rotate_secret(caller, webhook_id)
    return webhook_view(endpoint, secret=endpoint.secret)


@get("/{webhook_id:str}/deliveries", opt=_READS)
async def list_deliveries(
    webhook_id: WebhookId,
    caller: GivenCaller,
    webhooks: Given[WebhookHandlers],
    request: Request[Any, Any, Any],
    *,
    limit: Limit = 50,
    cursor: Cursor = None,
    status: Status = None,
) -> Response[list[DeliveryView]]:
    """List the deliveries of an endpoint in the last 7 days, newest first."""
    before = parse_page_cursor(cursor)
    found = await webhooks.deliveries.of_endpoint(caller, webhook_id, limit=limit, before=before, status=status)
    return paged([delivery_view(delivery) for delivery in found.entries], found.next_cursor, request)


@post("/{webhook_id:str}/replay", status_code=202, opt=_WRITES)
async def replay(
    webhook_id: WebhookId, data: JSONBody[ReplayWish], caller: GivenCaller, webhooks: Given[WebhookHandlers]
) -> Accepted:
    """Send the failed deliveries of a time span again, with the same ids; optionally the successful ones too."""
    await webhooks.deliveries.replay(caller, webhook_id, data.since, data.until, delivered_too=data.delivered_too)
    return Accepted()


@get("/deliveries/{delivery_id:str}", opt=_READS)
async def get_delivery(
    delivery_id: DeliveryId, caller: GivenCaller, webhooks: Given[WebhookHandlers]
) -> DeliveryDetail:
    """Get a delivery with all its attempts."""
    return delivery_detail(await webhooks.deliveries.get(caller, delivery_id))


@post("/deliveries/{delivery_id:str}/redeliver", status_code=202, opt=_WRITES)
async def redeliver(delivery_id: DeliveryId, caller: GivenCaller, webhooks: Given[WebhookHandlers]) -> Asked:
    """Send a finished delivery again, with the same id and body."""
    return Asked(delivery_id=(await webhooks.deliveries.redeliver(caller, delivery_id)).id)
