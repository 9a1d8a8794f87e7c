"""The handlers of the room `live`, for its routes: event streams, their tickets, and waiting calls."""

from dataclasses import dataclass

from api_gateway.live.account_streams import AccountStreams
from api_gateway.live.space_events import SpaceEvents
from api_gateway.live.tickets import IssueTicket
from api_gateway.live.wait import Waits
from api_gateway.live.watch import LiveStreams


@dataclass(frozen=True, slots=True)
class LiveHandlers:
    streams: LiveStreams
    accounts: AccountStreams
    spaces: SpaceEvents
    waits: Waits
    issue_ticket: IssueTicket
