"""The weights of codes and links are what `make fit` makes, and no single mail decides one."""

import tomllib

import pytest

from bench import fit_codes, fit_links
from bench.fit import Choice, fit
from message_parser.domain.evidence import Weights, probabilities

ROUNDING = 0.05  # of a machine's arithmetic, several times over


def close(first: dict[str, float], second: dict[str, float]) -> bool:
    return first.keys() == second.keys() and all(abs(first[name] - second[name]) <= ROUNDING for name in first)


@pytest.mark.parametrize("fitted", [fit_codes, fit_links])
def test_a_new_fit_gives_the_weights_that_are_committed(fitted):
    committed, again = tomllib.loads(fitted.FILE.read_text(encoding="utf-8")), fitted.fitted()
    assert committed.keys() == again.keys()
    assert all(close(committed[table], again[table]) for table in committed)


def test_a_feature_of_few_choices_gets_no_weight():
    common, rare = frozenset({"common"}), frozenset({"common", "rare"})
    choices = [Choice([frozenset(), common], 1)] * 30 + [Choice([frozenset(), rare], 1)] * 3
    assert {"common"} == fit(choices, least=20).keys()


def test_the_fit_prefers_what_was_right():
    good, bad = frozenset({"named"}), frozenset({"decoy"})
    weights = Weights(fit([Choice([frozenset(), good, bad], 1)] * 50 + [Choice([frozenset(), bad], 0)] * 50))
    none, right, wrong = probabilities([0.0, weights.score(good), weights.score(bad)])
    assert right > 0.9
    assert wrong < none


def test_evidence_names_the_heaviest_feature_first():
    weights = Weights({"a": 0.5, "b": -2.0, "c": 1.0, "nothing": 0.0})
    assert [("b", -2.0), ("c", 1.0), ("a", 0.5)] == weights.explain(["a", "b", "c", "nothing", "unknown"])
    assert -0.5 == weights.score(["a", "b", "c", "unknown"])


def test_probabilities_of_large_scores_are_finite():
    assert [1.0, 0.0] == probabilities([5000.0, -5000.0])
    assert [] == probabilities([])
