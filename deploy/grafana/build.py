"""Makes the dashboards: each is a table of rows here and a JSON file beside this one, which Grafana reads.

python deploy/grafana/build.py           writes the files
python deploy/grafana/build.py --check   exit 1 when a file is not what this would write
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
WIDTH, HEIGHT = 24, 8


@dataclass(frozen=True)
class Panel:
    """One graph. `queries`: legend to PromQL. `unit`: Grafana's name of it."""

    title: str
    unit: str
    queries: dict[str, str]
    description: str = ""
    kind: str = "timeseries"


def rate(metric: str, by: str = "", where: str = "") -> str:
    return f"sum{_by(by)} (rate({metric}{where}[$__rate_interval]))"


def quantiles(metric: str, where: str = "", by: str = "") -> dict[str, str]:
    """p50, p90 and p99 of a histogram, of each `by`."""
    labels = f"le, {by}" if by else "le"
    name = f"{{{{{by}}}}} " if by else ""
    return {
        f"{name}p{q}": f"histogram_quantile(0.{q}, sum by ({labels}) (rate({metric}_bucket{where}[$__rate_interval])))"
        for q in (50, 90, 99)
    }


def _by(labels: str) -> str:
    return f" by ({labels})" if labels else ""


def ratio(part: str, whole: str) -> str:
    return f"{part} / ({whole} > 0)"


PROCESS = [
    Panel(
        "Processor", "percentunit", {"{{instance}}": 'rate(process_cpu_seconds_total{job="$JOB"}[$__rate_interval])'}
    ),
    Panel("Memory", "bytes", {"{{instance}}": 'process_resident_memory_bytes{job="$JOB"}'}),
    Panel("Open files", "short", {"{{instance}}": 'process_open_fds{job="$JOB"}'}),
]


def process(job: str) -> list[Panel]:
    """What every process has: time, memory, files."""
    return [
        Panel(panel.title, panel.unit, {k: q.replace("$JOB", job) for k, q in panel.queries.items()})
        for panel in PROCESS
    ]


