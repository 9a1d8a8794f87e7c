"""Every metric of smtp-ingest, once. Label values are bounded: words of ours, never a peer's."""

from prometheus_client import Counter, Gauge, Histogram

from mayfly.service.metrics import LATENCY_BUCKETS

CONNECTIONS = Counter(
    "mayfly_smtp_connections", "Connections by what became of them at once (accepted, total, per_ip, proxy)", ["result"]
)
OPEN_CONNECTIONS = Gauge("mayfly_smtp_open_connections", "Connections open now")
CUT_OFF = Counter(
    "mayfly_smtp_cut_off", "Connections ended by us (idle, slow_data, flood, errors, stop, ...)", ["reason"]
)
TRANSACTIONS = Counter(
    "mayfly_smtp_transactions",
    "Transactions that reached DATA (accepted, transient, permanent, aborted)",
    ["result"],
)
OCTETS = Counter("mayfly_smtp_octets", "Octets of accepted messages, trace lines included")
RECIPIENTS_REJECTED = Counter("mayfly_smtp_recipients_rejected", "RCPTs refused, by reason", ["reason"])
ACK_SECONDS = Histogram("mayfly_smtp_ack_seconds", "From the end of DATA to the broker's ack", buckets=LATENCY_BUCKETS)
IN_FLIGHT_OCTETS = Gauge("mayfly_smtp_in_flight_octets", "Octets of messages in memory: received, not yet acked")
