"""Issues a page ticket to a caller that may read the message; called by messages.page_routes."""

from dataclasses import dataclass

from api_gateway.edge.caller import Caller
from api_gateway.edge.page_tickets import PageTicketExchange
from api_gateway.inboxes import Reach


@dataclass(frozen=True, slots=True)
class IssuePageTicket:
    exchange: PageTicketExchange
    reach: Reach

    async def __call__(self, caller: Caller, site: str, message_id: str, *, remote_images: bool) -> str:
        """A ticket for the page of the message. Raises NotFound."""
        message = await self.reach.message(caller, message_id, bodies=False)
        return await self.exchange.issue(caller, site, message.id, remote_images=remote_images)
