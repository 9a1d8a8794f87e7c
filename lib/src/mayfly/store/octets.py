"""Octets of messages: the raw message and its decoded attachments, apart from the message document.

A part is cut into pieces below the document limit of 16 MiB, so that one `delete_many` by inbox removes all of
it, and a batch of small mails is one insert (ADR 0004). Written by parser; deleted with the message or the inbox.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pymongo.asynchronous.collection import AsyncCollection

from mayfly.store.client import Database, Document, store_failures
from mayfly.store.inserts import insert_missing

_PIECE_OCTETS = 8 * 1024 * 1024
RAW = "raw"


def attachment_part(index: int) -> str:
    """The part name of an attachment."""
    return f"attachment-{index}"


@dataclass(frozen=True, slots=True)
class Part:
    """`name`: RAW or `attachment_part(n)`; unique within its message."""

    message_id: str
    inbox_id: str
    name: str
    octets: bytes


class Octets:
    def __init__(self, database: Database) -> None:
        self._pieces: AsyncCollection[Document] = database["octets"]

    async def insert_missing(self, parts: Sequence[Part]) -> None:
        """Keep all parts; pieces that are there already (a redelivered mail) are left as they are."""
        await insert_missing(self._pieces, [piece for part in parts for piece in _pieces(part)])

    async def get(self, message_id: str, name: str) -> bytes | None:
        """The part's octets, None when there is no such part."""
        with store_failures():
            found = await self._pieces.find({"_id": _within(message_id, name)}).sort("_id", 1).to_list()
        return b"".join(piece["octets"] for piece in found) if found else None

    async def delete_part(self, message_id: str, name: str) -> None:
        with store_failures():
            await self._pieces.delete_many({"_id": _within(message_id, name)})

    async def delete_of_messages(self, message_ids: Sequence[str]) -> None:
        with store_failures():
            await self._pieces.delete_many({"message_id": {"$in": list(message_ids)}})

    async def delete_of_inboxes(self, inbox_ids: Sequence[str]) -> None:
        with store_failures():
            await self._pieces.delete_many({"inbox_id": {"$in": list(inbox_ids)}})


def _within(message_id: str, name: str) -> Document:
    prefix = f"{message_id}/{name}/"
    return {"$gte": prefix, "$lt": prefix + "~"}


def _pieces(part: Part) -> list[Document]:
    view = memoryview(part.octets)
    starts = range(0, max(len(view), 1), _PIECE_OCTETS)
    return [
        {
            "_id": f"{part.message_id}/{part.name}/{number:04}",
            "message_id": part.message_id,
            "inbox_id": part.inbox_id,
            "octets": bytes(view[start : start + _PIECE_OCTETS]),
        }
        for number, start in enumerate(starts)
    ]
