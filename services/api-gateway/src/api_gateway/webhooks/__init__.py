"""Webhooks: endpoints, their secrets, the log of deliveries, and the account webhook of the Ephemask dialect."""

from api_gateway.webhooks.handlers import WebhookHandlers

__all__ = ["WebhookHandlers"]
