"""Builds the handlers of the room `live` and lists its routes; called by api_gateway.rooms."""

from functools import partial

from api_gateway.edge.consistency import Consistency
from api_gateway.edge.stream_tickets import TicketExchange
from api_gateway.edge.turns import Turns
from api_gateway.foundation import Foundation
from api_gateway.inboxes import Reach, ReadMarks
from api_gateway.live import account_routes, routes, ticket_routes, wait_routes
from api_gateway.live.account_streams import AccountStreams
from api_gateway.live.channels import Channels
from api_gateway.live.handlers import LiveHandlers
from api_gateway.live.space_events import SpaceEvents
from api_gateway.live.tickets import IssueTicket
from api_gateway.live.wait import Waits
from api_gateway.live.watch import LiveStreams
from api_gateway.messages import MessageHandlers
from mayfly.bus.account_live import AccountReader
from mayfly.bus.backlog import MailBacklog
from mayfly.store.inboxes import Inboxes
from mayfly.store.messages import Messages
from mayfly.store.stream_tickets import StreamTickets

# Waiting calls that hold a whole message at the same time: one may have megabytes.
_READING_AT_ONCE = 4
_SHARES_OF_SOCKETS = 4
# How long a wait that has found a mail looks for a newer one that was acknowledged before it began.
_SETTLING_SECONDS = 1.0

ROUTERS = [*routes.ROUTES, *account_routes.ROUTES, *wait_routes.ROUTES, *ticket_routes.ROUTES]


def build(foundation: Foundation, reach: Reach, marks: ReadMarks, messages: MessageHandlers) -> LiveHandlers:
    settings, inboxes = foundation.settings, Inboxes(foundation.database)
    channels = Channels(per_holder=settings.live_channels_per_key, in_all=settings.live_channels)
    streams = LiveStreams(
        live=foundation.live,
        inboxes=inboxes,
        reach=reach,
        channels=channels,
        news=foundation.message_news,
        clock=foundation.clock,
        stall_seconds=settings.live_stall_seconds,
    )
    accounts = AccountStreams(
        live=foundation.live,
        read=partial(AccountReader, foundation.live),
        inboxes=inboxes,
        reach=reach,
        channels=channels,
        news=foundation.message_news,
        stall_seconds=settings.live_stall_seconds,
    )
    spaces = SpaceEvents(
        live=foundation.live,
        inboxes=inboxes,
        reach=reach,
        sockets=Channels(
            per_holder=max(settings.mailpit_sockets // _SHARES_OF_SOCKETS, 1), in_all=settings.mailpit_sockets
        ),
        messages=messages,
        news=foundation.message_news,
        clock=foundation.clock,
        stall_seconds=settings.live_stall_seconds,
    )
    backlog = MailBacklog(foundation.bus)
    waits = Waits(
        live=foundation.live,
        backlog=backlog,
        inboxes=inboxes,
        messages=Messages(foundation.database),
        reach=reach,
        consistency=Consistency(backlog, longest_seconds=_SETTLING_SECONDS, closer_after=0),
        marks=marks,
        channels=channels,
        clock=foundation.clock,
        processes=foundation.search_processes,
        reading=Turns(_READING_AT_ONCE),
        folding=Turns(_READING_AT_ONCE),
        searching=Turns(2 * settings.search_processes),
    )
    exchange = TicketExchange(StreamTickets(foundation.database), foundation.clock)
    return LiveHandlers(streams, accounts, spaces, waits, IssueTicket(exchange, reach))
