"""Reads the size of the store and of its disk, and what waits in it.

Called by mayfly.service.watch and mayfly.service.free_space.
"""

from mayfly.store import metrics
from mayfly.store.client import Database, store_failures
from mayfly.store.messages import Messages


async def room(database: Database) -> tuple[int, int] | None:
    """Free and all octets of the store's disk; None if the store does not tell. Raises TransientFailure."""
    with store_failures():
        stats = await database.command("dbStats")
    total = int(stats.get("fsTotalSize", 0))
    return (total - int(stats["fsUsedSize"]), total) if total else None


async def read(database: Database) -> None:
    """Set the gauges. Raises TransientFailure."""
    with store_failures():
        stats = await database.command("dbStats")
    metrics.DATA_OCTETS.set(stats["dataSize"])
    metrics.STORAGE_OCTETS.set(stats["totalSize"])
    metrics.DISK_USED_OCTETS.set(stats.get("fsUsedSize", 0))
    metrics.DISK_OCTETS.set(stats.get("fsTotalSize", 0))
    metrics.UNANNOUNCED.set(await Messages(database).count_unannounced())
