"""Builds the handlers of the room `inboxes` and lists its routes; called by api_gateway.rooms."""

from litestar import Router

from api_gateway.edge.routes import routes_of
from api_gateway.foundation import Foundation
from api_gateway.inboxes import routes
from api_gateway.inboxes.change import ChangeInbox, FaultPlanHandlers
from api_gateway.inboxes.create import CreateInbox, PlaceInbox
from api_gateway.inboxes.end import EndInboxes
from api_gateway.inboxes.ended import ArchivedInboxes, ReadReceipts
from api_gateway.inboxes.handlers import InboxHandlers
from api_gateway.inboxes.prune import PruneSpace
from api_gateway.inboxes.reach import Reach
from api_gateway.inboxes.read import ReadInboxes
from api_gateway.inboxes.read_marks import ReadMarks
from api_gateway.inboxes.webhook import InboxWebhook
from mayfly.store.accounts import Accounts
from mayfly.store.archive import Archive
from mayfly.store.creations import Creations
from mayfly.store.domains import Domains
from mayfly.store.endpoints import Endpoints
from mayfly.store.fault_plans import FaultPlans
from mayfly.store.horizons import Horizons
from mayfly.store.inboxes import Inboxes
from mayfly.store.messages import Messages
from mayfly.store.receipts import Receipts
from mayfly.store.removal import Removal

ROUTERS = [Router("/api/v1", tags=["inboxes"], route_handlers=routes_of(routes))]


def reach_of(foundation: Foundation) -> Reach:
    """Build the look-up of a caller's inboxes and messages that all rooms share."""
    database = foundation.database
    return Reach(
        inboxes=Inboxes(database),
        messages=Messages(database),
        known=foundation.inbox_news.known,
        clock=foundation.clock,
        anonymous_access=foundation.settings.anonymous_access,
        consistency=foundation.consistency,
        horizons=Horizons(database),
    )


def prune_of(foundation: Foundation, reach: Reach) -> PruneSpace:
    """Build what deletes messages that a space keeps no longer, for rooms that delete others or change a retention."""
    return PruneSpace(Horizons(foundation.database), Removal(foundation.database), reach, foundation.clock)


def build(foundation: Foundation, reach: Reach, marks: ReadMarks) -> InboxHandlers:
    database, news, clock, plans = foundation.database, foundation.inbox_news, foundation.clock, foundation.plans
    access = foundation.settings.anonymous_access
    inboxes, messages, archive = Inboxes(database), Messages(database), Archive(database)
    domains = Domains(database)
    place = PlaceInbox(Accounts(database), Creations(database), news, clock)
    webhook = InboxWebhook(Endpoints(database), foundation.webhook_policy, plans, clock)
    return InboxHandlers(
        create=CreateInbox(place, webhook, domains, inboxes, news, foundation.reserved, plans, access, clock),
        read=ReadInboxes(inboxes, messages, webhook, reach, marks, clock),
        change=ChangeInbox(inboxes, news, webhook, reach, plans, clock),
        end=EndInboxes(inboxes, archive, foundation.publisher, news, reach, clock),
        archived=ArchivedInboxes(place, domains, foundation.reserved, inboxes, archive, plans, clock),
        fault_plans=FaultPlanHandlers(plans=FaultPlans(database), reach=reach, news=news),
        receipts=ReadReceipts(Receipts(database)),
    )
