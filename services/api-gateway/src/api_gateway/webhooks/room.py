"""Builds the handlers of the room `webhooks` and lists its routes; called by api_gateway.rooms."""

from litestar import Router

from api_gateway.edge.routes import routes_of
from api_gateway.foundation import Foundation
from api_gateway.inboxes import Reach
from api_gateway.webhooks import routes
from api_gateway.webhooks.deliveries import WebhookDeliveries
from api_gateway.webhooks.endpoints import AccountWebhook, WebhookEndpoints
from api_gateway.webhooks.handlers import WebhookHandlers
from mayfly.store.deliveries import Deliveries
from mayfly.store.endpoints import Endpoints

ROUTERS = [Router("/api/v1/webhooks", tags=["webhooks"], route_handlers=routes_of(routes))]


def build(foundation: Foundation, reach: Reach) -> WebhookHandlers:
    database, clock = foundation.database, foundation.clock
    endpoints = WebhookEndpoints(Endpoints(database), reach, foundation.webhook_policy, foundation.plans, clock)
    deliveries = WebhookDeliveries(Deliveries(database), endpoints, foundation.publisher, clock)
    return WebhookHandlers(endpoints, deliveries, AccountWebhook(endpoints))
