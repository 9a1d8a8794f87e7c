"""Every metric of the dispatcher."""

from prometheus_client import Counter, Gauge, Histogram

from mayfly.service.metrics import AGE_BUCKETS, LATENCY_BUCKETS

DELIVERIES = Counter("mayfly_webhook_deliveries_total", "Deliveries made of events (one per event and endpoint)")
ATTEMPTS = Counter("mayfly_webhook_attempts_total", "HTTP attempts by outcome (delivered, failed)", ["outcome"])
ATTEMPT_SECONDS = Histogram(
    "mayfly_webhook_attempt_seconds", "Seconds from connecting to the end of the response", buckets=LATENCY_BUCKETS
)
FIRST_ATTEMPT_SECONDS = Histogram(
    "mayfly_webhook_first_attempt_seconds", "From the making of a delivery to its first attempt", buckets=AGE_BUCKETS
)
POSTPONED = Counter("mayfly_webhook_postponed_total", "Attempts postponed because their endpoint or account was busy")
DISABLED = Counter(
    "mayfly_webhook_endpoints_disabled_total", "Endpoints switched off: failing, or the API key that made them ended"
)
RECOVERED = Counter("mayfly_webhook_recovered_total", "Attempts missing in the broker that were scheduled again")
WAITING = Gauge(
    "mayfly_webhook_waiting_events", "Events read from the broker that wait in memory for their account's turn"
)
