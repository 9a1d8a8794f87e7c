"""Authorization codes and access tokens of the OpenID provider, of which the store has hashes only.

Written by api-gateway. A code and its token are one document, so that spending the code, which happens once, and
revoking the token, when the code is sent again, are single writes that no race comes between.
"""

from datetime import datetime

from pymongo import ReturnDocument
from pymongo.asynchronous.collection import AsyncCollection

from mayfly.records.grant import Grant
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.documents import from_document, to_document


class Grants:
    def __init__(self, database: Database) -> None:
        self._grants: AsyncCollection[Document] = database["oauth_grants"]

    async def create(self, grant: Grant) -> None:
        with store_failures():
            await self._grants.insert_one(to_document(grant))

    async def get(self, grant_id: str) -> Grant | None:
        """The grant of a code, spent or not."""
        return await self._one({"_id": grant_id})

    async def spend(self, grant_id: str, token_hash: bytes, now: datetime, token_expires_at: datetime) -> Grant | None:
        """Exchange the code for a token; None if it is spent or expired. Of simultaneous calls, one gets the grant."""
        step: Document = {
            "token_hash": token_hash,
            "token_expires_at": token_expires_at,
            "forget_at": token_expires_at,
        }
        with store_failures():
            document = await self._grants.find_one_and_update(
                {"_id": grant_id, "token_hash": None, "is_revoked": False, "code_expires_at": {"$gt": now}},
                {"$set": step},
                return_document=ReturnDocument.AFTER,
            )
        return from_document(Grant, document) if document else None

    async def revoke(self, grant_id: str) -> None:
        """Void the token that the code was spent on."""
        with store_failures():
            await self._grants.update_one({"_id": grant_id}, {"$set": {"is_revoked": True}})

    async def of_token(self, token_hash: bytes, now: datetime) -> Grant | None:
        """The grant of a valid access token."""
        return await self._one({"token_hash": token_hash, "is_revoked": False, "token_expires_at": {"$gt": now}})

    async def _one(self, query: Document) -> Grant | None:
        with store_failures():
            document = await self._grants.find_one(query)
        return from_document(Grant, document) if document else None
