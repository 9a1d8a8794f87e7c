"""Accounts: who owns inboxes, keys and endpoints. Written by api-gateway."""

from datetime import datetime

from pymongo.asynchronous.collection import AsyncCollection

from mayfly.store.client import Database, Document, store_failures
from mayfly.store.record import Record, from_document, to_document


class Account(Record, frozen=True, kw_only=True):
    """`password_hash`: Argon2id in PHC form, None for an account that only uses keys."""

    id: str
    email: str
    plan: str
    created_at: datetime
    password_hash: str | None = None
    suspended: bool = False


class Accounts:
    def __init__(self, database: Database) -> None:
        self._accounts: AsyncCollection[Document] = database["accounts"]

    async def create(self, account: Account) -> None:
        """Insert it. Raises Conflict when the e-mail address has an account."""
        with store_failures():
            await self._accounts.insert_one(to_document(account))

    async def get(self, account_id: str) -> Account | None:
        return await self._one({"_id": account_id})

    async def find(self, email: str) -> Account | None:
        return await self._one({"email": email})

    async def newest(self, limit: int) -> list[Account]:
        with store_failures():
            found = await self._accounts.find().sort("_id", -1).limit(limit).to_list()
        return [from_document(Account, document) for document in found]

    async def set_password_hash(self, account_id: str, password_hash: str) -> None:
        with store_failures():
            await self._accounts.update_one({"_id": account_id}, {"$set": {"password_hash": password_hash}})

    async def _one(self, query: Document) -> Account | None:
        with store_failures():
            document = await self._accounts.find_one(query)
        return from_document(Account, document) if document else None
