"""Deletion receipts: what an ended inbox held, without content. Kept for MAYFLY_RECEIPT_DAYS.

Written by expiry-reaper before it deletes anything; read by api-gateway.
"""

from collections.abc import Sequence
from datetime import datetime

from pymongo.asynchronous.collection import AsyncCollection

from mayfly.records.receipt import Receipt
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.documents import NEWEST_FIRST, after_place, from_document, to_document
from mayfly.store.inserts import insert_missing


class Receipts:
    def __init__(self, database: Database) -> None:
        self._receipts: AsyncCollection[Document] = database["receipts"]

    async def insert_missing(self, receipts: Sequence[Receipt]) -> None:
        """Insert the receipts that do not exist yet; those of an interrupted batch are right and stay unchanged."""
        await insert_missing(self._receipts, [to_document(receipt) for receipt in receipts])

    async def among(self, inbox_ids: Sequence[str]) -> dict[str, Receipt]:
        with store_failures():
            found = await self._receipts.find({"_id": {"$in": list(inbox_ids)}}).to_list()
        return {document["_id"]: from_document(Receipt, document) for document in found}

    async def of_account(
        self, account_id: str, *, limit: int, before: tuple[datetime, str] | None = None
    ) -> list[Receipt]:
        """The account's receipts, newest inbox first; only those that come after the inbox with this time and id."""
        query: Document = {"account_id": account_id, **(after_place(*before) if before else {})}
        with store_failures():
            found = await self._receipts.find(query).sort(NEWEST_FIRST).limit(limit).to_list()
        return [from_document(Receipt, document) for document in found]

    async def get(self, inbox_id: str, account_id: str) -> Receipt | None:
        with store_failures():
            document = await self._receipts.find_one({"_id": inbox_id, "account_id": account_id})
        return from_document(Receipt, document) if document else None

    async def delete_before(self, moment: datetime) -> int:
        with store_failures():
            return (await self._receipts.delete_many({"emptied_at": {"$lt": moment}})).deleted_count
