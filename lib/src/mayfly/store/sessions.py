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

    async def of_account(self, account_id: str, epoch: int, now: datetime, *, limit: int) -> list[Session]:
        """Up to `limit` sessions of the account that go on in this epoch of it, newest first."""
        query: Document = {"account_id": account_id, "expires_at": {"$gt": now}, "epoch": epoch}
        if epoch == 0:
            query["epoch"] = {"$in": [0, None]}  # as `Session` reads one that was stored before there were epochs
        with store_failures():
            found = await self._sessions.find(query).sort("_id", -1).limit(limit).to_list()
        return [from_document(Session, document) for document in found]

    async def end_of_account(self, session_id: str, account_id: str) -> bool:
        """End this session, if it is one of the account; returns whether it was."""
        with store_failures():
            ended = await self._sessions.delete_one({"_id": session_id, "account_id": account_id})
        return ended.deleted_count > 0

    async def carry_over(self, session_id: str, epoch: int) -> None:
        """Let the session go on in this epoch of its account."""
        with store_failures():
            await self._sessions.update_one({"_id": session_id}, {"$set": {"epoch": epoch}})

    async def end(self, session_id: str) -> None:
        with store_failures():
            await self._sessions.delete_one({"_id": session_id})
