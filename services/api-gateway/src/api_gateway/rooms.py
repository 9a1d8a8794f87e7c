"""Lists the rooms of the gateway with their routes and handlers; a new room is added here."""

from collections.abc import Mapping

from api_gateway.accounts import room as accounts
from api_gateway.dialects import ROUTERS as DIALECT_ROUTERS
from api_gateway.domains import DomainHandlers
from api_gateway.domains import room as domains
from api_gateway.foundation import Foundation
from api_gateway.inboxes import ReadMarks
from api_gateway.inboxes import room as inboxes
from api_gateway.live import room as live
from api_gateway.messages import MessageHandlers
from api_gateway.messages import room as messages
from api_gateway.operator import room as operator
from api_gateway.usage import room as usage
from api_gateway.webhooks import room as webhooks
from mayfly.service.run import Task
from mayfly.service.ticker import Ticker
from mayfly.store.messages import Messages

_ROOMS = (accounts, inboxes, messages, live, webhooks, domains, usage)

ROUTERS = [*(router for room in _ROOMS for router in room.ROUTERS), *DIALECT_ROUTERS]
"""Routes behind admission: credentials, limits and scopes are checked before they run."""

OPERATOR_ROUTES = operator.ROUTES
"""Routes that require the operator token."""

NAMES = ("accounts", "inboxes", "messages", "live", "webhooks", "domains", "usage", "operator", "plans")
"""Names a route can use as arguments: handlers of a room (`name: Given[Handlers]`), or the plans."""


_PROOFS_SECONDS = 20


def build(foundation: Foundation) -> dict[str, object]:
    """Build the handlers of every room, by name."""
    reach, marks = inboxes.reach_of(foundation), ReadMarks(Messages(foundation.database))
    return {
        "accounts": accounts.build(foundation),
        "inboxes": inboxes.build(foundation, reach, marks),
        "messages": messages.build(foundation, reach, marks),
        "live": live.build(foundation, reach, marks),
        "webhooks": webhooks.build(foundation, reach),
        "domains": domains.build(foundation),
        "usage": usage.build(foundation),
        "operator": operator.build(foundation),
        "plans": foundation.plans,
    }


def tasks(handlers: Mapping[str, object]) -> dict[str, Task]:
    """What the rooms do by themselves, beside answering calls."""
    own = handlers["domains"]
    assert isinstance(own, DomainHandlers)
    return {"domain-proofs": Ticker(own.proofs.recheck, _PROOFS_SECONDS).run, "read-marks": _marks(handlers).run}


async def finish(handlers: Mapping[str, object]) -> None:
    """What the rooms have left to do when the last call has ended."""
    await _marks(handlers).finish()


def _marks(handlers: Mapping[str, object]) -> ReadMarks:
    own = handlers["messages"]
    assert isinstance(own, MessageHandlers)
    return own.read.marks
