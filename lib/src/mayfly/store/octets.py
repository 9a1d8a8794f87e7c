"""Octets of messages: the raw message and its decoded attachments, in a collection of their own.

Octets are split into documents below MongoDB's limit of 16 MiB, so that one `delete_many` removes everything of an
inbox and a batch of small mails is one insert (ADR 0004). Compressed octets (ADR 0010) are in the field `zstd`
instead of `octets`. Written by parser; deleted with the message or the inbox.
"""

import asyncio
from collections.abc import Iterator, Sequence

from pymongo.asynchronous.collection import AsyncCollection

from mayfly.records.octets import StoredPart
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.inserts import insert_missing
from mayfly.store.packed import Packer, unpack

_PIECE_OCTETS = 8 * 1024 * 1024


class Octets:
    def __init__(self, database: Database) -> None:
        self._pieces: AsyncCollection[Document] = database["octets"]

    async def insert_missing(self, parts: Sequence[StoredPart]) -> None:
        """Insert the parts that do not exist yet; existing ones (from a redelivered mail) stay unchanged."""
        # In a thread: compressing 25 MiB takes up to 26 ms (measured) and releases the GIL.
        await insert_missing(self._pieces, await asyncio.to_thread(_documents, parts) if parts else [])

    async def get(self, message_id: str, name: str) -> bytes | None:
        """The part's octets; None when the part does not exist."""
        with store_failures():
            found = await self._pieces.find({"_id": _within(message_id, name)}).sort("_id", 1).to_list()
        if not found:
            return None
        if "zstd" in found[0]:
            return unpack(b"".join(piece["zstd"] for piece in found))
        return b"".join(piece["octets"] for piece in found)

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


def _documents(parts: Sequence[StoredPart]) -> list[Document]:
    packer = Packer()
    # The recipients of a mail share its octets, so each string is compressed once.
    packed: dict[int, bytes | None] = {}
    documents: list[Document] = []
    for part in parts:
        if id(part.octets) not in packed:
            packed[id(part.octets)] = packer.pack(part.octets)
        smaller = packed[id(part.octets)]
        documents += _pieces(part, "octets", part.octets) if smaller is None else _pieces(part, "zstd", smaller)
    return documents


def _pieces(part: StoredPart, field: str, content: bytes) -> Iterator[Document]:
    view = memoryview(content)
    for number, start in enumerate(range(0, max(len(view), 1), _PIECE_OCTETS)):
        yield {
            "_id": f"{part.message_id}/{part.name}/{number:04}",
            "message_id": part.message_id,
            "inbox_id": part.inbox_id,
            field: bytes(view[start : start + _PIECE_OCTETS]),
        }
