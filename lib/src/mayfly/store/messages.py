"""The collection of parsed messages, one per mail and recipient inbox. Raw octets are in mayfly.store.octets.

Inserted by parser; marked read and deleted by api-gateway; deleted with their inbox by expiry-reaper.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from pymongo import UpdateMany
from pymongo.asynchronous.collection import AsyncCollection

from mayfly.records.inbox import Extent
from mayfly.records.message import (
    Attachment,
    Authentication,
    InboxStats,
    Link,
    Message,
    MessageFilter,
    MessageSummary,
    OtpCandidate,
    StoredEnvelope,
)
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.documents import from_document, to_document
from mayfly.store.inserts import insert_missing
from mayfly.store.message_queries import (
    SUMMARY_FIELDS,
    WHOLE,
    WITHOUT_BODIES,
    WITHOUT_EVIDENCE,
    WITHOUT_TEXTS,
    query_of,
    within,
)
from mayfly.store.packed import Packer, unpack
from mayfly.store.search_queries import MOST_MILLISECONDS, search_failures

__all__ = [
    "Attachment",
    "Authentication",
    "InboxStats",
    "Link",
    "Message",
    "MessageFilter",
    "MessageSummary",
    "Messages",
    "OtpCandidate",
    "StoredEnvelope",
]


_WHOLE_AT_ONCE = 10
_MOST_COUNTED = 100_000


class Messages:
    def __init__(self, database: Database) -> None:
        self._messages: AsyncCollection[Document] = database["messages"]

    async def insert_missing(self, messages: Sequence[Message]) -> None:
        """Insert the messages that do not exist yet; existing ones (from a redelivered mail) stay unchanged."""
        packer = Packer()
        await insert_missing(self._messages, [_packed(to_document(message), packer) for message in messages])

    async def get(self, message_id: str, *, bodies: bool = True) -> Message | None:
        """The message; `bodies` False: without bodies, header fields and candidates of codes."""
        with store_failures():
            document = await self._messages.find_one({"_id": message_id}, WHOLE if bodies else WITHOUT_BODIES)
        return from_document(Message, _unpacked(document)) if document else None

    async def among(self, message_ids: Sequence[str], *, bodies: bool = True) -> dict[str, Message]:
        """Those of these messages that exist, by id, as from `get`."""
        with store_failures():
            found = self._messages.find({"_id": {"$in": list(message_ids)}}, WHOLE if bodies else WITHOUT_BODIES)
            return {document["_id"]: from_document(Message, _unpacked(document)) async for document in found}

    async def existing(self, message_ids: Sequence[str], *, extent: Extent | None = None) -> set[str]:
        """The ids of those of these messages that exist, in `extent` if set."""
        query: Document = {"_id": {"$in": list(message_ids)}, **({"inbox_id": extent.inbox_id} if extent else {})}
        with store_failures():
            found = self._messages.find(query, {"_id": 1})
            return {document["_id"] async for document in found if extent is None or extent.holds(document["_id"])}

    async def inboxes_of(self, message_ids: Sequence[str]) -> dict[str, str]:
        """The ids of those of these messages that exist, each with that of its inbox."""
        with store_failures():
            found = self._messages.find({"_id": {"$in": list(message_ids)}}, {"inbox_id": 1})
            return {document["_id"]: document["inbox_id"] async for document in found}

    async def with_superseding(self, message_ids: Sequence[str]) -> dict[str, tuple[Message, str | None]]:
        """These messages without bodies, header fields and links, each with the id of the newest later one with a code.

        That one has the same sender and inbox; None if there is none, or the message has no code. One round trip.
        """
        with store_failures():
            found = await (await self._messages.aggregate(_with_superseding(message_ids))).to_list()
        return {
            document["_id"]: (
                from_document(Message, document),
                next((later["_id"] for later in document["later"]), None),
            )
            for document in found
        }

    async def latest(self, extent: Extent) -> Message | None:
        """The newest message of the inbox."""
        with store_failures():
            document = await self._messages.find_one(within(extent), WHOLE, sort=[("_id", -1)])
        return from_document(Message, _unpacked(document)) if document else None

    async def newest(self, extent: Extent, limit: int, *, characters: int | None = None) -> list[Message]:
        """The inbox's messages without the evidence of their codes, newest first.

        Stops after the one whose bodies bring the total over `characters`.
        """
        messages: list[Message] = []
        with store_failures():
            found = self._messages.find(within(extent), WITHOUT_EVIDENCE)
            async for document in found.sort("_id", -1).limit(limit).batch_size(_WHOLE_AT_ONCE):
                messages.append(from_document(Message, _unpacked(document)))
                if characters is not None:
                    characters -= len(messages[-1].text) + len(messages[-1].html)
                    if characters < 0:
                        break
        return messages

    async def summaries(
        self,
        extent: Extent,
        wanted: MessageFilter,
        *,
        limit: int,
        before: str | None = None,
        among: Sequence[str] | None = None,
    ) -> list[MessageSummary]:
        """Summaries of the inbox's messages, newest first; only ids below `before`, and only those in `among`.

        Raises TransientFailure when a search takes too long.
        """
        query: Document = {**within(extent, below=before), **query_of(wanted)}
        if among is not None:
            query["_id"] = {**query.get("_id", {}), "$in": list(among)}
        found = self._messages.find(query, SUMMARY_FIELDS).sort("_id", -1).limit(limit)
        if wanted.search is not None:
            found = found.max_time_ms(MOST_MILLISECONDS)
        with search_failures():
            return [from_document(MessageSummary, document) for document in await found.to_list()]

    async def newest_summaries(
        self, wishes: Sequence[tuple[Extent, int]]
    ) -> dict[tuple[Extent, int], list[MessageSummary]]:
        """The newest messages of several inboxes, newest first, in one round trip; a wish is an inbox and a number."""
        if len(wishes) == 1:  # the plain query costs the store less
            return {wishes[0]: await self.summaries(wishes[0][0], MessageFilter(), limit=wishes[0][1])}
        first, *others = (_newest(number, *wish) for number, wish in enumerate(wishes))
        stages = [*first, *({"$unionWith": {"coll": "messages", "pipeline": pipeline}} for pipeline in others)]
        pages: list[list[MessageSummary]] = [[] for _ in wishes]
        with store_failures():
            async for document in await self._messages.aggregate(stages, batchSize=sum(limit for _, limit in wishes)):
                pages[document["wish"]].append(from_document(MessageSummary, document))
        return dict(zip(wishes, pages, strict=True))

    async def set_authentications(self, verdicts: Sequence[tuple[Sequence[str], Authentication]]) -> None:
        """Store SPF, DKIM and DMARC results on those of these messages that still exist, by one command.

        Most mails of a batch have the same results, so it is one update for each result.
        """
        by_result: dict[Authentication, list[str]] = {}
        for message_ids, result in verdicts:
            by_result.setdefault(result, []).extend(message_ids)
        updates = [
            UpdateMany({"_id": {"$in": ids}}, {"$set": {"authentication": to_document(result)}})
            for result, ids in by_result.items()
        ]
        with store_failures():
            await self._messages.bulk_write(updates, ordered=False)

    async def set_authentication_reason(self, message_ids: Sequence[str], reason: str) -> None:
        """Say why these messages stay without results."""
        with store_failures():
            await self._messages.update_many(
                {"_id": {"$in": list(message_ids)}}, {"$set": {"authentication_reason": reason}}
            )

    async def mark_unannounced(self, message_ids: Sequence[str]) -> None:
        """Note that the event stream did not take the announcements of these messages."""
        with store_failures():
            await self._messages.update_many({"_id": {"$in": list(message_ids)}}, {"$set": {"unannounced": True}})

    async def mark_announced(self, message_ids: Sequence[str]) -> None:
        with store_failures():
            await self._messages.update_many({"_id": {"$in": list(message_ids)}}, {"$unset": {"unannounced": 1}})

    async def unannounced(self, limit: int) -> list[Message]:
        """Up to `limit` messages that wait to be announced, oldest first, without their bodies and header fields."""
        with store_failures():
            found = self._messages.find({"unannounced": True}, WITHOUT_BODIES).sort("_id", 1).limit(limit)
            return [from_document(Message, document) async for document in found]

    async def unannounced_in(self, extent: Extent) -> list[str]:
        """The ids of the inbox's messages that wait to be announced, oldest first."""
        with store_failures():
            found = self._messages.find({**within(extent), "unannounced": True}, {"_id": 1}).sort("_id", 1)
            return [document["_id"] async for document in found]

    async def count_unannounced(self) -> int:
        """How many messages wait to be announced; no more than 100,000 are counted."""
        with store_failures():
            return await self._messages.count_documents({"unannounced": True}, limit=_MOST_COUNTED)

    async def change(self, message_id: str, fields: Mapping[str, bool | list[str]]) -> None:
        """Set these fields of the message, at least one: `is_read`, `tags`."""
        with store_failures():
            await self._messages.update_one({"_id": message_id}, {"$set": fields})

    async def change_many(self, message_ids: Sequence[str], fields: Mapping[str, bool | list[str]]) -> None:
        """Set these fields, as `change` does, of those of these messages that exist."""
        with store_failures():
            await self._messages.update_many({"_id": {"$in": list(message_ids)}}, {"$set": fields})

    async def mark_many_read(self, message_ids: Sequence[str], *, is_read: bool = True) -> None:
        with store_failures():
            await self._messages.update_many(
                {"_id": {"$in": list(message_ids)}, "is_read": not is_read}, {"$set": {"is_read": is_read}}
            )

    async def mark_all_read(self, inbox_id: str) -> None:
        with store_failures():
            await self._messages.update_many({"inbox_id": inbox_id, "is_read": False}, {"$set": {"is_read": True}})

    async def stats(self, extent: Extent) -> InboxStats:
        """Exact counters over all messages of the inbox."""
        sums: Document = {
            "_id": None,
            "message_count": {"$sum": 1},
            "unread_count": {"$sum": {"$cond": ["$is_read", 0, 1]}},
            "otp_count": {"$sum": {"$cond": [{"$eq": ["$otp", None]}, 0, 1]}},
            "total_bytes": {"$sum": "$raw_size"},
            "attachment_count": {"$sum": {"$size": "$attachments"}},
            "last_received_at": {"$max": "$received_at"},
        }
        with store_failures():
            cursor = await self._messages.aggregate([{"$match": within(extent)}, {"$group": sums}])
            found = await cursor.to_list()
        return msgspec.convert(found[0], InboxStats) if found else InboxStats()

    async def ids_of_inbox(self, inbox_id: str) -> list[str]:
        """The ids of all messages of the inbox."""
        with store_failures():
            return [found["_id"] async for found in self._messages.find({"inbox_id": inbox_id}, {"_id": 1})]

    async def surplus(self, inbox_id: str, *, count: int, octets: int, since: datetime) -> list[str]:
        """The ids of the inbox's messages beyond its newest `count`, beyond `octets` of raw mail, or before `since`.

        A mail that is too large for what is left goes alone, and makes no older, smaller one go.
        """
        surplus: list[str] = []
        with store_failures():
            fields = {"raw_size": 1, "received_at": 1}
            async for found in self._messages.find({"inbox_id": inbox_id}, fields).sort("_id", -1):
                if count > 0 and found["raw_size"] <= octets and found["received_at"] >= since:
                    count, octets = count - 1, octets - found["raw_size"]
                else:
                    surplus.append(found["_id"])
        return surplus

    async def delete(self, message_ids: Sequence[str]) -> None:
        """Delete these messages. The caller deletes their octets next (mayfly.store.octets)."""
        with store_failures():
            await self._messages.delete_many({"_id": {"$in": list(message_ids)}})

    async def delete_of_inboxes(self, inbox_ids: Sequence[str]) -> int:
        """Delete all messages of these inboxes; returns their number."""
        with store_failures():
            return (await self._messages.delete_many({"inbox_id": {"$in": list(inbox_ids)}})).deleted_count

    async def counts_of_inboxes(self, inbox_ids: Sequence[str]) -> dict[str, int]:
        """Number of messages of each of these inboxes; inboxes without messages are absent."""
        with store_failures():
            cursor = await self._messages.aggregate(
                [
                    {"$match": {"inbox_id": {"$in": list(inbox_ids)}}},
                    {"$group": {"_id": "$inbox_id", "count": {"$sum": 1}}},
                ]
            )
            return {document["_id"]: document["count"] async for document in cursor}

    async def holdings_of_inboxes(self, inbox_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Number of messages and of octets of each of these inboxes; inboxes without messages are absent.

        Octets: of the raw mails and of attachments that were added later. Answered from an index alone.
        """
        octets = {"$add": ["$raw_size", {"$ifNull": ["$added_octets", 0]}]}
        sums: Document = {"_id": "$inbox_id", "count": {"$sum": 1}, "octets": {"$sum": octets}}
        with store_failures():
            cursor = await self._messages.aggregate(
                [{"$match": {"inbox_id": {"$in": list(inbox_ids)}}}, {"$group": sums}]
            )
            return {found["_id"]: (found["count"], found["octets"]) async for found in cursor}


def _newest(number: int, extent: Extent, limit: int) -> list[Document]:
    """The stages for the newest summaries of an inbox, marked with the number of the wish."""
    return [
        {"$match": within(extent)},
        {"$sort": {"_id": -1}},
        {"$limit": limit},
        {"$project": {**SUMMARY_FIELDS, "wish": {"$literal": number}}},
    ]


def _with_superseding(message_ids: Sequence[str]) -> list[Document]:
    same = [{"$eq": [f"${field}", f"$${field}"]} for field in ("inbox_id", "from_address")]
    # No id is after "~". A condition that is false for all would make the store scan all messages (measured: 115 ms).
    after = {"$cond": [{"$gt": ["$otp", None]}, "$_id", "~"]}
    lookup: Document = {
        "from": "messages",
        "let": {"id": after, "inbox_id": "$inbox_id", "from_address": "$from_address"},
        "pipeline": [
            {"$match": {"$expr": {"$and": [*same, {"$gt": ["$_id", "$$id"]}]}}},
            {"$match": {"otp": {"$ne": None}}},
            {"$sort": {"_id": -1}},
            {"$limit": 1},
            {"$project": {"_id": 1}},
        ],
        "as": "later",
    }
    return [{"$match": {"_id": {"$in": list(message_ids)}}}, {"$project": WITHOUT_TEXTS}, {"$lookup": lookup}]


def _packed(document: Document, packer: Packer) -> Document:
    """Compress `html`, the largest field, which no query reads."""
    document["html"] = packer.pack(document["html"].encode()) or document["html"]
    return document


def _unpacked(document: Document) -> Document:
    if isinstance(document.get("html"), bytes):
        document["html"] = unpack(document["html"]).decode()
    return document
