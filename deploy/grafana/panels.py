"""What dashboards are made of: panels, and the PromQL that most of them share."""

from dataclasses import dataclass

Rows = list[tuple[str, list["Panel"]]]
"""A dashboard's rows from top to bottom: heading and panels."""


@dataclass(frozen=True)
class Panel:
    """One graph. `queries`: legend to PromQL. `unit`: Grafana's name of the unit."""

    title: str
    unit: str
    queries: dict[str, str]
    description: str = ""
    kind: str = "timeseries"


def rate(metric: str, by: str = "", where: str = "") -> str:
    """The rate of a counter, summed; for each combination of the labels `by` when there are some."""
    return f"sum{f' by ({by})' if by else ''} (rate({metric}{where}[$__rate_interval]))"


def quantiles(metric: str, where: str = "") -> dict[str, str]:
    """p50, p90 and p99 of a histogram."""
    return {
        f"p{q}": f"histogram_quantile(0.{q}, sum by (le) (rate({metric}_bucket{where}[$__rate_interval])))"
        for q in (50, 90, 99)
    }


PROCESS = [
    Panel(
        "Processor", "percentunit", {"{{instance}}": 'rate(process_cpu_seconds_total{job="$JOB"}[$__rate_interval])'}
    ),
    Panel("Memory", "bytes", {"{{instance}}": 'process_resident_memory_bytes{job="$JOB"}'}),
    Panel("Open files", "short", {"{{instance}}": 'process_open_fds{job="$JOB"}'}),
]


def process(job: str) -> list[Panel]:
    """The panels that every service has: processor, memory, open files."""
    return [
        Panel(panel.title, panel.unit, {k: q.replace("$JOB", job) for k, q in panel.queries.items()})
        for panel in PROCESS
    ]
