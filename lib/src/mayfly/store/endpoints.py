"""Webhook endpoints: where deliveries go.

Written by api-gateway; webhook-dispatcher records their health and disables failing ones; expiry-reaper ends those of
deleted inboxes.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from pymongo import ReturnDocument
from pymongo.asynchronous.collection import AsyncCollection

from mayfly.records.endpoint import Endpoint
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.documents import from_document, to_document


class Endpoints:
    def __init__(self, database: Database) -> None:
        self._endpoints: AsyncCollection[Document] = database["webhook_endpoints"]

    async def create(self, endpoint: Endpoint) -> None:
        with store_failures():
            await self._endpoints.insert_one(to_document(endpoint))

    async def get(self, endpoint_id: str) -> Endpoint | None:
        return (await self.among([endpoint_id])).get(endpoint_id)

    async def among(self, endpoint_ids: Sequence[str]) -> dict[str, Endpoint]:
        """Those of the given endpoints that exist, by id."""
        return {endpoint.id: endpoint for endpoint in await self._all({"_id": {"$in": list(endpoint_ids)}})}

    async def of_inbox(self, inbox_id: str) -> list[Endpoint]:
        """The endpoint that the inbox's `webhook_url` created: one or none."""
        return await self._all({"inbox_id": inbox_id, "origin": "inbox"})

    async def of_account(self, account_id: str) -> list[Endpoint]:
        """All endpoints of the account, newest first, including disabled ones but not those of deleted inboxes."""
        return await self._all({"account_id": account_id, "ends_at": None}, newest_first=True)

    async def count_of_account(self, account_id: str) -> int:
        """Number of the account's endpoints, without those that the `webhook_url` of its inboxes created."""
        counted: Document = {"account_id": account_id, "ends_at": None, "origin": {"$ne": "inbox"}}
        with store_failures():
            return await self._endpoints.count_documents(counted)

    async def listening(self, inbox_ids: Collection[str], account_ids: Collection[str]) -> list[Endpoint]:
        """Enabled endpoints of these inboxes, and of these accounts as a whole."""
        scopes: list[Document] = [
            {"inbox_id": {"$in": list(inbox_ids)}},
            {"inbox_id": None, "account_id": {"$in": list(account_ids)}},
        ]
        return await self._all({"is_enabled": True, "$or": scopes})

    async def change(self, endpoint_id: str, account_id: str, changes: Mapping[str, object]) -> Endpoint | None:
        """Set these fields; returns the changed endpoint, None when the account has no such endpoint."""
        with store_failures():
            document = await self._endpoints.find_one_and_update(
                {"_id": endpoint_id, "account_id": account_id, "ends_at": None},
                {"$set": dict(changes)},
                return_document=ReturnDocument.AFTER,
            )
        return from_document(Endpoint, document) if document else None

    async def rotate(self, endpoint_id: str, account_id: str, secret: str, previous_until: datetime) -> Endpoint | None:
        """Sign with `secret` from now on, and until `previous_until` with the current one too."""
        step = {"previous_secret": "$secret", "previous_until": previous_until, "secret": {"$literal": secret}}
        with store_failures():
            document = await self._endpoints.find_one_and_update(
                {"_id": endpoint_id, "account_id": account_id, "ends_at": None},
                [{"$set": step}],
                return_document=ReturnDocument.AFTER,
            )
        return from_document(Endpoint, document) if document else None

    async def delete(self, endpoint_id: str, account_id: str) -> bool:
        with store_failures():
            result = await self._endpoints.delete_one({"_id": endpoint_id, "account_id": account_id, "ends_at": None})
        return result.deleted_count == 1

    async def disable(self, endpoint_id: str, reason: str, now: datetime) -> bool:
        """Disable it with a reason for its owner. False when it was disabled already: the first reason is kept."""
        with store_failures():
            result = await self._endpoints.update_one(
                {"_id": endpoint_id, "is_enabled": True},
                {"$set": {"is_enabled": False, "disabled_reason": reason, "disabled_at": now}},
            )
        return result.modified_count == 1

    async def note_failing(self, endpoint_id: str, since: datetime) -> None:
        with store_failures():
            await self._endpoints.update_one(
                {"_id": endpoint_id, "failing_since": None}, {"$set": {"failing_since": since}}
            )

    async def note_working(self, endpoint_id: str) -> None:
        with store_failures():
            await self._endpoints.update_one({"_id": endpoint_id}, {"$set": {"failing_since": None}})

    async def end_of_inboxes(self, inbox_ids: Sequence[str], ends_at: datetime) -> None:
        """Their inboxes were deleted: endpoints whose format reports that stay until `ends_at`, others are deleted."""
        mine: Document = {"inbox_id": {"$in": list(inbox_ids)}}
        with store_failures():
            await self._endpoints.delete_many({**mine, "format": {"$ne": "standard"}})
            await self._endpoints.update_many({**mine, "ends_at": None}, {"$set": {"ends_at": ends_at}})

    async def delete_ended(self, now: datetime) -> int:
        with store_failures():
            return (await self._endpoints.delete_many({"ends_at": {"$lte": now}})).deleted_count

    async def _all(self, query: Document, *, newest_first: bool = False) -> list[Endpoint]:
        with store_failures():
            cursor = self._endpoints.find(query)
            found = await (cursor.sort("_id", -1) if newest_first else cursor).to_list()
        return [from_document(Endpoint, document) for document in found]
