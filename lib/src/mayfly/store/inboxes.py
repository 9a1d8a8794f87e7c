"""Inboxes: an address with an expiry. Written by api-gateway and expiry-reaper; read by all.

An inbox is live while its status is `active` and `expires_at` is in the future. Every read checks this against the
clock, so an inbox stops existing for the API and SMTP exactly at `expires_at`; its contents are deleted shortly after.

    active ──────▶ expired | deleted ──▶ (removed by the reaper, with its contents)
       └─────────▶ archived: the account keeps the address; the reaper deletes the contents (`to_empty`)
                      └──▶ deleted, by its owner or when a new inbox takes over the address
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from pymongo import ReturnDocument
from pymongo.asynchronous.collection import AsyncCollection

from mayfly.records.inbox import DEFAULT_SPACE_ID, Inbox, InboxHolder, InboxStatus
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.documents import from_document

HOLDS_ADDRESS: tuple[InboxStatus, ...] = ("active", "archived")
ENDED: tuple[InboxStatus, ...] = ("expired", "deleted")

NO_SPACES: Document = {"kind": {"$ne": "space"}}
"""The query for inboxes that are no spaces; those of earlier versions have no kind."""
SPACES: Document = {"kind": "space", "_id": {"$ne": DEFAULT_SPACE_ID}}
"""The query for the spaces that accounts create; the default space is the operator's."""


