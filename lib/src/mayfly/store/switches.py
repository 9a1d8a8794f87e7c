"""Operator settings of the whole installation: maintenance mode and test clock. Written by api-gateway."""

from pymongo import ReturnDocument
from pymongo.asynchronous.collection import AsyncCollection

from mayfly.store.client import Database, Document, store_failures

_MAINTENANCE = "maintenance"
_CLOCK = "clock"


class Switches:
    def __init__(self, database: Database) -> None:
        self._switches: AsyncCollection[Document] = database["switches"]

    async def maintenance(self) -> bool:
        with store_failures():
            found = await self._switches.find_one({"_id": _MAINTENANCE})
        return bool(found and found["enabled"])

    async def set_maintenance(self, *, enabled: bool) -> None:
        with store_failures():
            await self._switches.update_one({"_id": _MAINTENANCE}, {"$set": {"enabled": enabled}}, upsert=True)

    async def clock_offset(self) -> float:
        """Seconds by which the test clock is ahead of the machine's clock; 0 unless it was advanced."""
        with store_failures():
            found = await self._switches.find_one({"_id": _CLOCK})
        return float(found["offset_seconds"]) if found else 0.0

    async def advance_clock(self, seconds: float) -> float:
        """Advance the test clock; returns its new offset in seconds."""
        with store_failures():
            found = await self._switches.find_one_and_update(
                {"_id": _CLOCK},
                {"$inc": {"offset_seconds": seconds}},
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        return float(found["offset_seconds"]) if found else 0.0
