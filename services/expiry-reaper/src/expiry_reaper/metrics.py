"""Metrics of expiry-reaper."""

from prometheus_client import Counter, Gauge, Histogram

from mayfly.service.metrics import LATENCY_BUCKETS

INBOXES = Counter(
    "mayfly_reaped_inboxes_total",
    "Inboxes whose contents were deleted, by how they ended (expired, deleted, archived)",
    ["ending"],
)
MESSAGES = Counter("mayfly_reaped_messages_total", "Messages deleted with their inbox")
BATCH_SECONDS = Histogram(
    "mayfly_reap_batch_seconds", "Duration of one batch of inboxes in seconds", buckets=LATENCY_BUCKETS
)
LAG_SECONDS = Gauge(
    "mayfly_reap_lag_seconds", "Seconds since the oldest inbox that awaits the reaper expired; 0 when none waits"
)
LATE = Counter(
    "mayfly_reaped_late_messages_total", "Messages deleted because they were stored while their inbox was being emptied"
)
LEFTOVERS = Counter(
    "mayfly_reaped_leftovers_total",
    "Octets in the object store that were deleted because no mail and no dead letter refers to them",
)
SPACE_MESSAGES = Counter("mayfly_reaped_space_messages_total", "Messages deleted because their space keeps no more")
OPERATOR_MESSAGES = Counter(
    "mayfly_reaped_operator_messages_total", "Oldest mail to postmaster and abuse, deleted from the operator's inbox"
)
ORPHANS = Counter("mayfly_orphans_removed_total", "Orphaned documents deleted, by collection", ["collection"])
EXPIRED_RECORDS = Counter(
    "mayfly_retired_records_total", "Records deleted after their retention time, by collection", ["collection"]
)
