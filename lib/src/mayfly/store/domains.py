"""Domains that Mayfly receives mail for. Written by api-gateway; read by smtp-ingest at RCPT."""

from collections.abc import Sequence

from pymongo import ReturnDocument, UpdateOne
from pymongo.asynchronous.collection import AsyncCollection

from mayfly.records.domain import Domain, DomainOwnership
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.documents import from_document


class Domains:
    def __init__(self, database: Database) -> None:
        self._domains: AsyncCollection[Document] = database["domains"]

    async def ensure_public(self, names: Sequence[str]) -> None:
        """Make exactly these the public domains, the first the default; each keeps its required tier.

        A domain that is public no longer keeps its document, and its inboxes stay: during a roll-out two processes may
        have different lists, and the last to start decides. A domain that an account proved becomes the operator's.
        """
        writes = [
            UpdateOne(
                {"name": name},
                {
                    "$set": {"position": position, "is_public": True, "account_id": None, "suspended": False},
                    "$setOnInsert": {"_id": name, "tier_required": 0},
                },
                upsert=True,
            )
            for position, name in enumerate(names)
        ]
        with store_failures():
            await self._domains.bulk_write(writes)
            await self._domains.update_many(
                {"is_public": True, "name": {"$nin": list(names)}}, {"$set": {"is_public": False}}
            )

    async def public(self) -> list[Domain]:
        """The public domains, the default first."""
        with store_failures():
            found = await self._domains.find({"is_public": True}).sort("position", 1).to_list()
        return [from_document(Domain, document) for document in found]

    async def page(self, limit: int, after: str | None = None) -> list[Domain]:
        """All domains in the order of their names; only those whose name comes after `after`."""
        query: Document = {} if after is None else {"name": {"$gt": after}}
        with store_failures():
            found = await self._domains.find(query).sort("name", 1).limit(limit).to_list()
        return [from_document(Domain, document) for document in found]

    async def find(self, name: str) -> Domain | None:
        with store_failures():
            document = await self._domains.find_one({"name": name})
        return from_document(Domain, document) if document else None

    async def give(self, ownership: DomainOwnership, *, instead_of: str | None) -> None:
        """Receive mail for the domain on behalf of the account that proved it.

        `instead_of`: the account that may have it at present, None for no other. Raises Conflict when the domain is
        public, or belongs to a third account by now.
        """
        holders = {"$in": [None, ownership.account_id, instead_of]}
        with store_failures():
            # With no such document this inserts one, which the unique name refuses when the domain is another's.
            await self._domains.update_one(
                {"name": ownership.name, "is_public": False, "account_id": holders},
                {
                    "$set": {"account_id": ownership.account_id, "suspended": False},
                    "$setOnInsert": {"_id": ownership.id, "tier_required": 0},
                },
                upsert=True,
            )

    async def suspend(self, name: str, account_id: str) -> bool:
        """Take no mail for this domain of the account until it is proven again; returns whether that is news."""
        with store_failures():
            changed = await self._domains.update_one(
                {"name": name, "account_id": account_id, "suspended": {"$ne": True}}, {"$set": {"suspended": True}}
            )
        return changed.modified_count > 0

    async def remove(self, name: str, account_id: str) -> None:
        """Stop receiving mail for this domain of the account; no error when it is not the account's."""
        with store_failures():
            await self._domains.delete_one({"name": name, "account_id": account_id})

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
