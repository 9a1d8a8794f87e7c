"""The handlers of the room `webhooks`, for its routes and the dialects."""

from dataclasses import dataclass

from api_gateway.webhooks.deliveries import WebhookDeliveries
from api_gateway.webhooks.endpoints import AccountWebhook, WebhookEndpoints


@dataclass(frozen=True, slots=True)
class WebhookHandlers:
    endpoints: WebhookEndpoints
    deliveries: WebhookDeliveries
    account: AccountWebhook
