"""The collections whose documents belong to an inbox or a message, read page by page for the reaper's full look."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pymongo.asynchronous.collection import AsyncCollection

from mayfly.store.client import Database, Document, store_failures
from mayfly.webhooks.formats import MESSAGE_RECEIVED

_PAGE = 1000
# Octets are written before their message; the mail may have waited, and its dead letter may be replayed.
_OCTETS_WAIT = timedelta(days=8)


@dataclass(frozen=True)
class Kind:
    """Documents of `name`, each belonging by `field` to a document of `owners`.

    `is_old` judges a document; `fields` are what it needs to see. `only`: which documents are meant at all.
    """

    name: str
    field: str
    owners: str
    fields: Sequence[str]
    is_old: Callable[[Document, datetime], bool]
    only: Document | None = None


def _by(field: str) -> Callable[[Document, datetime], bool]:
    return lambda document, moment: document[field] < moment


def _by_message_id(document: Document, moment: datetime) -> bool:
    """A message's id begins with the milliseconds of its receipt (UUIDv7)."""
    try:
        received_ms = UUID(document["message_id"]).int >> 80
    except ValueError:
        return True
    return received_ms < (moment - _OCTETS_WAIT).timestamp() * 1000


KINDS = (
    Kind("messages", "inbox_id", "inboxes", ("stored_at",), _by("stored_at")),
    Kind("octets", "inbox_id", "inboxes", (), lambda _document, _moment: True),
    Kind("octets", "message_id", "messages", ("message_id",), _by_message_id),
    Kind(
        "deliveries",
        "inbox_id",
        "inboxes",
        ("created_at",),
        _by("created_at"),
        {"event_type": MESSAGE_RECEIVED, "payload": {"$ne": b""}},
    ),
    Kind(
        "webhook_endpoints",
        "inbox_id",
        "inboxes",
        ("created_at",),
        _by("created_at"),
        {"inbox_id": {"$ne": None}, "ends_at": None},
    ),
)


class Belongings:
    def __init__(self, database: Database, kind: Kind) -> None:
        self._kind = kind
        self._things: AsyncCollection[Document] = database[kind.name]
        self._owners: AsyncCollection[Document] = database[kind.owners]

    @property
    def name(self) -> str:
        return f"{self._kind.name} without {self._kind.owners}"

    async def pages(self, older_than: datetime) -> AsyncIterator[list[tuple[str, str]]]:
        """Ids and the ids they belong to, of what is older than that moment. Raises TransientFailure."""
        last = ""
        shown = {self._kind.field: 1, **dict.fromkeys(self._kind.fields, 1)}
        while True:
            query: Document = {**(self._kind.only or {}), "_id": {"$gt": last}}
            with store_failures():
                page = await self._things.find(query, shown).sort("_id", 1).limit(_PAGE).to_list()
            if not page:
                return
            last = page[-1]["_id"]
            yield [(thing["_id"], thing[self._kind.field]) for thing in page if self._kind.is_old(thing, older_than)]

    async def owners_among(self, owner_ids: Collection[str]) -> set[str]:
        with store_failures():
            found = self._owners.find({"_id": {"$in": list(owner_ids)}}, {"_id": 1})
            return {owner["_id"] async for owner in found}

    async def delete(self, ids: Sequence[str]) -> None:
        with store_failures():
            await self._things.delete_many({"_id": {"$in": list(ids)}})
