"""Every metric of api-gateway. `route` is a path template, so its values are bounded."""

from prometheus_client import Counter, Histogram

from mayfly.service.metrics import LATENCY_BUCKETS

REQUESTS = Counter("mayfly_http_requests", "HTTP requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "mayfly_http_request_seconds",
    "From a request's first octet to its answer's last",
    ["route"],
    buckets=LATENCY_BUCKETS,
)
