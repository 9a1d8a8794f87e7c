"""Domains that Mayfly receives mail for. Written by api-gateway; read by smtp-ingest at RCPT."""

from collections.abc import Sequence

from pymongo import UpdateOne
from pymongo.asynchronous.collection import AsyncCollection

from mayfly.store.client import Database, Document, store_failures
from mayfly.store.record import Record, from_document


class Domain(Record, frozen=True, kw_only=True):
    """`name` is lower-case A-labels. `tier_required`: the lowest plan tier that may make inboxes on it.

    `allow_subdomains`: mail for `local@any.sub.name` reaches the inbox `local@name`.
    """

    id: str
    name: str
    is_public: bool = True
    tier_required: int = 0
    account_id: str | None = None
    allow_subdomains: bool = False


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

    async def find_among(self, names: Sequence[str]) -> dict[str, Domain]:
        """Those of these domains that exist, by name; one round trip for all."""
        with store_failures():
            found = await self._domains.find({"name": {"$in": list(names)}}).to_list()
        return {document["name"]: from_document(Domain, document) for document in found}
