"""Deletion receipts, as the reaper left them."""

from api_gateway.domain.caller import Caller
from api_gateway.domain.paging import Page, page
from api_gateway.errors import NotFound
from api_gateway.ports import ReceiptStore
from mayfly.records.receipt import Receipt


class ReceiptCalls:
    def __init__(self, receipts: ReceiptStore) -> None:
        self._receipts = receipts

    async def mine(self, caller: Caller, *, limit: int, before: str | None) -> Page[Receipt]:
        """The account's receipts of the last 30 days, newest inbox first."""
        found = await self._receipts.of_account(caller.account, limit=limit + 1, before=before)
        return page(found, limit, lambda receipt: receipt.id)

    async def get(self, caller: Caller, inbox_id: str) -> Receipt:
        """Raises NotFound, also while the inbox lives or is about to be emptied."""
        receipt = await self._receipts.get(inbox_id, caller.account)
        if receipt is None:
            raise NotFound("no receipt for this inbox")
        return receipt
