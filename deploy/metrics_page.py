"""Writes docs/metrics.md from the declarations: every metric of every service, with its unit, labels and meaning.

python deploy/metrics_page.py           writes the page
python deploy/metrics_page.py --check   exit 1 when the page is not what this would write
"""

# ruff: noqa: SLF001 - the client has no public way to ask a metric for its labels

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase

PAGE = Path(__file__).parents[1] / "docs" / "metrics.md"
MODULES = {
    "Every service: the process": "mayfly.service.metrics",
    "Every service: the broker": "mayfly.bus.metrics",
    "Every service: the store": "mayfly.store.metrics",
    "parser and api-gateway: child processes": "mayfly.children.metrics",
    "smtp-ingest": "smtp_ingest.metrics",
    "parser": "message_parser.metrics",
    "api-gateway": "api_gateway.metrics",
    "webhook-dispatcher": "webhook_dispatcher.metrics",
    "expiry-reaper": "expiry_reaper.metrics",
}
UNITS = ("seconds", "octets", "celsius", "ratio")
# Where a label's values come from. A label that is not here is refused: unbounded values would grow without end.
LABELS = {
    "cause": "words of ours",
    "child": "parse, verdict, search",
    "collection": "the collections of the store",
    "command": "nine commands of the store, and `other`",
    "consumer": "the three consumers of the broker",
    "ending": "words of ours",
    "kind": "words of ours",
    "limit": "words of ours",
    "method": "seven HTTP methods, and `other`",
    "outcome": "words of ours",
    "parse_status": "parsed, failed",
    "protection": "words of ours, explained in lib/src/mayfly/children/confinement.py",
    "reason": "words of ours",
    "result": "words of ours",
    "route": "path templates of the API, and one word for all else",
    "status": "HTTP status codes that we answer",
    "step": "words of ours",
    "stream": "the streams of the broker",
}
HEAD = """\
# Metrics

Made from the declarations by `make dashboards`; a test holds this page against them. Every process serves its own at
`/metrics` on its probe port (`MAYFLY_PROBE_PORT`), beside the Python client's `process_*` and `python_*`.

Names are `mayfly_<part>_<thing>_<unit>`; times are seconds, sizes octets; counters end in `_total`. A histogram has
`_bucket`, `_sum` and `_count`. The gauges `mayfly_stream_*`, `mayfly_consumer_*_events` and `mayfly_store_*_octets` are set by
expiry-reaper alone, which looks every five seconds for all; its replicas say the same, so take the maximum.

How old is a mail at each hop? `mayfly_smtp_ack_seconds` (DATA to durable), `mayfly_consumer_age_seconds` (wait in the stream),
`mayfly_parser_lag_seconds` (receipt to readable), `mayfly_live_age_seconds` (receipt to open live channels),
`mayfly_webhook_first_attempt_seconds` (event to first attempt).
"""


def declared(module: str) -> Iterator[MetricWrapperBase]:
    """The metrics that a module declares, in its order."""
    for value in vars(import_module(module)).values():
        if isinstance(value, MetricWrapperBase):
            yield value


def exported_name(metric: MetricWrapperBase) -> str:
    """The name as /metrics shows it; a histogram's without its endings."""
    return f"{metric._name}_total" if isinstance(metric, Counter) else metric._name


def unit(metric: MetricWrapperBase) -> str:
    word = metric._name.rpartition("_")[2]
    return word if word in UNITS else ""


def kind(metric: MetricWrapperBase) -> str:
    return next(type_.__name__.lower() for type_ in (Counter, Gauge, Histogram) if isinstance(metric, type_))


def page() -> str:
    """The whole page. Raises KeyError for a label whose values are not explained above."""
    lines = [HEAD]
    used: set[str] = set()
    for title, module in MODULES.items():
        lines += [f"## {title}", "| metric | type | unit | labels | meaning |", "|---|---|---|---|---|"]
        for metric in declared(module):
            labels = metric._labelnames
            used.update(labels)
            row = (f"`{exported_name(metric)}`", kind(metric), unit(metric), ", ".join(labels), metric._documentation)
            lines.append(f"| {' | '.join(row)} |")
        lines.append("")
    lines += ["## Labels", "Their values are bounded:", "", "| label | values |", "|---|---|"]
    lines += [f"| {label} | {LABELS[label]} |" for label in sorted(used)]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the page, or with --check only compare it."""
    fresh = PAGE.exists() and PAGE.read_text() == page()
    if "--check" in sys.argv:
        print("" if fresh else f"{PAGE} is stale: run 'make dashboards'", file=sys.stderr)
        return not fresh
    PAGE.write_text(page())
    return 0


if __name__ == "__main__":
    sys.exit(main())
