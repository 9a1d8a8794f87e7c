"""The collection of accounts. Written by api-gateway."""

from collections.abc import Mapping, Sequence

from pymongo import ReturnDocument
from pymongo.asynchronous.collection import AsyncCollection

from mayfly.records.account import Account
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.documents import from_document, to_document


class Accounts:
    def __init__(self, database: Database) -> None:
        self._accounts: AsyncCollection[Document] = database["accounts"]

    async def create(self, account: Account) -> None:
        """Insert an account. Raises Conflict when another account has the e-mail address."""
        with store_failures():
            await self._accounts.insert_one(to_document(account))

    async def get(self, account_id: str) -> Account | None:
        return await self._one({"_id": account_id})

    async def among(self, account_ids: Sequence[str]) -> list[Account]:
        """Those of these accounts that exist."""
        with store_failures():
            found = await self._accounts.find({"_id": {"$in": list(account_ids)}}).to_list()
        return [from_document(Account, document) for document in found]

    async def find(self, email: str) -> Account | None:
        return await self._one({"email": email})

    async def page(self, limit: int, before: str | None = None) -> list[Account]:
        """Accounts, newest first; only those with ids below `before`."""
        query: Document = {} if before is None else {"_id": {"$lt": before}}
        with store_failures():
            found = await self._accounts.find(query).sort("_id", -1).limit(limit).to_list()
        return [from_document(Account, document) for document in found]

    async def change(
        self,
        account_id: str,
        changes: Mapping[str, str | bool | None],
        *,
        matching: Mapping[str, str | None] | None = None,
        end_sessions: bool = False,
    ) -> Account | None:
        """Set these fields and return the changed account; None if no account has this id and the values of `matching`.

        `end_sessions`: in the same write, end all its sessions. Raises Conflict for a taken e-mail address.
        """
        update: Document = {"$set": dict(changes)}
        if end_sessions:
            update["$inc"] = {"session_epoch": 1}
        with store_failures():
            document = await self._accounts.find_one_and_update(
                {**(matching or {}), "_id": account_id}, update, return_document=ReturnDocument.AFTER
            )
        return from_document(Account, document) if document else None

    async def begin_epoch(self, account_id: str) -> Account | None:
        """End all sessions of the account by one write; returns the account, None if there is no such."""
        with store_failures():
            document = await self._accounts.find_one_and_update(
                {"_id": account_id}, {"$inc": {"session_epoch": 1}}, return_document=ReturnDocument.AFTER
            )
        return from_document(Account, document) if document else None

    async def ids_of_team(self, team_id: str) -> list[str]:
        """The account ids of the team's owner and of its members."""
        with store_failures():
            found = await self._accounts.find({"team_id": team_id}, {"_id": 1}).to_list()
        return [team_id, *(document["_id"] for document in found)]

    async def _one(self, query: Document) -> Account | None:
        with store_failures():
            document = await self._accounts.find_one(query)
        return from_document(Account, document) if document else None
