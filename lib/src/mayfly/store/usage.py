"""Usage of rate limits and daily quotas, exact over all gateway replicas: token buckets and a daily count per subject.

A subject is an account, a team or an IP address. Buckets count 1/60000 tokens, so that requests per minute times
milliseconds are whole units. Written and read by api-gateway. These writes do not wait for the journal, because losing
the last moments in a crash is harmless.

A replica may take tokens ahead, as a lease (ADR 0017). What is leased has left the bucket and counts as calls. While a
lease lasts, the bucket is filled only up to its capacity without the leased tokens, so that bucket and leases together
never hold more than the capacity: what all replicas admit in any time is at most the capacity and what flows in. The
tokens of a lease that nobody gives back before its end are lost.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from pymongo import ReturnDocument, WriteConcern
from pymongo.asynchronous.collection import AsyncCollection

from mayfly.records.usage import (
    RESERVE,
    SHARE,
    UNITS_PER_TOKEN,
    Ahead,
    DayOfUsage,
    Rate,
    Taken,
    Unused,
    UsageOfSubject,
    Wanted,
)
from mayfly.store.client import Database, Document, store_failures

HISTORY_DAYS = 30
_IDLE = timedelta(days=31)


class Usage:
    def __init__(self, database: Database) -> None:
        self._usage: AsyncCollection[Document] = database.get_collection(
            "usage", write_concern=WriteConcern(w=1, j=False)
        )

    async def take(self, wanted: Wanted) -> Taken:
        """Take up to `count` tokens and calls in one atomic operation; calls that are not granted count as rejected.

        First `unused` is given back: its tokens while the lease lasts, its calls until the day is over. Last, what is
        wished `ahead` is leased, up to an eighth of what is then left beyond 64. Raises TransientFailure.
        """
        with store_failures():
            found: Document = await self._usage.find_one_and_update(  # type: ignore[assignment]  # an upsert always finds
                {"_id": wanted.subject},
                _taking(wanted),
                {"granted": 1, "calls": 1, "ahead": 1, f"buckets.{wanted.bucket}.units": 1},
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        return Taken(
            granted=found["granted"],
            calls=found["calls"],
            units=found["buckets"][wanted.bucket]["units"],
            ahead=found.get("ahead", 0),
        )

    async def of(self, subject: str) -> UsageOfSubject | None:
        """The subject's usage as of its last call; None when it has made none."""
        with store_failures():
            document = await self._usage.find_one({"_id": subject}, _REPORT)
        return _usage_of(document) if document else None

    async def among(self, subjects: Sequence[str]) -> dict[str, UsageOfSubject]:
        """The usage of those of these subjects that have made calls, by subject."""
        with store_failures():
            found = await self._usage.find({"_id": {"$in": list(subjects)}}, _REPORT).to_list()
        return {document["_id"]: _usage_of(document) for document in found}

    async def busiest(self, day: str, limit: int) -> list[UsageOfSubject]:
        """The subjects with the most calls on `day`."""
        with store_failures():
            found = await self._usage.find({"day": day}, _REPORT).sort("calls", -1).limit(limit).to_list()
        return [_usage_of(document) for document in found]

    async def totals(self, today: str) -> Sequence[DayOfUsage]:
        """Calls and rejections of all subjects together, by day, newest first."""
        entry = {"day": "$day", "calls": "$calls", "rejected": "$rejected"}
        stages: list[Document] = [
            {"$project": {"days": {"$concatArrays": [[entry], "$history"]}}},
            {"$unwind": "$days"},
            {"$match": {"days.day": {"$lte": today}}},
            {"$group": {"_id": "$days.day", "calls": {"$sum": "$days.calls"}, "rejected": {"$sum": "$days.rejected"}}},
            {"$sort": {"_id": -1}},
            {"$limit": HISTORY_DAYS},
        ]
        with store_failures():
            found = await (await self._usage.aggregate(stages)).to_list()
        return [DayOfUsage(day=day["_id"], calls=day["calls"], rejected=day["rejected"]) for day in found]


_REPORT: Document = dict.fromkeys(("day", "calls", "rejected", "history", "buckets"), 1)


def _usage_of(document: Document) -> UsageOfSubject:
    moments = [bucket["at"] for bucket in document.get("buckets", {}).values() if bucket.get("at")]
    made = {**document, "subject": document["_id"], "last_call_at": max(moments, default=None)}
    return msgspec.convert(made, UsageOfSubject)


