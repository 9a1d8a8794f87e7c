"""Issues a stream ticket to a caller that may read the inbox; called by live.ticket_routes."""

from dataclasses import dataclass

from api_gateway.edge.caller import Caller
from api_gateway.edge.stream_tickets import TicketExchange
from api_gateway.inboxes import Reach


@dataclass(frozen=True, slots=True)
class IssueTicket:
    exchange: TicketExchange
    reach: Reach

    async def __call__(self, caller: Caller, inbox_name: str) -> str:
        """A ticket for the event stream of the inbox. Raises NotFound."""
        return await self.exchange.issue(caller, await self.reach.inbox(caller, inbox_name))
