"""Fault plans: how an inbox makes SMTP fail on purpose, counted and never by chance.

Written by api-gateway (put, clear), read and counted by smtp-ingest at RCPT. A plan lies in its inbox's document, so
an inbox without one costs nothing, and a plan ends with its inbox.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from pymongo import ReturnDocument
from pymongo.asynchronous.collection import AsyncCollection

from mayfly.store.client import Database, Document, store_failures
from mayfly.store.record import to_document


class FaultStep(msgspec.Struct, frozen=True, kw_only=True):
    """What happens to the next `times` transactions of the inbox (None: to all from here on, last step only).

    `code`: the SMTP reply given instead of the real one, 400 to 599 (None: the mail is received as ever); 421 also
    closes the connection, 452 and 552 read as over quota. `at`: whether RCPT or the end of DATA is answered so.
    `text`: printable ASCII, the reply's words. `delay_ms`: wait that long before the reply, real or not.
    """

    times: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    at: Literal["rcpt", "data"] = "data"
    code: Annotated[int, Meta(ge=400, le=599)] | None = None
    text: Annotated[str, Meta(max_length=200)] = ""
    delay_ms: Annotated[int, Meta(ge=0, le=30_000)] = 0

    def __post_init__(self) -> None:
        if not (self.text.isascii() and self.text.isprintable()):
            raise ValueError("text: printable ASCII only")


class FaultPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Steps are used up in order; after the last, mail is received as ever. `seen`: transactions counted so far."""

    steps: Annotated[tuple[FaultStep, ...], Meta(min_length=1, max_length=20)]
    seen: Annotated[int, Meta(ge=0)] = 0

    def __post_init__(self) -> None:
        if any(step.times is None for step in self.steps[:-1]):
            raise ValueError("steps: only the last step may leave out times")

    def step(self, number: int) -> FaultStep | None:
        """The step for the inbox's transaction of that number (from 1), None when the plan is used up."""
        for step in self.steps:
            if step.times is None or number <= step.times:
                return step
            number -= step.times
        return None

    @property
    def is_used_up(self) -> bool:
        """Nothing more happens to the transactions to come."""
        return self.step(self.seen + 1) is None


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