class Inboxes:
    def __init__(self, database: Database) -> None:
        self._inboxes: AsyncCollection[Document] = database["inboxes"]

    async def find_among(self, addresses: Sequence[str], now: datetime) -> dict[str, Inbox]:
        """The live inboxes with these addresses, by address, in one round trip."""
        with store_failures():
            found = await self._inboxes.find({"address": {"$in": list(addresses)}, **live(now)}).to_list()
        return {document["address"]: from_document(Inbox, document) for document in found}

    async def get(self, inbox_id: str, now: datetime) -> Inbox | None:
        """The live inbox with this id."""
        return await self._one({"_id": inbox_id, **live(now)})

    async def holding(self, token_hash: bytes, now: datetime) -> Inbox | None:
        """The live inbox whose token has this digest."""
        return await self._one({"token_hash": token_hash, **live(now)})

    async def owned_by(
        self,
        account_id: str,
        now: datetime,
        *,
        limit: int,
        status: Literal["active", "archived"] = "active",
        label: str | None = None,
        before: str | None = None,
    ) -> list[Inbox]:
        """The account's live or archived inboxes, newest first, without its spaces; only ids below `before`."""
        condition = live(now) if status == "active" else archived(now)
        query: Document = {"account_id": account_id, **NO_SPACES, **condition}
        if label is not None:
            query["label"] = label
        if before is not None:
            query["_id"] = {"$lt": before}
        with store_failures():
            found = await self._inboxes.find(query).sort("_id", -1).limit(limit).to_list()
        return [from_document(Inbox, document) for document in found]

    async def addresses_of(self, account_id: str, now: datetime) -> dict[str, str]:
        """The address of each live inbox of the account, its spaces included, by id."""
        with store_failures():
            found = self._inboxes.find({"account_id": account_id, **live(now)}, {"address": 1})
            return {document["_id"]: document["address"] async for document in found}

    async def ids_of_account(self, account_id: str) -> list[str]:
        """The ids of the account's inboxes and spaces, with those that have ended and are not removed yet."""
        with store_failures():
            return [found["_id"] async for found in self._inboxes.find({"account_id": account_id}, {"_id": 1})]

    async def find_archived(self, account_id: str, name: str, now: datetime) -> Inbox | None:
        """The account's archived inbox with this id or address."""
        return await self._one(
            {"account_id": account_id, "$and": [{"$or": [{"_id": name}, {"address": name}]}, archived(now)]}
        )

    async def change(self, inbox_id: str, now: datetime, changes: Mapping[str, str | datetime | None]) -> Inbox | None:
        """Set these fields (`label`, `expires_at`, `tag`) of a live inbox and return it; None when it is not live."""
        with store_failures():
            document = await self._inboxes.find_one_and_update(
                {"_id": inbox_id, **live(now)}, {"$set": dict(changes)}, return_document=ReturnDocument.AFTER
            )
        return from_document(Inbox, document) if document else None

    async def count(self, account_ids: Sequence[str], now: datetime, status: Literal["active", "archived"]) -> int:
        """Number of live or archived inboxes of these accounts together, without spaces."""
        condition = live(now) if status == "active" else archived(now)
        with store_failures():
            return await self._inboxes.count_documents(
                {"account_id": {"$in": list(account_ids)}, **NO_SPACES, **condition}
            )

    async def ids_held_by(self, holder: InboxHolder, now: datetime) -> list[str]:
        """The ids of all live inboxes of this holder, with its spaces."""
        with store_failures():
            return [found["_id"] async for found in self._inboxes.find({**held_by(holder), **live(now)}, {"_id": 1})]

    async def live_among(self, inbox_ids: Sequence[str], now: datetime) -> dict[str, Inbox]:
        """Those of these inboxes that are live, by id."""
        with store_failures():
            found = await self._inboxes.find({"_id": {"$in": list(inbox_ids)}, **live(now)}).to_list()
        return {document["_id"]: from_document(Inbox, document) for document in found}

    async def spaces_on(self, domains: Sequence[str], now: datetime) -> dict[str, Inbox]:
        """The live spaces that take all addresses of these verified domains, by domain."""
        with store_failures():
            found = await self._inboxes.find(
                {"kind": "space", "domains": {"$in": list(domains)}, **live(now)}
            ).to_list()
        return {domain: from_document(Inbox, document) for document in found for domain in document["domains"]}

    async def delete(self, inbox_id: str) -> None:
        """Delete an inbox for its owner: it stops existing now; the reaper deletes its contents shortly after."""
        with store_failures():
            await self._inboxes.update_one(
                {"_id": inbox_id, "status": {"$in": list(HOLDS_ADDRESS)}}, {"$set": {"status": "deleted"}}
            )

    async def end_on_domain(self, domain: str, *, of: str | None = None, but_of: str | None = None) -> int:
        """End the inboxes on a domain, archived ones too: those of the account `of`, or all but those of `but_of`.

        They stop existing now and free their addresses; the reaper deletes the contents and announces it shortly
        after. Spaces of the same accounts that took all mail of the domain do so no longer. Returns the number of
        ended inboxes.
        """
        whose = {"account_id": of} if of is not None else {"account_id": {"$ne": but_of}}
        with store_failures():
            await self._inboxes.update_many({**whose, "domains": domain}, {"$pull": {"domains": domain}})
            ended = await self._inboxes.update_many(
                {**whose, "domain": domain, "status": {"$in": list(HOLDS_ADDRESS)}}, {"$set": {"status": "deleted"}}
            )
        return ended.modified_count

    async def lease_ended(self, now: datetime, *, lease: str, lease_until: datetime, limit: int) -> list[Inbox]:
        """Lease up to `limit` ended inboxes under the id `lease`; no other reaper gets them before `lease_until`.

        An inbox whose time is over gets its next status here: `archived` when it is recoverable, else `expired`, which
        frees its address.
        """
        due: Document = {
            "$or": [
                {"status": {"$in": list(ENDED)}},
                {"status": "active", "expires_at": {"$lte": now}},
                {"to_empty": True},
            ],
            "$and": [{"$or": [{"lease_until": None}, {"lease_until": {"$lte": now}}]}],
        }
        expires = {"$eq": ["$status", "active"]}
        archives = {"$and": [expires, {"$eq": ["$recoverable", True]}]}
        step: Document = {
            "lease": lease,
            "lease_until": lease_until,
            "to_empty": {"$or": [archives, {"$eq": ["$to_empty", True]}]},
            "status": {"$cond": [archives, "archived", {"$cond": [expires, "expired", "$status"]}]},
        }
        with store_failures():
            ids = [document["_id"] async for document in self._inboxes.find(due, {"_id": 1}).limit(limit)]
            if not ids:
                return []
            await self._inboxes.update_many({"_id": {"$in": ids}, **due}, [{"$set": step}])
            found = await self._inboxes.find({"_id": {"$in": ids}, "lease": lease}).to_list()
        return [from_document(Inbox, document) for document in found]

    async def oldest_due(self, now: datetime) -> datetime | None:
        """Expiry of the inbox that has waited longest for the reaper; None when none waits."""
        with store_failures():
            found = await self._inboxes.find_one(
                {"status": "active", "expires_at": {"$lte": now}}, {"expires_at": 1}, sort=[("expires_at", 1)]
            )
        return found["expires_at"] if found else None

    async def remove(self, inbox_ids: Sequence[str]) -> None:
        """Remove ended inboxes and mark archived ones as emptied: the reaper's last step."""
        among: Document = {"_id": {"$in": list(inbox_ids)}}
        emptied: Document = {"$set": {"to_empty": False}, "$unset": {"lease": "", "lease_until": ""}}
        with store_failures():
            await self._inboxes.delete_many({**among, "status": {"$in": list(ENDED)}})
            await self._inboxes.update_many({**among, "status": "archived"}, emptied)

    async def _one(self, query: Document) -> Inbox | None:
        with store_failures():
            document = await self._inboxes.find_one(query)
        return from_document(Inbox, document) if document else None


def live(now: datetime) -> dict[str, Any]:
    """The query for live inboxes."""
    # $gt never matches null, so persistent inboxes need a branch of their own.
    return {"status": "active", "$or": [{"expires_at": None}, {"expires_at": {"$gt": now}}]}


def held_by(holder: InboxHolder) -> dict[str, Any]:
    """The query for the inboxes of a holder."""
    return {"account_id": {"$in": list(holder.account_ids)}} if holder.account_ids else {"creator": holder.subject}


def archived(now: datetime) -> dict[str, Any]:
    """The query for archived inboxes, including recoverable ones that have expired and await the reaper."""
    due = {"status": "active", "recoverable": True, "expires_at": {"$lte": now}}
    return {"$or": [{"status": "archived"}, due]}


def recoverable() -> dict[str, Any]:
    """The query for what an archive quota counts: archived inboxes, and live ones that will be archived."""
    return {"$or": [{"status": "archived"}, {"status": "active", "recoverable": True}]}
