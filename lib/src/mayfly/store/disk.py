"""Reads the size of the store and of its disk, and what waits in it, into gauges. Called by mayfly.service.watch."""

from mayfly.store import metrics
from mayfly.store.client import Database, store_failures
from mayfly.store.messages import Messages


async def read(database: Database) -> None:
    """Set the gauges. Raises TransientFailure."""
    with store_failures():
        stats = await database.command("dbStats")
    metrics.DATA_OCTETS.set(stats["dataSize"])
    metrics.STORAGE_OCTETS.set(stats["totalSize"])
    metrics.DISK_USED_OCTETS.set(stats.get("fsUsedSize", 0))
    metrics.DISK_OCTETS.set(stats.get("fsTotalSize", 0))
    metrics.UNANNOUNCED.set(await Messages(database).count_unannounced())
