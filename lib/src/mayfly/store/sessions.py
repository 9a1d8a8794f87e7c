"""Login sessions: a JWT is valid only while its session exists. Written by api-gateway."""

from datetime import datetime

from pymongo.asynchronous.collection import AsyncCollection

from mayfly.records.session import Session
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.documents import from_document, to_document


class Sessions:
    def __init__(self, database: Database) -> None:
        self._sessions: AsyncCollection[Document] = database["sessions"]

    async def create(self, session: Session) -> None:
        with store_failures():
            await self._sessions.insert_one(to_document(session))

    async def get(self, session_id: str, now: datetime) -> Session | None:
        """The session; None when it has ended or expired."""
        with store_failures():
            document = await self._sessions.find_one({"_id": session_id, "expires_at": {"$gt": now}})
        return from_document(Session, document) if document else None

    async def carry_over(self, session_id: str, epoch: int) -> None:
        """Let the session go on in this epoch of its account."""
        with store_failures():
            await self._sessions.update_one({"_id": session_id}, {"$set": {"epoch": epoch}})

    async def end(self, session_id: str) -> None:
        with store_failures():
            await self._sessions.delete_one({"_id": session_id})
