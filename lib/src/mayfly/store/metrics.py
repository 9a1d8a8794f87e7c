"""Metrics of the store. The label `command` is one of COMMANDS or OTHER."""

from prometheus_client import Counter, Gauge, Histogram

from mayfly.measures import LATENCY_BUCKETS

COMMANDS = frozenset(
    {"find", "insert", "update", "delete", "aggregate", "findAndModify", "getMore", "count", "bulkWrite"}
)
OTHER = "other"

COMMAND_SECONDS = Histogram(
    "mayfly_store_command_seconds",
    "Duration of one store command in seconds, by MongoDB command name",
    ["command"],
    buckets=LATENCY_BUCKETS,
)
COMMANDS_FAILED = Counter(
    "mayfly_store_commands_failed_total", "Store commands that failed or were not answered", ["command"]
)
UNANNOUNCED = Gauge(
    "mayfly_unannounced_messages",
    "Messages that are stored but not announced yet, because the stream EVENTS had no room",
)
DATA_OCTETS = Gauge("mayfly_store_data_octets", "Size of all documents in octets, uncompressed")
STORAGE_OCTETS = Gauge("mayfly_store_storage_octets", "Size of data and indexes on disk in octets")
DISK_USED_OCTETS = Gauge("mayfly_store_disk_used_octets", "Used space of the store's disk in octets")
DISK_OCTETS = Gauge("mayfly_store_disk_octets", "Total size of the store's disk in octets")
