"""Fault plans: how an inbox makes SMTP fail on purpose, counted and never by chance.

Written by api-gateway (put, clear), read and counted by smtp-ingest at RCPT. A plan lies in its inbox's document, so
an inbox without one costs nothing, and a plan ends with its inbox.
"""

import msgspec
from pymongo import ReturnDocument
from pymongo.asynchronous.collection import AsyncCollection

from mayfly.records.fault_plan import FaultPlan, FaultStep
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.documents import to_document


class _Holder(msgspec.Struct):
    fault_plan: FaultPlan | None = None


class FaultPlans:
    def __init__(self, database: Database) -> None:
        self._inboxes: AsyncCollection[Document] = database["inboxes"]

    async def put(self, inbox_id: str, plan: FaultPlan) -> None:
        """Give the inbox this plan, its count at 0; an older plan is replaced."""
        fresh = msgspec.structs.replace(plan, seen=0)
        with store_failures():
            await self._inboxes.update_one({"_id": inbox_id}, {"$set": {"fault_plan": to_document(fresh)}})

    async def get(self, inbox_id: str) -> FaultPlan | None:
        """The plan with its count, None without one."""
        with store_failures():
            return _plan(await self._inboxes.find_one({"_id": inbox_id}, {"fault_plan": 1}))

    async def clear(self, inbox_id: str) -> None:
        """Receive as ever from now on; clearing no plan is no error."""
        with store_failures():
            await self._inboxes.update_one({"_id": inbox_id}, {"$unset": {"fault_plan": ""}})

    async def take(self, inbox_id: str) -> FaultStep | None:
        """Count one transaction and say what is to happen to it.

        One atomic step in the store: over all processes each number is given out once.
        """
        with store_failures():
            found = await self._inboxes.find_one_and_update(
                {"_id": inbox_id, "fault_plan.steps": {"$exists": True}},
                {"$inc": {"fault_plan.seen": 1}},
                {"fault_plan": 1},
                return_document=ReturnDocument.AFTER,
            )
        plan = _plan(found)
        return plan.step(plan.seen) if plan else None


def _plan(document: Document | None) -> FaultPlan | None:
    return msgspec.convert(document or {}, _Holder).fault_plan
