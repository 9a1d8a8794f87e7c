"""Stores stream tickets until they are used or expire. Used by api-gateway."""

from datetime import datetime

from pymongo.asynchronous.collection import AsyncCollection

from mayfly.records.stream_ticket import StreamTicket
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.documents import from_document, to_document


class StreamTickets:
    def __init__(self, database: Database) -> None:
        self._tickets: AsyncCollection[Document] = database["stream_tickets"]

    async def insert(self, ticket: StreamTicket) -> None:
        with store_failures():
            await self._tickets.insert_one(to_document(ticket))

    async def take(self, ticket_id: str, inbox: str, now: datetime, *, keep: bool = False) -> StreamTicket | None:
        """Remove (unless `keep`) and return the ticket; None if it is unknown, used, expired or for another inbox.

        `inbox`: address or id of the inbox. Of simultaneous calls, on any replica, one gets the ticket.
        """
        wanted = {"_id": ticket_id, "expires_at": {"$gt": now}, "$or": [{"inbox_id": inbox}, {"address": inbox}]}
        get = self._tickets.find_one if keep else self._tickets.find_one_and_delete
        with store_failures():
            document = await get(wanted)
        return from_document(StreamTicket, document) if document else None
