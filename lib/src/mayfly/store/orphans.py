"""The collections whose documents belong to an inbox or a message, read page by page to find orphans.

Called by expiry-reaper (handlers.orphans).
"""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pymongo.asynchronous.collection import AsyncCollection

from mayfly.store.client import Database, Document, store_failures
from mayfly.webhooks.formats import MESSAGE_RECEIVED

_PAGE = 1000
# Octets are written before their message: the mail may have waited, and its dead letter may be replayed.
_OCTETS_WAIT = timedelta(days=8)


@dataclass(frozen=True)
class OwnedCollection:
    """The documents of `name`, each owned by the document of `owners` whose id is in `owner_field`.

    `is_old(document, moment)`: whether the document is older than the moment; it needs `age_fields`. `only`: a query
    that selects the documents with an owner; None: all.
    """

    name: str
    owner_field: str
    owners: str
    age_fields: Sequence[str]
    is_old: Callable[[Document, datetime], bool]
    only: Document | None = None


def _by(field: str) -> Callable[[Document, datetime], bool]:
    return lambda document, moment: document[field] < moment


def _by_message_id(document: Document, moment: datetime) -> bool:
    """A message id begins with the time of receipt in milliseconds (UUIDv7)."""
    try:
        received_ms = UUID(document["message_id"]).int >> 80
    except ValueError:
        return True
    return received_ms < (moment - _OCTETS_WAIT).timestamp() * 1000


OWNED_COLLECTIONS = (
    OwnedCollection("messages", "inbox_id", "inboxes", ("stored_at",), _by("stored_at")),
    OwnedCollection("identities", "inbox_id", "inboxes", ("created_at",), _by("created_at")),
    OwnedCollection("octets", "inbox_id", "inboxes", (), lambda _document, _moment: True),
    OwnedCollection("octets", "message_id", "messages", ("message_id",), _by_message_id),
    OwnedCollection(
        "deliveries",
        "inbox_id",
        "inboxes",
        ("created_at",),
        _by("created_at"),
        {"event_type": MESSAGE_RECEIVED, "payload": {"$ne": b""}},
    ),
    OwnedCollection(
        "webhook_endpoints",
        "inbox_id",
        "inboxes",
        ("created_at",),
        _by("created_at"),
        {"inbox_id": {"$ne": None}, "ends_at": None},
    ),
    OwnedCollection("smtp_logins", "space_id", "inboxes", ("created_at",), _by("created_at")),
)


class OwnedDocuments:
    """The documents of one OwnedCollection, as pairs of their id and their owner's id."""

    def __init__(self, database: Database, collection: OwnedCollection) -> None:
        self._collection = collection
        self._documents: AsyncCollection[Document] = database[collection.name]
        self._owners: AsyncCollection[Document] = database[collection.owners]

    @property
    def name(self) -> str:
        """How reports call orphans of this kind: `messages without inboxes`."""
        return f"{self._collection.name} without {self._collection.owners}"

    async def pages(self, older_than: datetime) -> AsyncIterator[list[tuple[str, str]]]:
        """Pairs of document id and owner id of all documents older than that moment. Raises TransientFailure."""
        collection, last = self._collection, ""
        shown = {collection.owner_field: 1, **dict.fromkeys(collection.age_fields, 1)}
        while True:
            query: Document = {**(collection.only or {}), "_id": {"$gt": last}}
            with store_failures():
                page = await self._documents.find(query, shown).sort("_id", 1).limit(_PAGE).to_list()
            if not page:
                return
            last = page[-1]["_id"]
            yield [
                (found["_id"], found[collection.owner_field]) for found in page if collection.is_old(found, older_than)
            ]

    async def owners_among(self, owner_ids: Collection[str]) -> set[str]:
        """Those of these owners that exist."""
        with store_failures():
            found = self._owners.find({"_id": {"$in": list(owner_ids)}}, {"_id": 1})
            return {owner["_id"] async for owner in found}

    async def delete(self, ids: Sequence[str]) -> None:
        with store_failures():
            await self._documents.delete_many({"_id": {"$in": list(ids)}})
