"""Metrics of smtp-ingest. Label values are our own words, never text from a peer, and so bounded."""

from prometheus_client import Counter, Gauge, Histogram

from mayfly.service.metrics import LATENCY_BUCKETS

CONNECTIONS = Counter(
    "mayfly_smtp_connections",
    "Connections by outcome of the connection limits (accepted, total, per_ip, proxy)",
    ["result"],
)
OPEN_CONNECTIONS = Gauge("mayfly_smtp_open_connections", "Open connections")
CUT_OFF = Counter(
    "mayfly_smtp_cut_off",
    "Connections closed by the server, by reason (idle, slow_data, flood, errors, no_room, crowd, stop, ...)",
    ["reason"],
)
TRANSACTIONS = Counter(
    "mayfly_smtp_transactions",
    "Transactions that reached DATA, by result (accepted, transient, permanent, aborted)",
    ["result"],
)
OCTETS = Counter("mayfly_smtp_octets", "Size of accepted messages in octets, trace lines included")
RECIPIENTS_REJECTED = Counter("mayfly_smtp_recipients_rejected", "Rejected RCPT commands, by reason", ["reason"])
LOGINS = Counter(
    "mayfly_smtp_logins",
    "AUTH commands with complete credentials, by result (space, anonymous, wrong, unavailable), and refused before "
    "they were read (throttled)",
    ["result"],
)
ACK_SECONDS = Histogram(
    "mayfly_smtp_ack_seconds", "Time from the end of DATA to the broker's ack in seconds", buckets=LATENCY_BUCKETS
)
IN_FLIGHT_OCTETS = Gauge(
    "mayfly_smtp_in_flight_octets", "Octets of peers in memory: messages that are not acked by the broker yet, commands"
)
NO_ROOM = Counter(
    "mayfly_smtp_no_room",
    "Messages (or commands sent ahead) that lost their room in memory to others because they came slowly or their peer "
    "held most (slow, largest), or found none (refused)",
    ["reason"],
)
