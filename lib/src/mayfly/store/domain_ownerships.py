"""Proofs of domain ownership: an account publishes a token in DNS before Mayfly receives mail for its domain.

Several accounts may try for one name; the first to prove ownership gets the domain (mayfly.store.domains). Written by
api-gateway. The collection is called `domain_claims`, as in earlier versions.
"""

from datetime import datetime

from pymongo.asynchronous.collection import AsyncCollection

from mayfly.records.domain import DomainOwnership
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.documents import from_document, to_document


class DomainOwnerships:
    def __init__(self, database: Database) -> None:
        self._ownerships: AsyncCollection[Document] = database["domain_claims"]

    async def create(self, ownership: DomainOwnership) -> None:
        """Insert it. Raises Conflict when the account already has one for that name."""
        with store_failures():
            await self._ownerships.insert_one(to_document(ownership))

    async def of_account(self, account_id: str, limit: int = 100) -> list[DomainOwnership]:
        """Newest first."""
        with store_failures():
            found = await self._ownerships.find({"account_id": account_id}).sort("_id", -1).limit(limit).to_list()
        return [from_document(DomainOwnership, document) for document in found]

    async def get(self, ownership_id: str, account_id: str) -> DomainOwnership | None:
        with store_failures():
            document = await self._ownerships.find_one({"_id": ownership_id, "account_id": account_id})
        return from_document(DomainOwnership, document) if document else None

    async def verify(self, ownership_id: str, now: datetime) -> None:
        with store_failures():
            await self._ownerships.update_one({"_id": ownership_id}, {"$set": {"verified_at": now}})

    async def delete(self, ownership_id: str) -> None:
        with store_failures():
            await self._ownerships.delete_one({"_id": ownership_id})
