"""Every metric of the bus. Labels are names of mayfly.bus.topology and outcomes, so their values are bounded."""

from prometheus_client import Counter, Gauge, Histogram

from mayfly.measures import AGE_BUCKETS

EVENTS = Counter(
    "mayfly_consumer_events_total",
    "Events settled, by consumer and outcome (acked; retried: an unexpected failure; postponed; buried)",
    ["consumer", "outcome"],
)
AGE_SECONDS = Histogram(
    "mayfly_consumer_age_seconds",
    "From an event's entry into its stream to its first delivery to the consumer",
    ["consumer"],
    buckets=AGE_BUCKETS,
)
RESUBSCRIPTIONS = Counter(
    "mayfly_consumer_resubscriptions_total",
    "Subscriptions recreated because they failed or received nothing",
    ["consumer"],
)
SHUT = Gauge(
    "mayfly_consumer_shut",
    "1 while the consumer fetches nothing but one event after each pause, by cause (outage, dead_letters)",
    ["consumer", "cause"],
)
LIVE_AGE_SECONDS = Histogram(
    "mayfly_live_age_seconds",
    "From the receipt of a mail to the hand-over of its event to an open live channel",
    buckets=AGE_BUCKETS,
)
DISCONNECTIONS = Counter("mayfly_bus_disconnections_total", "Connections to the broker that were lost")

STREAM_MESSAGES = Gauge("mayfly_stream_messages", "Messages in the stream now", ["stream"])
STREAM_OCTETS = Gauge("mayfly_stream_octets", "Octets the stream holds now", ["stream"])
STREAM_LIMIT_OCTETS = Gauge(
    "mayfly_stream_limit_octets", "Octets the stream may hold; -1 when it has no limit", ["stream"]
)
STREAM_OLDEST_SECONDS = Gauge(
    "mayfly_stream_oldest_seconds", "Age of the oldest message in the stream; 0 when it is empty", ["stream"]
)
STREAM_COPIES = Gauge("mayfly_stream_copies", "Copies of the stream that are up to date, leader included", ["stream"])
STREAM_COPIES_WANTED = Gauge("mayfly_stream_copies_wanted", "Copies of the stream that there should be", ["stream"])
CONSUMER_WAITING = Gauge("mayfly_consumer_waiting_events", "Events not delivered to the consumer yet", ["consumer"])
CONSUMER_UNSETTLED = Gauge(
    "mayfly_consumer_unsettled_events", "Events delivered and neither acked nor given up", ["consumer"]
)
