"""Metrics of api-gateway. The labels `route` (a path template) and `method` have a bounded number of values."""

from prometheus_client import Counter, Gauge, Histogram

from mayfly.service.metrics import LATENCY_BUCKETS

# A client can send any word as the method; others are counted as `other` to bound the label.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
REQUESTS = Counter("mayfly_http_requests", "HTTP requests that got a response", ["method", "route", "status"])
SECONDS = Histogram(
    "mayfly_http_request_seconds",
    "Duration of HTTP requests, until the last octet of the response is sent",
    ["route"],
    buckets=LATENCY_BUCKETS,
)
REJECTIONS = Counter(
    "mayfly_http_rejections",
    "Requests refused by a rate limit, a quota, the limit of live channels or of wrong credentials, or the time for "
    "searching",
    ["limit"],
)
WRONG_CREDENTIALS = Counter(
    "mayfly_http_wrong_credentials", "Wrong API keys, tokens, tickets and operator tokens that were checked", ["kind"]
)
LIVE_CHANNELS = Gauge("mayfly_live_channels", "Open live channels: event streams and waiting calls", ["kind"])
LIVE_NOTICES = Counter("mayfly_live_notices", "Notices sent on event streams", ["kind"])
LIVE_DROPPED = Counter("mayfly_live_dropped", "Event streams closed because the client stopped reading")
DOMAIN_PROOFS = Counter(
    "mayfly_domain_proofs",
    "Daily look-ups of the TXT records that prove custom domains; `suspended`: domains that take no mail from then on",
    ["result"],
)
