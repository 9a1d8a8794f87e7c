"""Everything that can be done with webhooks: what this room offers to its routes and to the dialects."""

from dataclasses import dataclass

from api_gateway.webhooks.account_webhook import AccountWebhook
from api_gateway.webhooks.deliveries import WebhookDeliveries
from api_gateway.webhooks.endpoints import WebhookEndpoints


@dataclass(frozen=True, slots=True)
class WebhookHandlers:
    endpoints: WebhookEndpoints
    deliveries: WebhookDeliveries
    account: AccountWebhook
