"""OAuth clients of the OpenID provider. Written by api-gateway."""

from pymongo.asynchronous.collection import AsyncCollection

from mayfly.records.identity import OAuthClient
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.documents import from_document, to_document


class OAuthClients:
    def __init__(self, database: Database) -> None:
        self._clients: AsyncCollection[Document] = database["oauth_clients"]

    async def create(self, client: OAuthClient) -> None:
        with store_failures():
            await self._clients.insert_one(to_document(client))

    async def get(self, client_id: str) -> OAuthClient | None:
        with store_failures():
            document = await self._clients.find_one({"_id": client_id})
        return from_document(OAuthClient, document) if document else None

    async def of_account(self, account_id: str) -> list[OAuthClient]:
        """The account's clients, newest first."""
        with store_failures():
            found = await self._clients.find({"account_id": account_id}).sort("_id", -1).to_list()
        return [from_document(OAuthClient, document) for document in found]

    async def count(self, account_id: str) -> int:
        with store_failures():
            return await self._clients.count_documents({"account_id": account_id})

    async def set_secret(self, client_id: str, account_id: str, secret_hash: bytes) -> bool:
        """Replace the secret of a client that has one; the old one is invalid from now on."""
        query: Document = {"_id": client_id, "account_id": account_id, "secret_hash": {"$ne": None}}
        with store_failures():
            result = await self._clients.update_one(query, {"$set": {"secret_hash": secret_hash}})
        return result.matched_count == 1

    async def delete(self, client_id: str, account_id: str) -> bool:
        with store_failures():
            result = await self._clients.delete_one({"_id": client_id, "account_id": account_id})
        return result.deleted_count == 1
