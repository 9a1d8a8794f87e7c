"""Builds the handlers of the room `usage` and lists its routes; called by api_gateway.rooms."""

from api_gateway.edge.routes import routes_of
from api_gateway.foundation import Foundation
from api_gateway.usage import routes
from api_gateway.usage.read import ReadUsage
from mayfly.store.accounts import Accounts
from mayfly.store.creations import Creations
from mayfly.store.inboxes import Inboxes
from mayfly.store.spaces import Spaces
from mayfly.store.usage import Usage

ROUTERS = routes_of(routes)


def build(foundation: Foundation) -> ReadUsage:
    database = foundation.database
    return ReadUsage(
        accounts=Accounts(database),
        usage=Usage(database),
        limits=foundation.limits,
        creations=Creations(database),
        inboxes=Inboxes(database),
        spaces=Spaces(database),
        fullness=foundation.fullness,
        plans=foundation.plans,
        clock=foundation.clock,
    )
