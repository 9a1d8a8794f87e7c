"""Every metric of api-gateway. `route` is a path template and `method` one of ours, so their values are bounded."""

from prometheus_client import Counter, Gauge, Histogram

from mayfly.service.metrics import LATENCY_BUCKETS

# A caller may send any word as a method; a label that takes them all grows without end.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
REQUESTS = Counter("mayfly_http_requests", "HTTP requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "mayfly_http_request_seconds",
    "From a request's first octet to its answer's last",
    ["route"],
    buckets=LATENCY_BUCKETS,
)
REJECTIONS = Counter("mayfly_http_rejections", "Calls refused by a limit", ["limit"])
LIVE_CHANNELS = Gauge("mayfly_live_channels", "Live channels that are open", ["kind"])
LIVE_NOTICES = Counter("mayfly_live_notices", "Notices sent to readers of event streams", ["kind"])
LIVE_DROPPED = Counter("mayfly_live_dropped", "Event streams cut off because their reader did not read")