DASHBOARDS: dict[str, tuple[str, list[tuple[str, list[Panel]]]]] = {
    "overview": (
        "Mayfly: the way of one mail",
        [
            (
                "Promises",
                [
                    Panel(
                        "Mails readable within 5 s (1 h)",
                        "percentunit",
                        {"": "1 - mayfly:mail_late:ratio_rate1h"},
                        "Promise: 99.9%",
                        "stat",
                    ),
                    Panel(
                        "API calls not answered 5xx (1 h)",
                        "percentunit",
                        {"": "1 - mayfly:api_failed:ratio_rate1h"},
                        "Promise: 99.9%",
                        "stat",
                    ),
                    Panel(
                        "Webhooks first tried within 5 s (1 h)",
                        "percentunit",
                        {"": "1 - mayfly:webhook_late:ratio_rate1h"},
                        "Promise: 99%",
                        "stat",
                    ),
                    Panel("Processes ready", "short", {"{{job}}": "sum by (job) (mayfly_ready)"}, "", "stat"),
                ],
            ),
            (
                "Each hop, as a rate",
                [
                    Panel("Accepted by SMTP", "ops", {"{{result}}": rate("mayfly_smtp_transactions_total", "result")}),
                    Panel(
                        "Stored by the parser",
                        "ops",
                        {"{{parse_status}}": rate("mayfly_parser_messages_stored_total", "parse_status")},
                    ),
                    Panel("Webhook attempts", "ops", {"{{outcome}}": rate("mayfly_webhook_attempts_total", "outcome")}),
                ],
            ),
            (
                "Each hop, as a delay",
                [
                    Panel(
                        "DATA to the broker's ack",
                        "s",
                        quantiles("mayfly_smtp_ack_seconds"),
                        "What the peer waits for before 250",
                    ),
                    Panel("Receipt to readable", "s", quantiles("mayfly_parser_lag_seconds")),
                    Panel("Receipt to open live channels", "s", quantiles("mayfly_live_age_seconds")),
                    Panel("Event to first webhook attempt", "s", quantiles("mayfly_webhook_first_attempt_seconds")),
                ],
            ),
            (
                "What waits",
                [
                    Panel(
                        "Oldest accepted mail not yet parsed",
                        "s",
                        {"age": 'max(mayfly_stream_oldest_seconds{stream="MAIL"})'},
                    ),
                    Panel(
                        "Events waiting",
                        "short",
                        {"{{consumer}}": "max by (consumer) (mayfly_consumer_waiting_events)"},
                    ),
                    Panel("Dead letters", "short", {"kept": 'max(mayfly_stream_messages{stream="DEAD_LETTERS"})'}),
                    Panel("Expired inboxes not yet emptied", "s", {"longest": "max(mayfly_reap_lag_seconds)"}),
                ],
            ),
        ],
    ),
    "smtp": (
        "Mayfly: SMTP",
        [
            (
                "Rate, errors, duration",
                [
                    Panel("Transactions", "ops", {"{{result}}": rate("mayfly_smtp_transactions_total", "result")}),
                    Panel(
                        "Recipients refused",
                        "ops",
                        {"{{reason}}": rate("mayfly_smtp_recipients_rejected_total", "reason")},
                    ),
                    Panel("DATA to ack", "s", quantiles("mayfly_smtp_ack_seconds")),
                ],
            ),
            (
                "Connections",
                [
                    Panel("Open", "short", {"{{instance}}": "mayfly_smtp_open_connections"}),
                    Panel("New", "ops", {"{{result}}": rate("mayfly_smtp_connections_total", "result")}),
                    Panel("Ended by us", "ops", {"{{reason}}": rate("mayfly_smtp_cut_off_total", "reason")}),
                ],
            ),
            (
                "Use",
                [
                    Panel("Octets accepted", "Bps", {"octets": rate("mayfly_smtp_octets_total")}),
                    Panel("Octets in memory, not yet acked", "bytes", {"{{instance}}": "mayfly_smtp_in_flight_octets"}),
                    *process("smtp-ingest"),
                ],
            ),
        ],
    ),
    "parser": (
        "Mayfly: parser",
        [
            (
                "Rate, errors, duration",
                [
                    Panel(
                        "Messages stored",
                        "ops",
                        {"{{parse_status}}": rate("mayfly_parser_messages_stored_total", "parse_status")},
                    ),
                    Panel("Mails nobody wanted any more", "ops", {"gone": rate("mayfly_parser_mails_gone_total")}),
                    Panel("Receipt to readable", "s", quantiles("mayfly_parser_lag_seconds")),
                    Panel(
                        "Steps of a group of mails, p99",
                        "s",
                        {
                            "{{step}}": "histogram_quantile(0.99, sum by (le, step) (rate(mayfly_parser_step_seconds_bucket[$__rate_interval])))"
                        },
                    ),
                ],
            ),
            (
                "Consumer",
                [
                    Panel(
                        "Outcomes",
                        "ops",
                        {"{{outcome}}": rate("mayfly_consumer_events_total", "outcome", '{consumer="parser"}')},
                    ),
                    Panel("Wait in the stream", "s", quantiles("mayfly_consumer_age_seconds", '{consumer="parser"}')),
                    Panel(
                        "Waiting and unsettled",
                        "short",
                        {
                            "waiting": 'max(mayfly_consumer_waiting_events{consumer="parser"})',
                            "unsettled": 'max(mayfly_consumer_unsettled_events{consumer="parser"})',
                        },
                    ),
                ],
            ),
            (
                "Use",
                [
                    Panel(
                        "Parsing processes lost",
                        "ops",
                        {"{{cause}}": rate("mayfly_parser_children_lost_total", "cause")},
                    ),
                    *process("parser"),
                ],
            ),
        ],
    ),
    "api": (
        "Mayfly: API and live channels",
        [
            (
                "Rate, errors, duration",
                [
                    Panel("Calls by status", "reqps", {"{{status}}": rate("mayfly_http_requests_total", "status")}),
                    Panel(
                        "Calls by route",
                        "reqps",
                        {"{{route}}": f"topk(10, {rate('mayfly_http_requests_total', 'route')})"},
                    ),
                    Panel("Duration", "s", quantiles("mayfly_http_request_seconds")),
                    Panel(
                        "Slowest routes, p99",
                        "s",
                        {
                            "{{route}}": "topk(10, histogram_quantile(0.99, sum by (le, route) (rate(mayfly_http_request_seconds_bucket[$__rate_interval]))))"
                        },
                    ),
                ],
            ),
            (
                "Refusals",
                [
                    Panel("Over a limit", "reqps", {"{{limit}}": rate("mayfly_http_rejections_total", "limit")}),
                    Panel(
                        "Not allowed (401, 403)",
                        "reqps",
                        {"{{status}}": rate("mayfly_http_requests_total", "status", '{status=~"401|403"}')},
                    ),
                    Panel(
                        "Failed (5xx)",
                        "reqps",
                        {
                            "{{route}} {{status}}": rate(
                                "mayfly_http_requests_total", "route, status", '{status=~"5.."}'
                            )
                        },
                    ),
                ],
            ),
            (
                "Live channels",
                [
                    Panel("Open", "short", {"{{kind}}": "sum by (kind) (mayfly_live_channels)"}),
                    Panel("Notices", "ops", {"{{kind}}": rate("mayfly_live_notices_total", "kind")}),
                    Panel("Cut off, reader too slow", "ops", {"dropped": rate("mayfly_live_dropped_total")}),
                    Panel("Receipt to hand-over", "s", quantiles("mayfly_live_age_seconds")),
                ],
            ),
            ("Use", process("api-gateway")),
        ],
    ),
    "webhooks": (
        "Mayfly: webhooks",
        [
            (
                "Rate, errors, duration",
                [
                    Panel("Deliveries made", "ops", {"deliveries": rate("mayfly_webhook_deliveries_total")}),
                    Panel("Attempts", "ops", {"{{outcome}}": rate("mayfly_webhook_attempts_total", "outcome")}),
                    Panel("Event to first attempt", "s", quantiles("mayfly_webhook_first_attempt_seconds")),
                    Panel("Duration of an attempt", "s", quantiles("mayfly_webhook_attempt_seconds")),
                ],
            ),
            (
                "Waiting",
                [
                    Panel(
                        "Endpoints switched off", "ops", {"disabled": rate("mayfly_webhook_endpoints_disabled_total")}
                    ),
                    Panel("Attempts the broker had lost", "ops", {"put back": rate("mayfly_webhook_recovered_total")}),
                    Panel("Put off, endpoint busy", "ops", {"postponed": rate("mayfly_webhook_postponed_total")}),
                    Panel(
                        "Scheduled attempts kept",
                        "short",
                        {"messages": 'max(mayfly_stream_messages{stream="DELIVERIES"})'},
                    ),
                    Panel(
                        "Outcomes",
                        "ops",
                        {
                            "{{consumer}} {{outcome}}": rate(
                                "mayfly_consumer_events_total", "consumer, outcome", '{consumer=~"dispatcher|attempts"}'
                            )
                        },
                    ),
                    Panel(
                        "Waiting",
                        "short",
                        {
                            "{{consumer}}": 'max by (consumer) (mayfly_consumer_waiting_events{consumer=~"dispatcher|attempts"})'
                        },
                    ),
                ],
            ),
            ("Use", process("webhook-dispatcher")),
        ],
    ),
    "expiry": (
        "Mayfly: expiry",
        [
            (
                "Rate, errors, duration",
                [
                    Panel("Inboxes emptied", "ops", {"{{ending}}": rate("mayfly_reaped_inboxes_total", "ending")}),
                    Panel("Messages deleted with them", "ops", {"messages": rate("mayfly_reaped_messages_total")}),
                    Panel(
                        "Longest wait",
                        "s",
                        {"lag": "max(mayfly_reap_lag_seconds)"},
                        "Readers see nothing of an expired inbox, however long this is",
                    ),
                    Panel("Time of a batch", "s", quantiles("mayfly_reap_batch_seconds")),
                ],
            ),
            (
                "Leftovers",
                [
                    Panel(
                        "Claimed octets nobody came for", "ops", {"leftovers": rate("mayfly_reaped_leftovers_total")}
                    ),
                    Panel("Messages that came late", "ops", {"late": rate("mayfly_reaped_late_messages_total")}),
                    Panel(
                        "Orphans and old records",
                        "ops",
                        {
                            "orphans in {{collection}}": rate("mayfly_orphans_removed_total", "collection"),
                            "old in {{collection}}": rate("mayfly_retired_records_total", "collection"),
                        },
                    ),
                ],
            ),
            ("Use", process("expiry-reaper")),
        ],
    ),
    "stores": (
        "Mayfly: NATS and MongoDB",
        [
            (
                "Streams",
                [
                    Panel("Messages", "short", {"{{stream}}": "max by (stream) (mayfly_stream_messages)"}),
                    Panel("Octets", "bytes", {"{{stream}}": "max by (stream) (mayfly_stream_octets)"}),
                    Panel(
                        "Share of the limit",
                        "percentunit",
                        {
                            "{{stream}}": "max by (stream) (mayfly_stream_octets) / (max by (stream) (mayfly_stream_limit_octets) > 0)"
                        },
                    ),
                    Panel("Age of the oldest", "s", {"{{stream}}": "max by (stream) (mayfly_stream_oldest_seconds)"}),
                ],
            ),
            (
                "Broker",
                [
                    Panel(
                        "Copies missing",
                        "short",
                        {
                            "{{stream}}": "max by (stream) (mayfly_stream_copies_wanted) - max by (stream) (mayfly_stream_copies)"
                        },
                    ),
                    Panel("Connections lost", "ops", {"{{job}}": rate("mayfly_bus_disconnections_total", "job")}),
                    Panel(
                        "Resubscriptions",
                        "ops",
                        {"{{consumer}}": rate("mayfly_consumer_resubscriptions_total", "consumer")},
                    ),
                ],
            ),
            (
                "Store",
                [
                    Panel("Commands", "ops", {"{{command}}": rate("mayfly_store_command_seconds_count", "command")}),
                    Panel(
                        "p99 of commands",
                        "s",
                        {
                            "{{command}}": "histogram_quantile(0.99, sum by (le, command) (rate(mayfly_store_command_seconds_bucket[$__rate_interval])))"
                        },
                    ),
                    Panel(
                        "Commands failed",
                        "ops",
                        {"{{job}} {{command}}": rate("mayfly_store_commands_failed_total", "job, command")},
                    ),
                    Panel(
                        "Size",
                        "bytes",
                        {"documents": "max(mayfly_store_data_octets)", "on disk": "max(mayfly_store_storage_octets)"},
                    ),
                    Panel(
                        "Disk",
                        "percentunit",
                        {"used": "max(mayfly_store_disk_used_octets) / max(mayfly_store_disk_octets)"},
                    ),
                    Panel("Gauges last read", "s", {"ago": "time() - max(mayfly_watched_timestamp_seconds)"}),
                ],
            ),
        ],
    ),
}


