"""The collection of API keys, looked up by their public prefix. Written by api-gateway."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pymongo import ReturnDocument
from pymongo.asynchronous.collection import AsyncCollection

from mayfly.records.api_key import ApiKey
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.documents import from_document, to_document


class ApiKeys:
    def __init__(self, database: Database) -> None:
        self._keys: AsyncCollection[Document] = database["api_keys"]

    async def create(self, key: ApiKey) -> None:
        with store_failures():
            await self._keys.insert_one(to_document(key))

    async def find(self, prefix: str) -> ApiKey | None:
        with store_failures():
            document = await self._keys.find_one({"prefix": prefix})
        return from_document(ApiKey, document) if document else None

    async def among(self, key_ids: Sequence[str]) -> list[ApiKey]:
        """Those of the given keys that exist, in any order."""
        if not key_ids:
            return []
        with store_failures():
            found = await self._keys.find({"_id": {"$in": list(key_ids)}}).to_list()
        return [from_document(ApiKey, document) for document in found]

    async def of_account(self, account_id: str) -> list[ApiKey]:
        """All keys of the account, newest first, revoked ones too."""
        with store_failures():
            found = await self._keys.find({"account_id": account_id}).sort("_id", -1).to_list()
        return [from_document(ApiKey, document) for document in found]

    async def revoke(self, key_id: str, account_id: str) -> ApiKey | None:
        """Deactivate a key, and those that it made, and return it; None when the account has no such key."""
        with store_failures():
            document = await self._keys.find_one_and_update(
                {"_id": key_id, "account_id": account_id}, {"$set": {"is_active": False}}
            )
            await self._keys.update_many({"account_id": account_id, "made_by": key_id}, {"$set": {"is_active": False}})
        return from_document(ApiKey, document) if document else None

    async def change(self, key_id: str, account_id: str, changes: Mapping[str, object]) -> ApiKey | None:
        """Replace these fields of a key and return it; None when the account has no such active key."""
        with store_failures():
            document = await self._keys.find_one_and_update(
                {"_id": key_id, "account_id": account_id, "is_active": True},
                {"$set": dict(changes)},
                return_document=ReturnDocument.AFTER,
            )
        return from_document(ApiKey, document) if document else None

    async def revoke_all(self, account_id: str) -> list[ApiKey]:
        """Deactivate all keys of the account; returns those that were active."""
        keys = [key for key in await self.of_account(account_id) if key.is_active]
        with store_failures():
            await self._keys.update_many({"_id": {"$in": [key.id for key in keys]}}, {"$set": {"is_active": False}})
        return keys

    async def touch(self, key_id: str, used_at: datetime) -> None:
        """Record when the key was last used."""
        with store_failures():
            await self._keys.update_one({"_id": key_id}, {"$max": {"last_used_at": used_at}})
