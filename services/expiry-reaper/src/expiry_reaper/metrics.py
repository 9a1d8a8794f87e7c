"""Every metric of the reaper, each said once."""

from prometheus_client import Counter, Gauge, Histogram

from mayfly.service.metrics import LATENCY_BUCKETS

INBOXES = Counter(
    "mayfly_reaped_inboxes_total", "Inboxes emptied, by why they ended (expired, deleted, archived)", ["ending"]
)
MESSAGES = Counter("mayfly_reaped_messages_total", "Messages deleted with their inbox")
BATCH_SECONDS = Histogram("mayfly_reap_batch_seconds", "Seconds for one batch of inboxes", buckets=LATENCY_BUCKETS)
LAG_SECONDS = Gauge("mayfly_reap_lag_seconds", "Seconds since the longest waiting inbox expired; 0 when none waits")
LATE = Counter("mayfly_reaped_late_messages_total", "Messages that came in while their inbox was being emptied")
LEFTOVERS = Counter("mayfly_reaped_leftovers_total", "Claimed octets of mail that is no longer in the stream")
ORPHANS = Counter("mayfly_orphans_removed_total", "What belonged to nothing any more, by collection", ["collection"])
EXPIRED_RECORDS = Counter("mayfly_retired_records_total", "Records past their time, by collection", ["collection"])
