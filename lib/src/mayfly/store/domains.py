"""Domains that Mayfly receives mail for. Written by api-gateway; read by smtp-ingest at RCPT."""

from collections.abc import Sequence

from pymongo import ReturnDocument, UpdateOne
from pymongo.asynchronous.collection import AsyncCollection

from mayfly.records.domain import Domain
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.documents import from_document, to_document


class Domains:
    def __init__(self, database: Database) -> None:
        self._domains: AsyncCollection[Document] = database["domains"]

    async def ensure_public(self, names: Sequence[str]) -> None:
        """Make exactly these the public domains, the first the default; existing ones keep their required tier."""
        writes = [
            UpdateOne(
                {"_id": name},
                {"$set": {"position": position, "is_public": True}, "$setOnInsert": {"name": name, "tier_required": 0}},
                upsert=True,
            )
            for position, name in enumerate(names)
        ]
        with store_failures():
            await self._domains.bulk_write(writes)
            await self._domains.delete_many({"is_public": True, "_id": {"$nin": list(names)}})

    async def public(self) -> list[Domain]:
        """The public domains, the default first."""
        with store_failures():
            found = await self._domains.find({"is_public": True}).sort("position", 1).to_list()
        return [from_document(Domain, document) for document in found]

    async def find(self, name: str) -> Domain | None:
        with store_failures():
            document = await self._domains.find_one({"name": name})
        return from_document(Domain, document) if document else None

    async def add(self, domain: Domain) -> None:
        """Start receiving mail for a domain. Raises Conflict when the domain exists already."""
        with store_failures():
            await self._domains.insert_one(to_document(domain))

    async def remove(self, domain_id: str, account_id: str) -> None:
        """Stop receiving mail for this domain of the account; no error when it does not exist."""
        with store_failures():
            await self._domains.delete_one({"_id": domain_id, "account_id": account_id})

    async def set_tier(self, name: str, tier_required: int) -> Domain | None:
        """Set the lowest plan tier that may use a public domain; returns the changed domain."""
        with store_failures():
            document = await self._domains.find_one_and_update(
                {"name": name, "is_public": True},
                {"$set": {"tier_required": tier_required}},
                return_document=ReturnDocument.AFTER,
            )
        return from_document(Domain, document) if document else None

    async def find_among(self, names: Sequence[str]) -> dict[str, Domain]:
        """Those of these domains that exist, by name, in one round trip."""
        with store_failures():
            found = await self._domains.find({"name": {"$in": list(names)}}).to_list()
        return {document["name"]: from_document(Domain, document) for document in found}
