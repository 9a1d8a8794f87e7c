"""Usage of rate limits and daily quotas, exact over all gateway replicas: token buckets and a daily count per subject.

A subject is an account, a team or an IP address. Buckets count 1/60000 tokens, so that requests per minute times
milliseconds are whole units. Written and read by api-gateway. These writes do not wait for the journal, because losing
the last moments in a crash is harmless.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from pymongo import ReturnDocument, WriteConcern
from pymongo.asynchronous.collection import AsyncCollection

from mayfly.records.usage import UNITS_PER_TOKEN, DayOfUsage, Rate, Taken, UsageOfSubject
from mayfly.store.client import Database, Document, store_failures

HISTORY_DAYS = 30
_IDLE = timedelta(days=31)


class Usage:
    def __init__(self, database: Database) -> None:
        self._usage: AsyncCollection[Document] = database.get_collection(
            "usage", write_concern=WriteConcern(w=1, j=False)
        )

    async def take(
        self, subject: str, bucket: str, count: int, rate: Rate, *, calls_per_day: int | None, now: datetime
    ) -> Taken:
        """Take up to `count` tokens and calls in one atomic operation; calls that are not granted count as rejected.

        `bucket` names one of the subject's buckets (letters only); the daily count is shared by all of them.
        """
        with store_failures():
            found: Document = await self._usage.find_one_and_update(  # type: ignore[assignment]  # an upsert always finds
                {"_id": subject},
                _taking(bucket, count, rate, calls_per_day, now),
                {"granted": 1, "calls": 1, f"buckets.{bucket}.units": 1},
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        return Taken(granted=found["granted"], calls=found["calls"], units=found["buckets"][bucket]["units"])

    async def of(self, subject: str) -> UsageOfSubject | None:
        """The subject's usage as of its last call; None when it has made none."""
        with store_failures():
            document = await self._usage.find_one({"_id": subject}, _REPORT)
        return _usage_of(document) if document else None

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


_REPORT: Document = dict.fromkeys(("day", "calls", "rejected", "history"), 1)


def _usage_of(document: Document) -> UsageOfSubject:
    return msgspec.convert({**document, "subject": document["_id"]}, UsageOfSubject)


def _taking(bucket: str, count: int, rate: Rate, calls_per_day: int | None, now: datetime) -> list[Document]:
    """The update pipeline: refill the bucket, start a new day if due, grant what bucket and quota allow."""
    today = now.strftime("%Y-%m-%d")
    field = f"buckets.{bucket}"
    full = rate.burst * UNITS_PER_TOKEN
    elapsed = {"$max": [0, {"$subtract": [now, {"$ifNull": [f"${field}.at", now]}]}]}
    # A longer time adds nothing to a full bucket, and a product of large numbers would lose precision.
    refill = {"$min": [full, {"$multiply": [{"$min": [elapsed, full]}, rate.per_minute]}]}
    is_new_day = {"$ne": ["$day", today]}
    finished = {"day": "$day", "calls": "$calls", "rejected": "$rejected"}
    new_day: dict[str, Any] = {
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
        f"{field}.units": {"$toLong": {"$min": [full, {"$add": [{"$ifNull": [f"${field}.units", full]}, refill]}]}},
        f"{field}.at": {"$max": [{"$ifNull": [f"${field}.at", now]}, now]},
        "forget_at": now + _IDLE,
    }
    tokens = {"$toInt": {"$floor": {"$divide": [f"${field}.units", UNITS_PER_TOKEN]}}}
    room = [count, tokens] if calls_per_day is None else [count, tokens, {"$subtract": [calls_per_day, "$calls"]}]
    return [
        {"$set": new_day},
        {"$set": {"granted": {"$max": [0, {"$min": room}]}}},
        {
            "$set": {
                "calls": {"$add": ["$calls", "$granted"]},
                "rejected": {"$add": ["$rejected", {"$subtract": [count, "$granted"]}]},
                f"{field}.units": {"$subtract": [f"${field}.units", {"$multiply": ["$granted", UNITS_PER_TOKEN]}]},
            }
        },
    ]
