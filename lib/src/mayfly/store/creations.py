"""Creates inboxes and spaces within their quotas. Checks and insert are one transaction, so that no race exceeds one.

Each transaction first writes its subject's counter, so two transactions of one subject conflict and run one after the
other. Called by api-gateway.
"""

from datetime import datetime, timedelta
from typing import Any

from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection

from mayfly.failures import Conflict, QuotaReached
from mayfly.records.inbox import Inbox, InboxKind, InboxQuota
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.documents import to_document
from mayfly.store.inboxes import NO_SPACES, SPACES, archived, held_by, live, recoverable

_KEPT = timedelta(days=2)


class Creations:
    def __init__(self, database: Database) -> None:
        self._client = database.client
        self._inboxes: AsyncCollection[Document] = database["inboxes"]
        self._creations: AsyncCollection[Document] = database["creations"]

    async def create(self, inbox: Inbox, quota: InboxQuota, now: datetime, *, instead_of: Inbox | None = None) -> None:
        """Insert the inbox if the quota allows it. `instead_of`: an archived inbox to delete in the same transaction.

        Raises QuotaReached; Conflict when a live or archived inbox has the address, or another space the domain.
        """
        counter = _counter(quota.subject, inbox.kind)

        async def attempt(session: AsyncClientSession) -> None:
            await self._count_creation(counter, quota.creations_per_day, now, session)
            if instead_of is not None:
                ended = await self._inboxes.update_one(
                    {"_id": instead_of.id, **archived(now)},
                    {"$set": {"status": "deleted", "to_empty": False}},
                    session=session,
                )
                if not ended.modified_count:
                    raise Conflict("the archived inbox no longer exists")
            await self._require_room(quota, inbox, now, session)
            await self._release(inbox, now, session)
            await self._inboxes.insert_one(to_document(inbox), session=session)

        with store_failures():
            async with self._client.start_session() as session:
                await session.with_transaction(attempt)

    async def created_today(self, subject: str, now: datetime) -> int:
        with store_failures():
            found = await self._creations.find_one({"_id": subject, "day": now.strftime("%Y-%m-%d")})
        return int(found["count"]) if found else 0

    async def _count_creation(self, counter: str, most: int | None, now: datetime, session: AsyncClientSession) -> None:
        today = now.strftime("%Y-%m-%d")
        counted: list[dict[str, Any]] = [
            {
                "$set": {
                    "count": {"$cond": [{"$eq": ["$day", today]}, {"$add": ["$count", 1]}, 1]},
                    "day": today,
                    "forget_at": now + _KEPT,
                }
            }
        ]
        found: Document = await self._creations.find_one_and_update(  # type: ignore[assignment]  # an upsert always finds
            {"_id": counter}, counted, upsert=True, return_document=ReturnDocument.AFTER, session=session
        )
        if most is not None and found["count"] > most:
            raise QuotaReached("creations_per_day", most)

    async def _require_room(self, quota: InboxQuota, inbox: Inbox, now: datetime, session: AsyncClientSession) -> None:
        holder: Document = held_by(quota)
        name, kind, most = (
            ("spaces", SPACES, quota.spaces) if inbox.kind == "space" else ("active_inboxes", NO_SPACES, quota.active)
        )
        if most is not None:
            active = await self._inboxes.count_documents(
                {**holder, **kind, **live(now)}, limit=most + 1, session=session
            )
            if active >= most:
                raise QuotaReached(name, most)
        if quota.archived is not None and inbox.recoverable:
            kept = await self._inboxes.count_documents(
                {**holder, **recoverable()}, limit=quota.archived + 1, session=session
            )
            if kept >= quota.archived:
                raise QuotaReached("archived_inboxes", quota.archived)

    async def _release(self, inbox: Inbox, now: datetime, session: AsyncClientSession) -> None:
        """Free the address, and the domains of a space, if an inbox that has expired still holds them."""
        gone: Document = {"status": "active", "recoverable": {"$ne": True}, "expires_at": {"$lte": now}}
        names: Document = {"domains": {"$in": inbox.domains}} if inbox.domains else {"address": inbox.address}
        await self._inboxes.update_many({**names, **gone}, {"$set": {"status": "expired"}}, session=session)


def _counter(subject: str, kind: InboxKind) -> str:
    """The id of the document that counts the creations of a subject."""
    return f"{subject}/spaces" if kind == "space" else subject
