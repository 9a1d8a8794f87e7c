"""Archives inboxes on their owner's request, so that the account keeps the address. Called by api-gateway.

Archived inboxes are documents of the collection `inboxes` (see mayfly.store.inboxes). expiry-reaper archives
recoverable inboxes when they expire, and deletes the contents of all archived inboxes.
"""

from datetime import datetime

from pymongo.asynchronous.collection import AsyncCollection

from mayfly.store.client import Database, Document, store_failures
from mayfly.store.inboxes import archived, live


class Archive:
    def __init__(self, database: Database) -> None:
        self._inboxes: AsyncCollection[Document] = database["inboxes"]

    async def archive(self, inbox_id: str, now: datetime) -> None:
        """Archive a live recoverable inbox: it stops existing for the API and SMTP now, its address stays reserved."""
        with store_failures():
            await self._inboxes.update_one(
                {"_id": inbox_id, "recoverable": True, **live(now)}, {"$set": {"status": "archived", "to_empty": True}}
            )

    async def delete(self, inbox_id: str, now: datetime) -> None:
        """Delete an archived inbox and free its address."""
        with store_failures():
            await self._inboxes.update_one(
                {"_id": inbox_id, **archived(now)}, {"$set": {"status": "deleted", "to_empty": False}}
            )
