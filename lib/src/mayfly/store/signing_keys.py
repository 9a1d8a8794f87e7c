"""The key that signs ID tokens, shared by all gateways. Made by the first one that needs it."""

from pymongo.asynchronous.collection import AsyncCollection

from mayfly.failures import Conflict
from mayfly.records.signing_key import CURRENT, SigningKey
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.documents import from_document, to_document


class SigningKeys:
    def __init__(self, database: Database) -> None:
        self._keys: AsyncCollection[Document] = database["signing_keys"]

    async def get(self) -> SigningKey | None:
        with store_failures():
            document = await self._keys.find_one({"_id": CURRENT})
        return from_document(SigningKey, document) if document else None

    async def keep_first(self, key: SigningKey) -> SigningKey:
        """Store the key unless there is one; returns the one that all gateways have from now on."""
        try:
            with store_failures():
                await self._keys.insert_one(to_document(key))
        except Conflict:
            return await self.get() or key
        return key
