"""The rooms of the gateway: the one list that a new room is added to."""

from api_gateway.accounts import room as accounts
from api_gateway.dialects import ROUTERS as DIALECT_ROUTERS
from api_gateway.domains import room as domains
from api_gateway.foundation import Foundation
from api_gateway.inboxes import room as inboxes
from api_gateway.live import room as live
from api_gateway.messages import room as messages
from api_gateway.operator import room as operator
from api_gateway.usage import room as usage
from api_gateway.webhooks import room as webhooks

ROUTERS = [
    *accounts.ROUTERS,
    *inboxes.ROUTERS,
    *messages.ROUTERS,
    *live.ROUTERS,
    *webhooks.ROUTERS,
    *domains.ROUTERS,
    *usage.ROUTERS,
    *DIALECT_ROUTERS,
]
"""Behind admission: credentials, limits and scopes are checked before a route runs."""

OPERATOR_ROUTES = operator.ROUTES
"""Opened by the operator's token alone."""

NAMES = ("accounts", "inboxes", "messages", "live", "webhooks", "domains", "usage", "operator", "plans")
"""What a route can ask for: the handlers of a room as `name: Given[Handlers]`, or the plans."""


def build(foundation: Foundation) -> dict[str, object]:
    """The handlers of every room, by name."""
    reach = inboxes.reach_of(foundation)
    return {
        "accounts": accounts.build(foundation),
        "inboxes": inboxes.build(foundation, reach),
        "messages": messages.build(foundation, reach),
        "live": live.build(foundation, reach),
        "webhooks": webhooks.build(foundation, reach),
        "domains": domains.build(foundation),
        "usage": usage.build(foundation),
        "operator": operator.build(foundation),
        "plans": foundation.plans,
    }
