"""Stores page tickets until they expire. Used by api-gateway."""

from datetime import datetime

from pymongo.asynchronous.collection import AsyncCollection

from mayfly.records.page_ticket import PageTicket
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.documents import from_document, to_document


class PageTickets:
    def __init__(self, database: Database) -> None:
        self._tickets: AsyncCollection[Document] = database["page_tickets"]

    async def insert(self, ticket: PageTicket) -> None:
        with store_failures():
            await self._tickets.insert_one(to_document(ticket))

    async def find(self, ticket_id: str, message_id: str, now: datetime) -> PageTicket | None:
        """The ticket; None if it is unknown, expired or for another message."""
        wanted = {"_id": ticket_id, "message_id": message_id, "expires_at": {"$gt": now}}
        with store_failures():
            document = await self._tickets.find_one(wanted)
        return from_document(PageTicket, document) if document else None
