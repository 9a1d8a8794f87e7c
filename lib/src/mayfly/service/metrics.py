"""Metrics that every process has, and the buckets for the services' histograms."""

from prometheus_client import Gauge

from mayfly.measures import AGE_BUCKETS, LATENCY_BUCKETS

__all__ = ["AGE_BUCKETS", "ANONYMOUS_MAIL_WAITS", "LATENCY_BUCKETS", "READY", "WATCHED_AT"]

READY = Gauge("mayfly_ready", "1 from the end of start-up until shutdown begins, else 0")
ANONYMOUS_MAIL_WAITS = Gauge(
    "mayfly_anonymous_mail_waits",
    "1 while mail for inboxes without an account is refused for now, because store or broker have little room left",
)
WATCHED_AT = Gauge(
    "mayfly_watched_timestamp_seconds",
    "When this process last set the gauges of streams, consumers and disks; 0 when it never does",
)
