"""Fault plans: the SMTP failures that an inbox simulates (mayfly.records.fault_plan).

Written by api-gateway (put, clear); read and counted by smtp-ingest at RCPT. A plan is part of its inbox's document, so
it needs no further lookup and is deleted with the inbox.
"""

import random

import msgspec
from pymongo import ReturnDocument
from pymongo.asynchronous.collection import AsyncCollection

from mayfly.records.fault_plan import Chance, FaultPlan, FaultStep
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.documents import to_document


class _Holder(msgspec.Struct):
    fault_plan: FaultPlan | None = None


class FaultPlans:
    """`chance`: decides about steps with a probability."""

    def __init__(self, database: Database, chance: Chance = random.random) -> None:
        self._chance = chance
        self._inboxes: AsyncCollection[Document] = database["inboxes"]

    async def put(self, inbox_id: str, plan: FaultPlan) -> None:
        """Set the inbox's plan with its count at 0, replacing any previous plan."""
        fresh = msgspec.structs.replace(plan, seen=0)
        with store_failures():
            await self._inboxes.update_one({"_id": inbox_id}, {"$set": {"fault_plan": to_document(fresh)}})

    async def get(self, inbox_id: str) -> FaultPlan | None:
        """The inbox's plan with its count; None when it has none."""
        with store_failures():
            return _plan(await self._inboxes.find_one({"_id": inbox_id}, {"fault_plan": 1}))

    async def clear(self, inbox_id: str) -> None:
        """Remove the inbox's plan; no error when it has none."""
        with store_failures():
            await self._inboxes.update_one({"_id": inbox_id}, {"$unset": {"fault_plan": ""}})

    async def take(self, inbox_id: str) -> FaultStep | None:
        """Count one transaction and return the step that applies to it; None when none does.

        The count is one atomic operation of the store, so every number is used once over all processes.
        """
        with store_failures():
            found = await self._inboxes.find_one_and_update(
                {"_id": inbox_id, "fault_plan.steps": {"$exists": True}},
                {"$inc": {"fault_plan.seen": 1}},
                {"fault_plan": 1},
                return_document=ReturnDocument.AFTER,
            )
        plan = _plan(found)
        return plan.step(plan.seen, self._chance) if plan else None


def _plan(document: Document | None) -> FaultPlan | None:
    return msgspec.convert(document or {}, _Holder).fault_plan
