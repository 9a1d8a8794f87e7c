"""Reads the deletion receipts that the reaper wrote."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.edge.paging import Page, page
from api_gateway.refusals import NotFound
from mayfly.records.receipt import Receipt

if TYPE_CHECKING:
    from mayfly.store.receipts import Receipts


@dataclass(frozen=True, slots=True)
class ReadReceipts:
    receipts: "Receipts"

    async def mine(self, caller: Caller, *, limit: int, before: str | None) -> Page[Receipt]:
        """The account's receipts of the last 30 days, newest inbox first."""
        found = await self.receipts.of_account(caller.account, limit=limit + 1, before=before)
        return page(found, limit, lambda receipt: receipt.id)

    async def get(self, caller: Caller, inbox_id: str) -> Receipt:
        """The receipt of an ended inbox. Raises NotFound, also while the inbox is live or not emptied yet."""
        receipt = await self.receipts.get(inbox_id, caller.account)
        if receipt is None:
            raise NotFound("no receipt for this inbox")
        return receipt
