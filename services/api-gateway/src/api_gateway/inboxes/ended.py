"""Ended inboxes: archived ones, whose address stays reserved for their account, and deletion receipts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec import structs

from api_gateway.edge import secrets
from api_gateway.edge.caller import Caller
from api_gateway.edge.paging import Page, TimeCursor, page
from api_gateway.edge.plans import Plans
from api_gateway.inboxes.create import CreatedInbox, PlaceInbox
from api_gateway.inboxes.rules import expiry, require_ttl, require_unreserved
from api_gateway.refusals import InvalidState, found
from mayfly.events.facts import new_event_id
from mayfly.mail.address import normalise_name
from mayfly.mail.reserved import ReservedNames
from mayfly.records.inbox import Inbox
from mayfly.records.receipt import Receipt
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.archive import Archive
    from mayfly.store.domains import Domains
    from mayfly.store.inboxes import Inboxes
    from mayfly.store.receipts import Receipts


@dataclass(frozen=True, slots=True)
class ArchivedInboxes:
    place: PlaceInbox
    domains: "Domains"
    reserved: ReservedNames
    inboxes: "Inboxes"
    archive: "Archive"
    plans: Plans
    clock: Clock

    async def get(self, caller: Caller, name: str) -> Inbox:
        """The caller's archived inbox with this id or address. Raises NotFound."""
        inbox = await self.inboxes.find_archived(caller.account, normalise_name(name), self.clock())
        return found(inbox, "no such archived inbox")

    async def reactivate(self, caller: Caller, name: str, ttl_seconds: int | None) -> CreatedInbox:
        """Create a live, empty inbox with the address of an archived one, under a new id.

        Raises NotFound, Forbidden, QuotaExceeded, ReservedName, and InvalidState while the account may not use its
        domain.
        """
        plan = self.plans[caller.plan]
        require_ttl(self.plans, plan, ttl_seconds)
        archived = await self.get(caller, name)
        domain = await self.domains.find(archived.domain)
        if domain is None or not domain.takes_mail_for(archived.account_id):
            raise InvalidState(f"{archived.domain} takes no mail for this account at present")
        require_unreserved(self.reserved, archived.local_part, domain)
        token, now = secrets.new_inbox_token(), self.clock()
        inbox = structs.replace(
            archived,
            id=new_event_id(),
            created_at=now,
            expires_at=expiry(now, ttl_seconds),
            token_hash=secrets.digest(token),
            token_made_by=caller.lineage,
            status="active",
            to_empty=False,
            fault_plan=None,
        )
        await self.place(caller, plan, inbox, instead_of=archived)
        return CreatedInbox(inbox, token)

    async def delete(self, caller: Caller, names: Sequence[str]) -> None:
        """Delete archived inboxes, releasing their addresses. Raises NotFound, and deletes none, if one is missing."""
        for inbox in [await self.get(caller, name) for name in names]:
            await self.archive.delete(inbox.id, self.clock())


@dataclass(frozen=True, slots=True)
class ReadReceipts:
    """Reads the receipts that the reaper wrote."""

    receipts: "Receipts"

    async def mine(self, caller: Caller, *, limit: int, cursor: TimeCursor | None) -> Page[Receipt]:
        """The account's receipts of the last 30 days, newest inbox first."""
        before = (cursor.moment, cursor.id) if cursor else None
        receipts = await self.receipts.of_account(caller.account, limit=limit + 1, before=before)
        return page(receipts, limit, lambda receipt: str(TimeCursor(receipt.created_at, receipt.id)))

    async def get(self, caller: Caller, inbox_id: str) -> Receipt:
        """The receipt of an ended inbox. Raises NotFound, also while the inbox is live or not emptied yet."""
        return found(await self.receipts.get(inbox_id, caller.account), "no receipt for this inbox")
