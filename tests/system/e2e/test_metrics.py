"""Metrics of a running Mayfly: dashboards and rules ask only for what is exported, and labels stay bounded."""

import json
import re
from pathlib import Path

import httpx
import yaml

DEPLOY = Path(__file__).parents[3] / "deploy"
METRIC = re.compile(r"\b((?:mayfly|process|python)_[a-z0-9_]+)\b(?!\")")
RECORDED = re.compile(r"\bmayfly:[a-z0-9_:]+")
SUFFIXES = ("_bucket", "_count", "_sum")


def queries():
    """Every PromQL expression of the rules and the dashboards."""
    files = [yaml.safe_load((DEPLOY / "prometheus" / "rules.yaml").read_text())]
    files += [json.loads(path.read_text()) for path in (DEPLOY / "grafana").glob("*.json")]
    return [query for file in files for query in expressions(file)]


def expressions(value):
    """Each text under a key `expr`, however deep."""
    if isinstance(value, dict):
        return [value["expr"]] if "expr" in value else [q for item in value.values() for q in expressions(item)]
    return [q for item in value for q in expressions(item)] if isinstance(value, list) else []


def test_every_metric_that_is_asked_for_is_exported_by_a_running_stack(stack):
    exported = set()
    for name in json.loads((stack.data_dir / "run" / "probes.json").read_text()):
        text = httpx.get(f"{stack.probe_url(name)}/metrics", trust_env=False, timeout=10).text
        for metric, kind in re.findall(r"(?m)^# TYPE (\S+) (\S+)$", text):
            exported |= {metric + suffix for suffix in SUFFIXES} if kind == "histogram" else {metric}
    asked = {name for query in queries() for name in METRIC.findall(RECORDED.sub("", query))}
    assert len(asked) > 40
    assert asked - exported == set()


def test_the_watch_of_a_running_stack_tells_every_stream_and_consumer(stack):
    text = httpx.get(f"{stack.probe_url('expiry-reaper')}/metrics", trust_env=False, timeout=10).text
    assert {"MAIL", "EVENTS", "DELIVERIES", "DEAD_LETTERS", "OBJ_MAIL_OCTETS"} == set(
        re.findall(r'mayfly_stream_messages\{stream="(\w+)"', text)
    )
    assert {"parser", "dispatcher", "attempts"} <= set(
        re.findall(r'mayfly_consumer_waiting_events\{consumer="(\w+)"', text)
    )


def test_labels_hold_nothing_that_a_caller_chose(stack):
    chosen = "somebody.chose.this"
    with httpx.Client(base_url=stack.http_url, trust_env=False, timeout=10) as api:
        for path in (
            f"/{chosen}",
            f"/api/v1/inboxes/{chosen}@mayfly.test",
            f"/api/v1/inboxes/{chosen}@mayfly.test/messages/{chosen}",
        ):
            api.get(path)
            api.request("PROPFIND", path)
    text = httpx.get(f"{stack.probe_url('api-gateway')}/metrics", trust_env=False, timeout=10).text
    assert 'mayfly_http_requests_total{method="GET"' in text
    assert chosen not in text
    assert "PROPFIND" not in text
