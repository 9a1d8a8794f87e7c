"""Simulated people of OAuth clients. Written by api-gateway; expiry-reaper deletes those whose inbox has ended."""

from collections.abc import Mapping, Sequence

from pymongo import ReturnDocument
from pymongo.asynchronous.collection import AsyncCollection

from mayfly.records.identity import Identity
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.documents import from_document, to_document


class Identities:
    def __init__(self, database: Database) -> None:
        self._identities: AsyncCollection[Document] = database["identities"]

    async def create(self, identity: Identity) -> None:
        """Raises Conflict when the client has an identity with this address."""
        with store_failures():
            await self._identities.insert_one(to_document(identity))

    async def get(self, identity_id: str) -> Identity | None:
        with store_failures():
            document = await self._identities.find_one({"_id": identity_id})
        return from_document(Identity, document) if document else None

    async def of_account(
        self, account_id: str, *, client_id: str | None = None, mailbox_address: str | None = None
    ) -> list[Identity]:
        """The account's identities, newest first; with the given client and address only."""
        query: Document = {"account_id": account_id}
        if client_id is not None:
            query["client_id"] = client_id
        if mailbox_address is not None:
            query["mailbox_address"] = mailbox_address
        return await self._all(query)

    async def of_client(self, client_id: str) -> list[Identity]:
        """The client's identities, newest first."""
        return await self._all({"client_id": client_id})

    async def count(self, account_id: str) -> int:
        with store_failures():
            return await self._identities.count_documents({"account_id": account_id})

    async def change(self, identity_id: str, account_id: str, changes: Mapping[str, object]) -> Identity | None:
        """Set these fields; returns the changed identity, None when the account has no such identity."""
        with store_failures():
            document = await self._identities.find_one_and_update(
                {"_id": identity_id, "account_id": account_id},
                {"$set": dict(changes)},
                return_document=ReturnDocument.AFTER,
            )
        return from_document(Identity, document) if document else None

    async def delete(self, identity_id: str, account_id: str) -> bool:
        with store_failures():
            result = await self._identities.delete_one({"_id": identity_id, "account_id": account_id})
        return result.deleted_count == 1

    async def delete_of_client(self, client_id: str) -> None:
        with store_failures():
            await self._identities.delete_many({"client_id": client_id})

    async def delete_of_inboxes(self, inbox_ids: Sequence[str]) -> None:
        with store_failures():
            await self._identities.delete_many({"inbox_id": {"$in": list(inbox_ids)}})

    async def _all(self, query: Document) -> list[Identity]:
        with store_failures():
            found = await self._identities.find(query).sort("_id", -1).to_list()
        return [from_document(Identity, document) for document in found]
