"""Builds the handlers of the room `live` and lists its routes; called by api_gateway.rooms."""

from api_gateway.edge.stream_tickets import TicketExchange
from api_gateway.edge.turns import Turns
from api_gateway.foundation import Foundation
from api_gateway.inboxes import Reach, ReadMarks
from api_gateway.live import routes, ticket_routes, wait_routes
from api_gateway.live.channels import Channels
from api_gateway.live.handlers import LiveHandlers
from api_gateway.live.tickets import IssueTicket
from api_gateway.live.wait import Waits
from api_gateway.live.watch import LiveStreams
from mayfly.bus.backlog import MailBacklog
from mayfly.store.inboxes import Inboxes
from mayfly.store.messages import Messages
from mayfly.store.stream_tickets import StreamTickets

# Waiting calls that hold a whole message at the same time: one may have megabytes.
_READING_AT_ONCE = 4

ROUTERS = [*routes.ROUTES, *wait_routes.ROUTES, *ticket_routes.ROUTES]


def build(foundation: Foundation, reach: Reach, marks: ReadMarks) -> LiveHandlers:
    settings, inboxes = foundation.settings, Inboxes(foundation.database)
    channels = Channels(per_holder=settings.live_channels_per_key, in_all=settings.live_channels)
    streams = LiveStreams(
        live=foundation.live,
        inboxes=inboxes,
        reach=reach,
        channels=channels,
        clock=foundation.clock,
        stall_seconds=settings.live_stall_seconds,
    )
    waits = Waits(
        live=foundation.live,
        backlog=MailBacklog(foundation.bus),
        inboxes=inboxes,
        messages=Messages(foundation.database),
        reach=reach,
        marks=marks,
        channels=channels,
        clock=foundation.clock,
        processes=foundation.search_processes,
        reading=Turns(_READING_AT_ONCE),
        folding=Turns(_READING_AT_ONCE),
        searching=Turns(2 * settings.search_processes),
    )
    exchange = TicketExchange(StreamTickets(foundation.database), foundation.clock)
    return LiveHandlers(streams, waits, IssueTicket(exchange, reach))
