"""Builds the handlers of the room `messages` and lists its routes; called by api_gateway.rooms."""

from litestar import Router

from api_gateway.edge.page_tickets import PageTicketExchange
from api_gateway.edge.routes import routes_of
from api_gateway.edge.turns import Turns
from api_gateway.foundation import Foundation
from api_gateway.inboxes import PruneSpace, Reach, ReadMarks
from api_gateway.messages import account_routes, bulk_routes, injection_routes, page_routes, routes, timeline_routes
from api_gateway.messages.attachments import MessageAttachments
from api_gateway.messages.change import ChangeMessages
from api_gateway.messages.handlers import MessageHandlers
from api_gateway.messages.inject import InjectMail
from api_gateway.messages.page_tickets import IssuePageTicket
from api_gateway.messages.read import ReadMessages
from api_gateway.messages.read_account import ReadAccountMessages
from api_gateway.messages.room_left import RoomLeft
from api_gateway.messages.search import SearchMessages
from api_gateway.messages.show import ShowMessage
from api_gateway.messages.tags import TagMessages
from api_gateway.messages.timeline import MessageTimeline
from mayfly.bus.claims import Claims
from mayfly.store.account_messages import AccountMessages
from mayfly.store.attachments import Attachments
from mayfly.store.deletions import Deletions
from mayfly.store.deliveries import Deliveries
from mayfly.store.endpoints import Endpoints
from mayfly.store.inboxes import Inboxes
from mayfly.store.message_search import MessageSearch
from mayfly.store.message_tags import MessageTags
from mayfly.store.messages import Messages
from mayfly.store.octets import Octets
from mayfly.store.page_tickets import PageTickets
from mayfly.store.removal import Removal

# Pages made at the same time: each may hold some megabytes.
_PAGES_AT_ONCE = 2

ROUTERS = [
    Router(
        "/api/v1",
        tags=["messages"],
        route_handlers=routes_of(account_routes, routes, bulk_routes),
    ),
    Router("/api/v1", tags=["details"], route_handlers=routes_of(page_routes, timeline_routes)),
    *injection_routes.ROUTES,
]

_SEARCHES = 4  # at a time that look at all messages of an inbox


def build(foundation: Foundation, reach: Reach, marks: ReadMarks, prune: PruneSpace) -> MessageHandlers:
    database, clock, limit = foundation.database, foundation.clock, foundation.settings.mail_octets
    messages, octets, deletions = Messages(database), Octets(database), Deletions(database)
    room = RoomLeft(foundation.fullness, foundation.free)
    searches = Turns(_SEARCHES)
    change = ChangeMessages(messages, Removal(database), prune, reach, marks, clock, foundation.message_news)
    return MessageHandlers(
        read=ReadMessages(
            messages=messages, octets=octets, live=foundation.live, reach=reach, marks=marks, searches=searches
        ),
        read_account=ReadAccountMessages(
            messages=AccountMessages(database),
            inboxes=Inboxes(database),
            live=foundation.live,
            reach=reach,
            marks=marks,
            turns=searches,
            clock=clock,
        ),
        change=change,
        attachments=MessageAttachments(Attachments(database), octets, deletions, reach, clock, limit, room),
        inject=InjectMail(reach, foundation.publisher, Claims(foundation.bus), limit, room, clock, Turns(1)),
        search=SearchMessages(MessageSearch(database), reach, marks, change, searches),
        tags=TagMessages(MessageTags(database), reach, foundation.message_news),
        show=ShowMessage(octets, foundation.rendering_processes, Turns(_PAGES_AT_ONCE)),
        issue_page_ticket=IssuePageTicket(PageTicketExchange(PageTickets(database), clock), reach),
        timeline=MessageTimeline(reach, foundation.live, Deliveries(database), Endpoints(database)),
    )
