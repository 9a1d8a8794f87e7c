"""What accounts hold and the installation as a whole, counted for the operator. Reads only; used by api-gateway."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pymongo.asynchronous.collection import AsyncCollection

from mayfly.records.usage import HeldByAccount, Totals
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.inboxes import live
from mayfly.store.messages import Messages


class Holdings:
    def __init__(self, database: Database) -> None:
        self._accounts: AsyncCollection[Document] = database["accounts"]
        self._inboxes: AsyncCollection[Document] = database["inboxes"]
        self._messages: AsyncCollection[Document] = database["messages"]
        self._sums = Messages(database)

    async def of_accounts(self, account_ids: Sequence[str], now: datetime) -> Mapping[str, HeldByAccount]:
        """What each of these accounts holds in its live inboxes and spaces; accounts without any are absent."""
        query: Document = {"account_id": {"$in": list(account_ids)}, **live(now)}
        with store_failures():
            found = await self._inboxes.find(query, {"account_id": 1}).to_list()
        owners = {document["_id"]: document["account_id"] for document in found}
        sums = await self._sums.holdings_of_inboxes(list(owners)) if owners else {}
        held: dict[str, HeldByAccount] = {}
        for inbox_id, account_id in owners.items():
            messages, octets = sums.get(inbox_id, (0, 0))
            before = held.get(account_id, HeldByAccount())
            held[account_id] = HeldByAccount(
                inboxes=before.inboxes + 1, messages=before.messages + messages, octets=before.octets + octets
            )
        return held

    async def totals(self, now: datetime) -> Totals:
        """Numbers of accounts and messages, as the store's statistics have them, and of live inboxes and spaces."""
        with store_failures():
            return Totals(
                accounts=await self._accounts.estimated_document_count(),
                inboxes=await self._inboxes.count_documents(live(now)),
                messages=await self._messages.estimated_document_count(),
            )
