"""All metrics of the parser. Handlers and workers record them; the probe server shows them at /metrics."""

from prometheus_client import Counter, Gauge, Histogram

from mayfly.service.metrics import LATENCY_BUCKETS

MESSAGES_STORED = Counter(
    "mayfly_parser_messages_stored", "Messages written (one per recipient inbox)", ["parse_status"]
)
ANNOUNCED_LATE = Counter(
    "mayfly_parser_announced_late",
    "Messages announced later, because the stream EVENTS had no room when they were stored",
)
MAILS_GONE = Counter("mayfly_parser_mails_gone", "Mails dropped because none of their inboxes was live any more")
VERDICTS = Counter(
    "mayfly_parser_verdicts",
    "Mails by outcome of their authentication: judged, lost (failed), no_room (dropped, because too many waited)",
    ["outcome"],
)
VERDICTS_WAITING = Gauge("mayfly_parser_verdicts_waiting", "Stored mails that wait for SPF, DKIM and DMARC")
VERDICTS_OLDEST_SECONDS = Gauge(
    "mayfly_parser_verdicts_oldest_seconds", "For how long the mail has waited that has waited longest for its verdicts"
)
LOOKUPS = Counter(
    "mayfly_parser_dns_lookups",
    "DNS lookups of SPF, DKIM and DMARC: asked (sent), cached (answered by the cache), failed (no answer)",
    ["outcome"],
)
DNS_SILENT = Gauge("mayfly_parser_dns_silent", "1 while no DNS server answers; mails then have the verdict none")
STEP_SECONDS = Histogram(
    "mayfly_parser_step_seconds", "Duration of one step for a group of mails", ["step"], buckets=LATENCY_BUCKETS
)
LAG_SECONDS = Histogram(
    "mayfly_parser_lag_seconds", "Time from receipt of a mail until its message is readable", buckets=LATENCY_BUCKETS
)
