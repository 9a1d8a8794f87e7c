"""Lists the rooms of the gateway with their routes and handlers; a new room is added here."""

from collections.abc import Mapping

from api_gateway.accounts import room as accounts
from api_gateway.dialects import ROUTERS as DIALECT_ROUTERS
from api_gateway.dialects import shape_of as dialect_shape_of
from api_gateway.dialects.doors import SpaceAdmission
from api_gateway.dialects.mailpit import Chaos
from api_gateway.domains import DomainHandlers
from api_gateway.domains import room as domains
from api_gateway.edge.admission import Admission
from api_gateway.edge.faults import Shape
from api_gateway.foundation import Foundation
from api_gateway.identities import room as identities
from api_gateway.inboxes import ReadMarks
from api_gateway.inboxes import room as inboxes
from api_gateway.live import room as live
from api_gateway.messages import MessageHandlers
from api_gateway.messages import room as messages
from api_gateway.operator import room as operator
from api_gateway.spaces import room as spaces
from api_gateway.usage import room as usage
from api_gateway.webhooks import room as webhooks
from mayfly.service.run import Task
from mayfly.service.ticker import Ticker
from mayfly.store.messages import Messages

_ROOMS = (accounts, inboxes, spaces, messages, live, webhooks, domains, usage)

ROUTERS = [*(router for room in _ROOMS for router in room.ROUTERS), *DIALECT_ROUTERS]
"""Routes behind admission: credentials, limits and scopes are checked before they run."""

PUBLIC_ROUTERS = identities.PUBLIC_ROUTERS
"""Routes without credentials of Mayfly: calls are limited by address."""

OPERATOR_ROUTES = operator.ROUTES
"""Routes that require the operator token."""

NAMES = (
    *("accounts", "inboxes", "spaces", "messages", "live", "webhooks", "domains", "usage", "identities", "operator"),
    *("survey", "plans", "chaos"),
)
"""Names a route can use as arguments: handlers of a room (`name: Given[Handlers]`), the plans, Mailpit's chaos."""


_PROOFS_SECONDS = 20


def build(foundation: Foundation) -> dict[str, object]:
    """Build the handlers of every room, by name."""
    reach, marks = inboxes.reach_of(foundation), ReadMarks(Messages(foundation.database), foundation.message_news)
    own, prune = inboxes.build(foundation, reach, marks), inboxes.prune_of(foundation, reach)
    mail = messages.build(foundation, reach, marks, prune)
    return {
        "accounts": accounts.build(foundation),
        "inboxes": own,
        "spaces": spaces.build(foundation, reach, own, prune),
        "messages": mail,
        "live": live.build(foundation, reach, marks, mail),
        "webhooks": webhooks.build(foundation, reach),
        "domains": domains.build(foundation),
        "usage": usage.build(foundation),
        "identities": identities.build(foundation, reach),
        "operator": operator.build(foundation),
        "survey": operator.build_survey(foundation),
        "plans": foundation.plans,
        "chaos": Chaos(foundation.settings.mailpit_chaos, own),
    }


def space_admission(foundation: Foundation, admission: Admission, handlers: Mapping[str, object]) -> SpaceAdmission:
    """Build what admits calls to the facades."""
    messages = handlers["messages"]
    assert isinstance(messages, MessageHandlers)
    return SpaceAdmission(admission, foundation.limits, messages.inject.reach, foundation.visitors)


def shape_of(path: str) -> Shape:
    """How errors on this path are written: in OAuth's words, as a dialect does, or natively."""
    if any(path == prefix or path.startswith(prefix + "/") for prefix in identities.PREFIXES):
        return identities.SHAPE
    return dialect_shape_of(path)


def is_everyones(path: str) -> bool:
    """Whether web pages of every origin may call this path: applications in a browser call the OpenID provider."""
    return path.startswith(identities.PREFIXES) and path.endswith(identities.FROM_ANYWHERE)


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
