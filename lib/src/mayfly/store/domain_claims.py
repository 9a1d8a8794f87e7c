"""Claims to domains: an account says that a domain is its own, and proves it by DNS before mail is received for it.

Claims hold nobody up: several accounts may claim the same name, and the first to prove it gets it
(mayfly.store.domains). Written by api-gateway.
"""

from datetime import datetime

from pymongo.asynchronous.collection import AsyncCollection

from mayfly.store.client import Database, Document, store_failures
from mayfly.store.record import Record, from_document, to_document


class DomainClaim(Record, frozen=True, kw_only=True):
    """`txt_token`: what the account publishes as proof. `verified_at`: when that and the MX record were found."""

    id: str
    account_id: str
    name: str
    txt_token: str
    created_at: datetime
    verified_at: datetime | None = None


class DomainClaims:
    def __init__(self, database: Database) -> None:
        self._claims: AsyncCollection[Document] = database["domain_claims"]

    async def create(self, claim: DomainClaim) -> None:
        """Insert it. Raises Conflict when the account claims that name already."""
        with store_failures():
            await self._claims.insert_one(to_document(claim))

    async def of_account(self, account_id: str, limit: int = 100) -> list[DomainClaim]:
        """Newest first."""
        with store_failures():
            found = await self._claims.find({"account_id": account_id}).sort("_id", -1).limit(limit).to_list()
        return [from_document(DomainClaim, document) for document in found]

    async def get(self, claim_id: str, account_id: str) -> DomainClaim | None:
        with store_failures():
            document = await self._claims.find_one({"_id": claim_id, "account_id": account_id})
        return from_document(DomainClaim, document) if document else None

    async def verify(self, claim_id: str, now: datetime) -> None:
        with store_failures():
            await self._claims.update_one({"_id": claim_id}, {"$set": {"verified_at": now}})

    async def delete(self, claim_id: str) -> None:
        with store_failures():
            await self._claims.delete_one({"_id": claim_id})
