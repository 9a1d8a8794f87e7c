"""Proofs of domain ownership: an account publishes a token in DNS before Mayfly receives mail for its domain.

Several accounts may try for one name; who proves ownership gets the domain (mayfly.store.domains). A proof is looked
up again every day, by one process at a time: `take_due` is the lease. Written by api-gateway. The collection is
called `domain_claims`, as in earlier versions.
"""

from collections.abc import Mapping
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

    async def of_name(self, account_id: str, name: str) -> DomainOwnership | None:
        """The account's proof, complete or not, for this domain."""
        with store_failures():
            document = await self._ownerships.find_one({"account_id": account_id, "name": name})
        return from_document(DomainOwnership, document) if document else None

    async def note_proven(self, ownership: DomainOwnership, now: datetime, next_at: datetime) -> bool:
        """Note that its TXT record was found. `next_at`: when to look it up again. False: it was deleted meanwhile."""
        verified_at = ownership.verified_at or now
        return await self._set(ownership.id, {"verified_at": verified_at, "failing_since": None, "check_at": next_at})

    async def note_failing(self, ownership_id: str, since: datetime) -> None:
        """Note that DNS answers without its TXT record."""
        await self._set(ownership_id, {"failing_since": since})

    async def note_lost(self, account_id: str, name: str) -> None:
        """Note that another account has the domain: this one has to prove it anew."""
        with store_failures():
            await self._ownerships.update_one(
                {"account_id": account_id, "name": name}, {"$set": {"verified_at": None, "failing_since": None}}
            )

    async def take_due(self, now: datetime, next_at: datetime) -> DomainOwnership | None:
        """A proof whose time to be looked up has come; no other process gets it before `next_at`."""
        due = {"$or": [{"check_at": None}, {"check_at": {"$lte": now}}]}
        with store_failures():
            document = await self._ownerships.find_one_and_update(
                {"verified_at": {"$ne": None}, **due}, {"$set": {"check_at": next_at}}
            )
        return from_document(DomainOwnership, document) if document else None

    async def check_again(self, ownership_id: str, at: datetime) -> None:
        """Look the proof up at this time instead of the one that `take_due` set."""
        await self._set(ownership_id, {"check_at": at})

    async def delete(self, ownership_id: str) -> None:
        with store_failures():
            await self._ownerships.delete_one({"_id": ownership_id})

    async def _set(self, ownership_id: str, fields: Mapping[str, datetime | None]) -> bool:
        with store_failures():
            result = await self._ownerships.update_one({"_id": ownership_id}, {"$set": dict(fields)})
        return result.matched_count == 1
