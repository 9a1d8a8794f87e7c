"""Every metric is declared once, in a module that docs/metrics.md is made from, says what it counts, and stays bounded."""

import ast
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

from deploy import metrics_page
from tests.architecture.repository import calls, name, source

KINDS = {"Counter", "Gauge", "Histogram", "Summary", "Info", "Enum"}


def declarations():
    """(file, name of the metric) of each declaration in production source."""
    for path in source():
        for called, call in calls(path):
            if called.split(".")[-1] in KINDS and call.args and isinstance(call.args[0], ast.Constant):
                yield path, call.args[0].value


def declared():
    return [metric for module in metrics_page.MODULES.values() for metric in metrics_page.declared(module)]


def test_metrics_are_declared_only_where_the_page_of_metrics_looks():
    modules = {Path(find_spec(module).origin) for module in metrics_page.MODULES.values()}
    assert [] == [f"{name(path)} declares {metric}" for path, metric in declarations() if path not in modules]


def test_every_metric_is_declared_once():
    counts = Counter(metric for _, metric in declarations())
    assert [] == [metric for metric, count in counts.items() if count > 1]
    assert {metric.removesuffix("_total") for metric in counts} == {metric._name for metric in declared()}


def test_every_metric_says_what_it_counts():
    assert [] == [metric._name for metric in declared() if len(metric._documentation.split()) < 2]


def test_the_values_of_every_label_are_bounded_and_explained():
    labels = {label for metric in declared() for label in metric._labelnames}
    assert labels == set(metrics_page.LABELS)
    assert all(explanation.strip() for explanation in metrics_page.LABELS.values())
