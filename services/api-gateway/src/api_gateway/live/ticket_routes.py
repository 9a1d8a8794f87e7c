"""POST /api/v1/inboxes/{address}/stream-ticket: a ticket for clients that cannot send headers."""

from typing import Any

from litestar import Router, post

from api_gateway.edge.parameters import Given, GivenCaller, InboxName
from api_gateway.edge.stream_tickets import LIFETIME
from api_gateway.live.handlers import LiveHandlers
from api_gateway.live.views import StreamTicketView


@post("/{address:str}/stream-ticket", opt={"scope": "mailboxes:read"})
async def create_stream_ticket(address: InboxName, caller: GivenCaller, live: Given[LiveHandlers]) -> StreamTicketView:
    """Create a ticket that opens the event stream of an inbox once, without headers, as `?ticket=`.

    For a browser's EventSource. Limits and revocation apply to the stream as to the credentials of this call.
    """
    ticket = await live.issue_ticket(caller, address)
    return StreamTicketView(ticket=ticket, expires_in=int(LIFETIME.total_seconds()))


ROUTES: list[Any] = [Router("/api/v1/inboxes", tags=["live"], route_handlers=[create_stream_ticket])]