def _taking(wanted: Wanted) -> list[Document]:
    """The update pipeline: give back, refill the bucket, start a new day if due, grant what bucket and quota allow."""
    now, ahead, unused = wanted.now, wanted.ahead, wanted.unused
    today = now.strftime("%Y-%m-%d")
    field = f"buckets.{wanted.bucket}"
    new_day: dict[str, Any] = {**_new_day(today), **_refilled(field, wanted.rate, now), "forget_at": now + _IDLE}
    tokens = {"$toInt": {"$floor": {"$divide": [f"${field}.units", UNITS_PER_TOKEN]}}}
    room = [tokens] if wanted.calls_per_day is None else [tokens, {"$subtract": [wanted.calls_per_day, "$calls"]}]
    taken: Document = {"$add": ["$granted", "$ahead"]}
    return [
        *([_giving_back(field, unused, now)] if unused else []),
        {"$set": new_day},
        {"$set": {"room": {"$max": [0, {"$min": room}]}, "granted": {"$max": [0, {"$min": [wanted.count, *room]}]}}},
        {"$set": {"ahead": {"$min": [ahead.tokens, _share_left()]} if ahead else 0}},
        {
            "$set": {
                "calls": {"$add": ["$calls", taken]},
                "rejected": {"$add": ["$rejected", {"$subtract": [wanted.count, "$granted"]}]},
                f"{field}.units": {"$subtract": [f"${field}.units", {"$multiply": [taken, UNITS_PER_TOKEN]}]},
                **_leased(field, ahead),
            }
        },
        {"$unset": "room"},
    ]


def _share_left() -> Document:
    beyond = {"$subtract": ["$room", {"$add": ["$granted", RESERVE]}]}
    return {"$toInt": {"$floor": {"$divide": [{"$max": [0, beyond]}, SHARE]}}}


def _leased(field: str, ahead: Ahead | None) -> Document:
    """The leases with the new one, if it has tokens."""
    if ahead is None:
        return {}
    lease = {"id": ahead.lease, "tokens": "$ahead", "until": ahead.until}
    new = {"$cond": [{"$gt": ["$ahead", 0]}, [lease], []]}
    return {f"{field}.leases": {"$concatArrays": [f"${field}.leases", new]}}


def _giving_back(field: str, unused: Unused, now: datetime) -> Document:
    """Put the tokens of a lease that lasts into `returned`, to be added after the bucket was refilled beside it."""
    mine = {"$and": [{"$eq": ["$$lease.id", unused.lease]}, {"$gt": ["$$lease.until", now]}]}
    lasting = {"$gt": [{"$size": _leases(field, mine)}, 0]}
    calls = {"$cond": [{"$eq": ["$day", unused.day]}, {"$subtract": ["$calls", unused.tokens]}, "$calls"]}
    return {
        "$set": {
            f"{field}.returned": {"$cond": [lasting, unused.tokens * UNITS_PER_TOKEN, 0]},
            f"{field}.ending": unused.lease,
            "calls": calls,
        }
    }


def _refilled(field: str, rate: Rate, now: datetime) -> Document:
    """The bucket's fields at `now`, without the leases that have ended or are given back."""
    full = rate.burst * UNITS_PER_TOKEN
    lasting = {"$gt": ["$$lease.until", now]}
    leased = {"$sum": {"$map": {"input": _leases(field, lasting), "as": "l", "in": "$$l.tokens"}}}
    room = {"$max": [0, {"$subtract": [full, {"$multiply": [leased, UNITS_PER_TOKEN]}]}]}
    elapsed = {"$max": [0, {"$subtract": [now, {"$ifNull": [f"${field}.at", now]}]}]}
    # A longer time adds nothing to a full bucket, and a product of large numbers would lose precision.
    flow = {"$min": [full, {"$multiply": [{"$min": [elapsed, full]}, rate.per_minute]}]}
    filled = {"$min": [room, {"$add": [{"$ifNull": [f"${field}.units", full]}, flow]}]}
    staying = {"$and": [lasting, {"$ne": ["$$lease.id", {"$ifNull": [f"${field}.ending", None]}]}]}
    return {
        f"{field}.units": {"$toLong": {"$add": [filled, {"$ifNull": [f"${field}.returned", 0]}]}},
        f"{field}.at": {"$max": [{"$ifNull": [f"${field}.at", now]}, now]},
        f"{field}.leases": _leases(field, staying),
        f"{field}.returned": 0,
        f"{field}.ending": None,
    }


def _leases(field: str, condition: Document) -> Document:
    return {"$filter": {"input": {"$ifNull": [f"${field}.leases", []]}, "as": "lease", "cond": condition}}


def _new_day(today: str) -> Document:
    """The daily counts: those of an earlier day become history."""
    is_new_day = {"$ne": ["$day", today]}
    finished = {"day": "$day", "calls": "$calls", "rejected": "$rejected"}
    return {
        "history": {
            "$cond": [
                {"$and": [is_new_day, {"$gt": ["$day", None]}]},
                {"$slice": [{"$concatArrays": [[finished], {"$ifNull": ["$history", []]}]}, HISTORY_DAYS - 1]},
                {"$ifNull": ["$history", []]},
            ]
        },
        "calls": {"$cond": [is_new_day, 0, "$calls"]},
        "rejected": {"$cond": [is_new_day, 0, "$rejected"]},
        "day": today,
    }
