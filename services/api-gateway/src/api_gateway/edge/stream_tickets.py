"""Issues and redeems stream tickets: a browser's EventSource cannot send credentials in a header.

A ticket stands for the credentials it was issued to, so limits, revocation and allowed sites apply to its stream as
if these had been sent. It opens the stream of one inbox, once, within 60 s: it is part of a URL, and URLs end up in
the logs of proxies. The store has its hash, and the credentials encrypted with it. Issued by api_gateway.live,
redeemed by edge.admission.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.edge.sealing import seal, unseal
from api_gateway.edge.secrets import digest, is_ticket, new_ticket
from api_gateway.refusals import Unauthorized
from mayfly.mail.address import normalise_name
from mayfly.records.inbox import Inbox
from mayfly.records.stream_ticket import StreamTicket
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.stream_tickets import StreamTickets

PARAMETER = "ticket"
LIFETIME = timedelta(seconds=60)
_PURPOSE = "stream ticket"


@dataclass(frozen=True, slots=True)
class TicketExchange:
    tickets: "StreamTickets"
    clock: Clock

    async def issue(self, caller: Caller, inbox: Inbox) -> str:
        """A new ticket for the stream of this inbox, which the caller must be allowed to read."""
        ticket = new_ticket()
        record = StreamTicket(
            id=digest(ticket).hex(),
            inbox_id=inbox.id,
            address=inbox.address,
            sealed=seal(caller.proof.encode(), proof=ticket, name=_PURPOSE),
            expires_at=self.clock() + LIFETIME,
        )
        await self.tickets.insert(record)
        return ticket

    async def redeem(self, ticket: str, inbox_name: str, *, keep: bool = False) -> str | None:
        """The credentials of the ticket's issuer; None: anonymous. `inbox_name`: address or id of the inbox.

        `keep`: the ticket is not used up, because HEAD has no effect.

        Raises Unauthorized for a ticket that is unknown, used, expired or for another inbox.
        """
        record = None
        if is_ticket(ticket):
            record = await self.tickets.take(digest(ticket).hex(), normalise_name(inbox_name), self.clock(), keep=keep)
        proof = unseal(record.sealed, proof=ticket, name=_PURPOSE) if record else None
        if proof is None:
            raise Unauthorized("unknown, used or expired", field=PARAMETER)
        return proof.decode() or None
