"""Metrics of child processes. The label `child` is the name that the service gave its pool."""

from prometheus_client import Counter, Gauge

LOST = Counter("mayfly_children_lost", "Child processes that died or were killed", ["child", "cause"])
CONFINED = Gauge(
    "mayfly_children_confined",
    "1 when this protection is in force in the child process that was started last, 0 when the kernel refuses it",
    ["child", "protection"],
)
