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
_WRITE_OCTETS = 8 * 1024 * 1024


class Octets:
    def __init__(self, database: Database) -> None:
        self._pieces: AsyncCollection[Document] = database["octets"]

    async def insert_missing(self, parts: Sequence[StoredPart]) -> None:
        """Insert the parts that do not exist yet; existing ones (from a redelivered mail) stay unchanged."""
        # In a thread: compressing 25 MiB takes up to 26 ms (measured) and releases the GIL.
        documents = await asyncio.to_thread(_documents, parts) if parts else []
        for write in _writes(documents):
            await insert_missing(self._pieces, write)

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
    # The recipients of a mail share its octets, so each string is compressed and cut into pieces once.
    shared: dict[int, tuple[str, list[bytes]]] = {}
    documents: list[Document] = []
    for part in parts:
        if id(part.octets) not in shared:
            packed = packer.pack(part.octets)
            shared[id(part.octets)] = ("octets", _pieces(part.octets)) if packed is None else ("zstd", _pieces(packed))
        field, pieces = shared[id(part.octets)]
        documents += [
            {
                "_id": f"{part.message_id}/{part.name}/{number:04}",
                "message_id": part.message_id,
                "inbox_id": part.inbox_id,
                field: piece,
            }
            for number, piece in enumerate(pieces)
        ]
    return documents


def _pieces(content: bytes) -> list[bytes]:
    if len(content) <= _PIECE_OCTETS:
        return [content]
    return [content[start : start + _PIECE_OCTETS] for start in range(0, len(content), _PIECE_OCTETS)]


def _writes(documents: Sequence[Document]) -> Iterator[list[Document]]:
    """Writes of at most _WRITE_OCTETS: the driver copies each as a whole, and of a mail to many inboxes all of them."""
    write: list[Document] = []
    room = _WRITE_OCTETS
    for document in documents:
        size = len(document["zstd"] if "zstd" in document else document["octets"])
        if write and room < size:
            yield write
            write, room = [], _WRITE_OCTETS
        write.append(document)
        room -= size
    if write:
        yield write
