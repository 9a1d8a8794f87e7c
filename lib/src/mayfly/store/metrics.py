"""Every metric of the store, once. `command` is one of the names below, so it is bounded."""

from prometheus_client import Counter, Gauge, Histogram

from mayfly.measures import LATENCY_BUCKETS

COMMANDS = frozenset(
    {"find", "insert", "update", "delete", "aggregate", "findAndModify", "getMore", "count", "bulkWrite"}
)
OTHER = "other"

COMMAND_SECONDS = Histogram(
    "mayfly_store_command_seconds",
    "Time of one command to the store, by the driver's name for it",
    ["command"],
    buckets=LATENCY_BUCKETS,
)
COMMANDS_FAILED = Counter(
    "mayfly_store_commands_failed_total", "Commands that failed, refused or unanswered", ["command"]
)
DATA_OCTETS = Gauge("mayfly_store_data_octets", "Octets of documents, uncompressed")
STORAGE_OCTETS = Gauge("mayfly_store_storage_octets", "Octets of data and indexes on disk")
DISK_USED_OCTETS = Gauge("mayfly_store_disk_used_octets", "Octets used on the disk that holds the store")
DISK_OCTETS = Gauge("mayfly_store_disk_octets", "Octets of the disk that holds the store")
