"""Dashboards, rules and pages: made from one source each, and naming only what a running Mayfly exports."""

import json
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
DASHBOARDS = sorted((DEPLOY / "grafana").glob("*.json"))
METRIC = re.compile(r"\bmayfly_[a-z_]+")
RECORDED = re.compile(r"\bmayfly:[a-z0-9_:]+")


@cache
def rules():
    groups = yaml.safe_load((DEPLOY / "prometheus" / "rules.yaml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def alerts():
    return [rule for rule in rules() if "alert" in rule]


def recorded():
    return {rule["record"] for rule in rules() if "record" in rule}


def queries(dashboard):
    return [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]


def every_query():
    yield from (rule["expr"] for rule in rules())
    for path in DASHBOARDS:
        yield from queries(json.loads(path.read_text()))


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_a_dashboard_has_panels_that_ask_and_do_not_overlap(path):
    dashboard = json.loads(path.read_text())
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(set(ids)) == len(ids)
    assert queries(dashboard)
    taken = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24
        assert not cells & taken
        taken |= cells


def test_dashboards_have_addresses_of_their_own():
    uids = [json.loads(path.read_text())["uid"] for path in DASHBOARDS]
    assert len(set(uids)) == len(uids) == 7


def test_recorded_series_that_are_asked_for_are_recorded():
    asked = {name for query in every_query() for name in RECORDED.findall(query)}
    assert asked
    assert asked <= recorded()


def test_every_alert_says_how_bad_what_and_what_to_do():
    headings = set(re.findall(r"(?m)^## (Mayfly\w+)$", (ROOT / "docs" / "operations.md").read_text()))
    names = [alert["alert"] for alert in alerts()]
    assert len(set(names)) == len(names)
    assert set(names) == headings
    for alert in alerts():
        assert alert["labels"]["severity"] in {"page", "ticket"}
        assert {"summary", "description", "runbook_url"} <= set(alert["annotations"])
        assert alert["annotations"]["runbook_url"].endswith(f"docs/operations.md#{alert['alert'].lower()}")


def test_what_an_alert_asks_for_is_on_a_dashboard():
    """Whoever is called by an alert sees the course of its metric; that of a recorded ratio by the metric behind it."""
    shown = {
        name for path in DASHBOARDS for query in queries(json.loads(path.read_text())) for name in METRIC.findall(query)
    }
    asked = {name for alert in alerts() for name in METRIC.findall(alert["expr"])}
    assert asked
    assert asked <= shown


def test_burn_rates_ask_a_long_and_a_short_window_of_the_same_promise():
    burning = [alert for alert in alerts() if len(RECORDED.findall(alert["expr"])) == 2]
    assert len(burning) == 9
    for alert in burning:
        long, short = RECORDED.findall(alert["expr"])
        assert long != short
        assert long.rpartition("_rate")[0] == short.rpartition("_rate")[0]


def test_promtool_accepts_the_rules_and_their_own_tests():
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("no promtool here (Debian: apt install prometheus); the other tests read the rules without it")
    folder = DEPLOY / "prometheus"
    for command in (
        ["check", "rules", "rules.yaml"],
        ["test", "rules", "rules_test.yaml"],
        ["check", "config", "--syntax-only", "prometheus.yaml"],
    ):
        done = subprocess.run([program, *command], cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_rules_own_tests_cover_each_promise():
    tested = (DEPLOY / "prometheus" / "rules_test.yaml").read_text()
    assert all(
        alert in tested
        for alert in ("MayflyMailLateFast", "MayflyApiFailingFast", "MayflyServiceDown", "MayflyMailWaiting")
    )
