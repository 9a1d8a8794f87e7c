"""What an operator switches for the whole installation. Written by api-gateway; read by every replica of it."""

from pymongo.asynchronous.collection import AsyncCollection

from mayfly.store.client import Database, Document, store_failures

_MAINTENANCE = "maintenance"


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
