"""Everything the parser counts, each declared once."""

from prometheus_client import Counter, Histogram

from mayfly.service.metrics import LATENCY_BUCKETS

MESSAGES_STORED = Counter(
    "mayfly_parser_messages_stored", "Messages written (one per recipient inbox)", ["parse_status"]
)
MAILS_GONE = Counter("mayfly_parser_mails_gone", "Mails none of whose inboxes was live any more")
CHILDREN_LOST = Counter("mayfly_parser_children_lost", "Parsing processes that died or were killed", ["cause"])
VERDICTS = Counter("mayfly_parser_verdicts", "Mails by what became of their authentication verdicts", ["outcome"])
STEP_SECONDS = Histogram(
    "mayfly_parser_step_seconds", "Time of one step for a whole group of mails", ["step"], buckets=LATENCY_BUCKETS
)
LAG_SECONDS = Histogram(
    "mayfly_parser_lag_seconds", "From the receipt of a mail to its message being readable", buckets=LATENCY_BUCKETS
)
