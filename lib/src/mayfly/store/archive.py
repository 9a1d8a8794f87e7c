"""Archived inboxes: documents of mayfly.store.inboxes in their second life, as addresses kept for their account.

Written by api-gateway on an owner's demand; expiry-reaper archives at expiry and empties either kind.
"""

from datetime import datetime

from pymongo.asynchronous.collection import AsyncCollection

from mayfly.store.client import Database, Document, store_failures
from mayfly.store.inboxes import archived, live


class Archive:
    def __init__(self, database: Database) -> None:
        self._inboxes: AsyncCollection[Document] = database["inboxes"]

    async def archive(self, inbox_id: str, now: datetime) -> None:
        """End a live recoverable inbox: gone for every reader at once, its address kept."""
        with store_failures():
            await self._inboxes.update_one(
                {"_id": inbox_id, "recoverable": True, **live(now)}, {"$set": {"status": "archived", "to_empty": True}}
            )

    async def let_go(self, inbox_id: str, now: datetime) -> None:
        """Give up an archived inbox and its address."""
        with store_failures():
            await self._inboxes.update_one(
                {"_id": inbox_id, **archived(now)}, {"$set": {"status": "deleted", "to_empty": False}}
            )
