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
        """Make these the operator's public domains, the first being the default; what exists keeps its tier."""
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
        """Receive mail for it from now on. Raises Conflict when it is somebody's already."""
        with store_failures():
            await self._domains.insert_one(to_document(domain))

    async def remove(self, domain_id: str, account_id: str) -> None:
        """Receive no more mail for this domain of the account's; what is gone already is no error."""
        with store_failures():
            await self._domains.delete_one({"_id": domain_id, "account_id": account_id})

    async def set_tier(self, name: str, tier_required: int) -> Domain | None:
        """Set the lowest plan tier of a public domain; returns it as it is then."""
        with store_failures():
            document = await self._domains.find_one_and_update(
                {"name": name, "is_public": True},
                {"$set": {"tier_required": tier_required}},
                return_document=ReturnDocument.AFTER,
            )
        return from_document(Domain, document) if document else None

    async def find_among(self, names: Sequence[str]) -> dict[str, Domain]:
        """Those of these domains that exist, by name; one round trip for all."""
        with store_failures():
            found = await self._domains.find({"name": {"$in": list(names)}}).to_list()
        return {document["name"]: from_document(Domain, document) for document in found}
