"""Spaces: inboxes that take many addresses (mayfly.records.inbox), as their accounts list and change them.

They are documents of the collection `inboxes`: all that holds for an inbox is in mayfly.store.inboxes. Written and read
by api-gateway; expiry-reaper reads what they keep.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from pymongo import ReturnDocument
from pymongo.asynchronous.collection import AsyncCollection

from mayfly.records.inbox import Inbox, Retention
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.documents import NEWEST_FIRST, after_place, from_document
from mayfly.store.inboxes import SPACES, live

SpaceFields = Mapping[str, str | datetime | Retention | Sequence[str] | None]


class Spaces:
    def __init__(self, database: Database) -> None:
        self._inboxes: AsyncCollection[Document] = database["inboxes"]

    async def owned_by(
        self, account_id: str, now: datetime, *, limit: int, before: tuple[datetime, str] | None = None
    ) -> list[Inbox]:
        """The account's live spaces, newest first; only those that come after the one with this time and id.

        Their ids do not sort by age.
        """
        place = after_place(*before) if before else {}
        query: Document = {"account_id": account_id, "kind": "space", "$and": [live(now), place]}
        with store_failures():
            found = self._inboxes.find(query).sort(NEWEST_FIRST)
            return [from_document(Inbox, document) async for document in found.limit(limit)]

    async def count(self, account_ids: Sequence[str], now: datetime) -> int:
        """Number of live spaces of these accounts together, without the default space."""
        query: Document = {"account_id": {"$in": list(account_ids)}, **SPACES, **live(now)}
        with store_failures():
            return await self._inboxes.count_documents(query)

    async def is_unused(self, space_id: str) -> bool:
        """Whether no inbox, not even an ended one, has this id."""
        with store_failures():
            return await self._inboxes.find_one({"_id": space_id}, {"_id": 1}) is None

    async def change(self, space_id: str, now: datetime, changes: SpaceFields) -> Inbox | None:
        """Set these fields (`label`, `expires_at`, `domains`, `retention`) and return the space; None: it is not live.

        Raises Conflict when another space has one of the domains.
        """
        fields = msgspec.to_builtins(dict(changes), builtin_types=(datetime,))
        with store_failures():
            document = await self._inboxes.find_one_and_update(
                {"_id": space_id, "kind": "space", **live(now)},
                {"$set": fields},
                return_document=ReturnDocument.AFTER,
            )
        return from_document(Inbox, document) if document else None

    async def retentions(self, space_ids: Sequence[str]) -> dict[str, Retention]:
        """The retentions of those of these spaces that have not ended."""
        query: Document = {"_id": {"$in": list(space_ids)}, "status": "active"}
        with store_failures():
            found = await self._inboxes.find(query, {"retention": 1}).to_list()
        return {document["_id"]: msgspec.convert(document["retention"], Retention) for document in found}

    async def free_domains(self, domains: Sequence[str], now: datetime) -> None:
        """Take these domains from spaces that have expired and await the reaper."""
        with store_failures():
            await self._inboxes.update_many(
                {"domains": {"$in": list(domains)}, "status": "active", "expires_at": {"$lte": now}},
                {"$set": {"status": "expired"}},
            )

    async def drop_domains(self, domains: Sequence[str]) -> None:
        """Let no space take all mail of these domains any more: they are the operator's now."""
        with store_failures():
            await self._inboxes.update_many(
                {"domains": {"$in": list(domains)}}, {"$pull": {"domains": {"$in": list(domains)}}}
            )
