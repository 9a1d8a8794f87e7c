"""Issues and redeems page tickets: a browser's frame cannot send credentials in a header, and no key belongs in a URL.

A ticket stands for the credentials it was issued to, so limits and revocation apply to its calls as if these had been
sent, from the site that asked for it: a browser that opens a frame names none. It opens the page of one message for
60 s, as often as the browser asks. The store has its hash, and the credentials encrypted with it. Issued by
api_gateway.messages, redeemed by edge.admission.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from api_gateway.edge.caller import Caller
from api_gateway.edge.sealing import seal, unseal
from api_gateway.edge.secrets import digest, is_ticket, new_ticket
from api_gateway.edge.stream_tickets import LIFETIME, PARAMETER
from api_gateway.refusals import Unauthorized
from mayfly.records.page_ticket import PageTicket
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from typing import Any

    from litestar.connection import ASGIConnection

    from mayfly.store.page_tickets import PageTickets

_PURPOSE = "page ticket"
_KEPT = "page_ticket"


class _Issuer(msgspec.Struct, frozen=True, array_like=True):
    proof: str
    site: str


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Issuer)


@dataclass(frozen=True, slots=True)
class RedeemedPage:
    """`proof`: the credentials of the ticket's issuer; None: anonymous. `site`: where the issuer called from."""

    proof: str | None
    site: str
    remote_images: bool


@dataclass(frozen=True, slots=True)
class PageTicketExchange:
    tickets: "PageTickets"
    clock: Clock

    async def issue(self, caller: Caller, site: str, message_id: str, *, remote_images: bool) -> str:
        """A new ticket for the page of this message, which the caller must be allowed to read."""
        ticket = new_ticket()
        issuer = _encoder.encode(_Issuer(caller.proof, site))
        record = PageTicket(
            id=digest(ticket).hex(),
            message_id=message_id,
            remote_images=remote_images,
            sealed=seal(issuer, proof=ticket, name=_PURPOSE),
            expires_at=self.clock() + LIFETIME,
        )
        await self.tickets.insert(record)
        return ticket

    async def redeem(self, ticket: str, message_id: str) -> RedeemedPage:
        """Whose ticket it is. Raises Unauthorized for a ticket that is unknown, expired or for another message."""
        record = None
        if is_ticket(ticket):
            record = await self.tickets.find(digest(ticket).hex(), message_id, self.clock())
        sealed = unseal(record.sealed, proof=ticket, name=_PURPOSE) if record else None
        if record is None or sealed is None:
            raise Unauthorized("unknown or expired, or of another message", field=PARAMETER)
        issuer = _decoder.decode(sealed)
        return RedeemedPage(issuer.proof or None, issuer.site, record.remote_images)


def keep_page_ticket(connection: "ASGIConnection[Any, Any, Any, Any]", page: RedeemedPage) -> None:
    """Note for the route what the ticket of this call permits."""
    connection.scope[_KEPT] = page  # type: ignore[literal-required]  # ours, for the route


def page_ticket_of(connection: "ASGIConnection[Any, Any, Any, Any]") -> RedeemedPage | None:
    """What the ticket of this call permits; None for a call with credentials of its own, or without any."""
    page: RedeemedPage | None = connection.scope.get(_KEPT)  # type: ignore[assignment]
    return page
