"""Inboxes: an address with an expiry. Written by api-gateway and expiry-reaper; read by all.

An inbox is live while its status is `active` and `expires_at` lies ahead: that is asked of the clock at every
read, so an expired inbox is gone at its `expires_at` exactly, however late the reaper comes.

    active ──────▶ expired | deleted ──▶ (removed by the reaper, with all it held)
       └─────────▶ archived: holds nothing, keeps its address for its account
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from pymongo.asynchronous.collection import AsyncCollection

from mayfly.failures import Conflict
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.fault_plans import FaultPlan
from mayfly.store.record import Record, from_document, to_document

Status = Literal["active", "archived", "expired", "deleted"]
HOLDS_ADDRESS: tuple[Status, ...] = ("active", "archived")
ENDED: tuple[Status, ...] = ("expired", "deleted")


class Inbox(Record, frozen=True, kw_only=True):
    """`account_id` None: anonymous. `expires_at` None: persistent. `token_hash`: SHA-256 of the inbox token."""

    id: str
    address: str
    local_part: str
    domain: str
    created_at: datetime
    expires_at: datetime | None
    status: Status = "active"
    account_id: str | None = None
    label: str | None = None
    token_hash: bytes | None = None
    fault_plan: FaultPlan | None = None

    def is_live(self, now: datetime) -> bool:
        return self.status == "active" and (self.expires_at is None or self.expires_at > now)


class Inboxes:
    def __init__(self, database: Database) -> None:
        self._inboxes: AsyncCollection[Document] = database["inboxes"]

    async def create(self, inbox: Inbox, now: datetime) -> None:
        """Insert it. An expired inbox that still holds the address lets go of it first.

        Raises Conflict when a live or archived inbox has the address.
        """
        with store_failures():
            try:
                with store_failures():
                    await self._inboxes.insert_one(to_document(inbox))
            except Conflict:
                if not await self._release(inbox.address, now):
                    raise
                await self._inboxes.insert_one(to_document(inbox))

    async def find(self, address: str, now: datetime) -> Inbox | None:
        """The live inbox with this address (normalised by mayfly.mail.address)."""
        return await self._one({"address": address, **_live(now)})

    async def find_among(self, addresses: Sequence[str], now: datetime) -> dict[str, Inbox]:
        """The live inboxes with these addresses, by address; one round trip for all."""
        with store_failures():
            found = await self._inboxes.find({"address": {"$in": list(addresses)}, **_live(now)}).to_list()
        return {document["address"]: from_document(Inbox, document) for document in found}

    async def get(self, inbox_id: str, now: datetime) -> Inbox | None:
        """The live inbox with this id."""
        return await self._one({"_id": inbox_id, **_live(now)})

    async def holding(self, token_hash: bytes, now: datetime) -> Inbox | None:
        """The live inbox whose token has this digest."""
        return await self._one({"token_hash": token_hash, **_live(now)})

    async def owned_by(self, account_id: str, now: datetime, *, limit: int, label: str | None = None) -> list[Inbox]:
        """The account's live inboxes, newest first."""
        query: Document = {"account_id": account_id, **_live(now)}
        if label is not None:
            query["label"] = label
        with store_failures():
            found = await self._inboxes.find(query).sort("_id", -1).limit(limit).to_list()
        return [from_document(Inbox, document) for document in found]

    async def live_among(self, inbox_ids: Sequence[str], now: datetime) -> dict[str, Inbox]:
        """Those of the given inboxes that are live, by id."""
        with store_failures():
            found = await self._inboxes.find({"_id": {"$in": list(inbox_ids)}, **_live(now)}).to_list()
        return {document["_id"]: from_document(Inbox, document) for document in found}

    async def delete(self, inbox_id: str) -> None:
        """End it on its owner's demand: gone for every reader at once; the reaper removes what it held."""
        with store_failures():
            await self._inboxes.update_one({"_id": inbox_id, "status": "active"}, {"$set": {"status": "deleted"}})

    async def claim_ended(self, now: datetime, *, lease: str, lease_until: datetime, limit: int) -> list[Inbox]:
        """Up to `limit` ended inboxes, leased to `lease` until `lease_until`; nobody else gets them before that.

        An expired inbox gets the status `expired` here, so that its address can be given out anew.
        """
        due: Document = {
            "$or": [
                {"status": {"$in": list(ENDED)}},
                {"status": "active", "expires_at": {"$lte": now}},
            ],
            "$and": [{"$or": [{"lease_until": None}, {"lease_until": {"$lte": now}}]}],
        }
        with store_failures():
            ids = [document["_id"] async for document in self._inboxes.find(due, {"_id": 1}).limit(limit)]
            if not ids:
                return []
            await self._inboxes.update_many(
                {"_id": {"$in": ids}, **due},
                [
                    {
                        "$set": {
                            "lease": lease,
                            "lease_until": lease_until,
                            "status": {"$cond": [{"$eq": ["$status", "active"]}, "expired", "$status"]},
                        }
                    }
                ],
            )
            found = await self._inboxes.find({"_id": {"$in": ids}, "lease": lease}).to_list()
        return [from_document(Inbox, document) for document in found]

    async def remove(self, inbox_ids: Sequence[str]) -> None:
        """Forget them for good; the reaper's last step."""
        with store_failures():
            await self._inboxes.delete_many({"_id": {"$in": list(inbox_ids)}})

    async def _release(self, address: str, now: datetime) -> bool:
        result = await self._inboxes.update_one(
            {"address": address, "status": "active", "expires_at": {"$lte": now}}, {"$set": {"status": "expired"}}
        )
        return result.modified_count == 1

    async def _one(self, query: Document) -> Inbox | None:
        with store_failures():
            document = await self._inboxes.find_one(query)
        return from_document(Inbox, document) if document else None


def _live(now: datetime) -> dict[str, Any]:
    # null matches before any date in a $gt, so the persistent case needs its own branch.
    return {"status": "active", "$or": [{"expires_at": None}, {"expires_at": {"$gt": now}}]}