def dashboard(name: str) -> dict[str, Any]:
    """The JSON of one dashboard (Grafana's dashboard model, schemaVersion 39)."""
    title, rows = DASHBOARDS[name]
    panels: list[dict[str, Any]] = []
    y = 0
    for row, graphs in rows:
        panels.append(
            {"type": "row", "title": row, "collapsed": False, "panels": [], "gridPos": _place(0, y, WIDTH, 1)}
        )
        y += 1
        in_line = min(len(graphs), 4) if len(graphs) != 5 else 3  # noqa: PLR2004 - two lines of 3 and 2
        for number, panel in enumerate(graphs):
            width = WIDTH // in_line
            place = _place(number % in_line * width, y + number // in_line * HEIGHT, width, HEIGHT)
            panels.append(_panel(panel, place))
        y += -(-len(graphs) // in_line) * HEIGHT
    for number, panel_json in enumerate(panels, 1):
        panel_json["id"] = number
    return {
        "uid": f"mayfly-{name}",
        "title": title,
        "tags": ["mayfly"],
        "schemaVersion": 39,
        "timezone": "utc",
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "templating": {
            "list": [{"name": "datasource", "type": "datasource", "query": "prometheus", "label": "Prometheus"}]
        },
        "links": [{"type": "dashboards", "tags": ["mayfly"], "title": "Mayfly", "asDropdown": True, "keepTime": True}],
        "panels": panels,
    }


def _place(x: int, y: int, width: int, height: int) -> dict[str, int]:
    return {"x": x, "y": y, "w": width, "h": height}


def _panel(panel: Panel, place: dict[str, int]) -> dict[str, Any]:
    source = {"type": "prometheus", "uid": "${datasource}"}
    return {
        "type": panel.kind,
        "title": panel.title,
        "description": panel.description,
        "datasource": source,
        "gridPos": place,
        "fieldConfig": {
            "defaults": {"unit": panel.unit, **({} if panel.kind == "stat" else {"min": 0})},
            "overrides": [],
        },
        "targets": [
            {"refId": chr(ord("A") + number), "datasource": source, "expr": query, "legendFormat": legend or "__auto"}
            for number, (legend, query) in enumerate(panel.queries.items())
        ],
    }


def text(name: str) -> str:
    return json.dumps(dashboard(name), indent=1) + "\n"


def main() -> int:
    """Write the files, or with --check only compare them."""
    stale = [name for name in DASHBOARDS if not _path(name).exists() or _path(name).read_text() != text(name)]
    if "--check" in sys.argv:
        print(*(f"{_path(name)} is stale: run 'make dashboards'" for name in stale), sep="\n", file=sys.stderr)
        return bool(stale)
    for name in stale:
        _path(name).write_text(text(name))
    return 0


def _path(name: str) -> Path:
    return HERE / f"{name}.json"


if __name__ == "__main__":
    sys.exit(main())
