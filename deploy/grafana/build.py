"""Writes the dashboards as JSON files that Grafana reads: one beside this file for each module of dashboards/.

python deploy/grafana/build.py           writes the files
python deploy/grafana/build.py --check   exit 1 when a file is not what this would write
"""

import json
import sys
from pathlib import Path
from typing import Any

from dashboards import api, expiry, overview, parser, smtp, stores, webhooks
from panels import Panel

HERE = Path(__file__).parent
WIDTH, HEIGHT = 24, 8


DASHBOARDS = {
    module.__name__.rpartition(".")[2]: module for module in (overview, smtp, parser, api, webhooks, expiry, stores)
}


def dashboard(name: str) -> dict[str, Any]:
    """The JSON of one dashboard (Grafana's dashboard model, schemaVersion 39)."""
    module = DASHBOARDS[name]
    panels: list[dict[str, Any]] = []
    y = 0
    for row, graphs in module.ROWS:
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
        "title": module.TITLE,
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
