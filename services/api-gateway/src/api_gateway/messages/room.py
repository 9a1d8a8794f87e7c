"""Builds the handlers of the room `messages` and lists its routes; called by api_gateway.rooms."""

from litestar import Router

from api_gateway.edge.routes import routes_of
from api_gateway.edge.turns import Turns
from api_gateway.foundation import Foundation
from api_gateway.inboxes import Reach, ReadMarks
from api_gateway.messages import injection_routes, routes
from api_gateway.messages.attachments import MessageAttachments
from api_gateway.messages.change import ChangeMessages
from api_gateway.messages.handlers import MessageHandlers
from api_gateway.messages.inject import InjectMail
from api_gateway.messages.read import ReadMessages
from api_gateway.messages.room_left import RoomLeft
from mayfly.bus.claims import Claims
from mayfly.store.attachments import Attachments
from mayfly.store.deletions import Deletions
from mayfly.store.messages import Messages
from mayfly.store.octets import Octets

ROUTERS = [
    Router("/api/v1", tags=["messages"], route_handlers=routes_of(routes)),
    *injection_routes.ROUTES,
]


def build(foundation: Foundation, reach: Reach, marks: ReadMarks) -> MessageHandlers:
    database, clock, limit = foundation.database, foundation.clock, foundation.settings.mail_octets
    messages, octets, deletions = Messages(database), Octets(database), Deletions(database)
    room = RoomLeft(foundation.fullness, foundation.free)
    return MessageHandlers(
        read=ReadMessages(messages=messages, octets=octets, live=foundation.live, reach=reach, marks=marks),
        change=ChangeMessages(messages, octets, deletions, reach, marks, clock),
        attachments=MessageAttachments(Attachments(database), octets, deletions, reach, clock, limit, room),
        inject=InjectMail(reach, foundation.publisher, Claims(foundation.bus), limit, room, clock, Turns(1)),
    )
