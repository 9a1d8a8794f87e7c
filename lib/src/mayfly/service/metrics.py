"""Metrics of the process shell, and the buckets that the services' own histograms take."""

from prometheus_client import Gauge

from mayfly.measures import AGE_BUCKETS, LATENCY_BUCKETS

__all__ = ["AGE_BUCKETS", "LATENCY_BUCKETS", "READY", "WATCHED_AT"]

READY = Gauge("mayfly_ready", "1 between the end of start-up and the beginning of the drain, else 0")
WATCHED_AT = Gauge(
    "mayfly_watched_timestamp_seconds",
    "When the gauges of streams, consumers and disks were last set; 0 where nobody does",
)
