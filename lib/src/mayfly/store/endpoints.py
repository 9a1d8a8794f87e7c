"""Webhook endpoints: where deliveries go. Written by api-gateway; read by webhook-dispatcher."""

from collections.abc import Collection, Sequence
from datetime import datetime

from pymongo.asynchronous.collection import AsyncCollection

from mayfly.store.client import Database, Document, store_failures
from mayfly.store.record import Record, from_document, to_document
from mayfly.webhooks.formats import Format


class Endpoint(Record, frozen=True, kw_only=True):
    """`inbox_id` None: every inbox of the account. `secret` signs deliveries, so it is kept as it is."""

    id: str
    account_id: str
    url: str
    secret: str
    created_at: datetime
    inbox_id: str | None = None
    format: Format = "standard"
    is_enabled: bool = True
    disabled_reason: str | None = None

    def secrets_valid_at(self, _now: datetime) -> list[str]:
        """Those to sign with, the newest first."""
        return [self.secret]


class Endpoints:
    def __init__(self, database: Database) -> None:
        self._endpoints: AsyncCollection[Document] = database["webhook_endpoints"]

    async def create(self, endpoint: Endpoint) -> None:
        with store_failures():
            await self._endpoints.insert_one(to_document(endpoint))

    async def get(self, endpoint_id: str) -> Endpoint | None:
        with store_failures():
            document = await self._endpoints.find_one({"_id": endpoint_id})
        return from_document(Endpoint, document) if document else None

    async def among(self, endpoint_ids: Sequence[str]) -> dict[str, Endpoint]:
        """Those of the given endpoints that are there, by id."""
        with store_failures():
            found = await self._endpoints.find({"_id": {"$in": list(endpoint_ids)}}).to_list()
        return {document["_id"]: from_document(Endpoint, document) for document in found}

    async def of_inbox(self, inbox_id: str) -> list[Endpoint]:
        """Endpoints bound to this one inbox."""
        with store_failures():
            found = await self._endpoints.find({"inbox_id": inbox_id}).to_list()
        return [from_document(Endpoint, document) for document in found]

    async def listening(self, inbox_ids: Collection[str], account_ids: Collection[str]) -> list[Endpoint]:
        """Enabled endpoints of these inboxes, and of these accounts as a whole."""
        scopes: list[Document] = [
            {"inbox_id": {"$in": list(inbox_ids)}},
            {"inbox_id": None, "account_id": {"$in": list(account_ids)}},
        ]
        with store_failures():
            found = await self._endpoints.find({"is_enabled": True, "$or": scopes}).to_list()
        return [from_document(Endpoint, document) for document in found]

    async def disable(self, endpoint_id: str, reason: str) -> None:
        with store_failures():
            await self._endpoints.update_one(
                {"_id": endpoint_id}, {"$set": {"is_enabled": False, "disabled_reason": reason}}
            )

    async def delete_of_inboxes(self, inbox_ids: Sequence[str]) -> None:
        with store_failures():
            await self._endpoints.delete_many({"inbox_id": {"$in": list(inbox_ids)}})
