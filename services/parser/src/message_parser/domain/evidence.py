"""Chooses by evidence: each option has named features, each feature a fitted weight. Used by `otp` and `links`.

An option's score is the sum of its features' weights; its probability is its share of exp(score) over all options of
one choice (a conditional logit model). The weights are data, made by `make fit` (docs/extraction.md).
"""

import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources.abc import Traversable


class Weights:
    """The weight of each feature. A feature without one counts nothing."""

    def __init__(self, table: Mapping[str, float]) -> None:
        self._table = table

    @classmethod
    def read(cls, file: Traversable) -> "dict[str, Weights]":
        """From a TOML file: those of each of its tables."""
        return {name: cls(table) for name, table in tomllib.loads(file.read_text(encoding="utf-8")).items()}

    def score(self, features: Iterable[str]) -> float:
        weight = self._table.get
        return sum([weight(feature, 0.0) for feature in features])

    def lowest(self, prefix: str) -> float:
        """The lowest score that features with this prefix can have together."""
        return sum(weight for feature, weight in self._table.items() if feature.startswith(prefix) and weight < 0)

    def explain(self, features: Iterable[str]) -> list[tuple[str, float]]:
        """Each feature that has a weight, the heaviest first."""
        known = [(feature, self._table[feature]) for feature in features if self._table.get(feature)]
        return sorted(known, key=lambda item: (-abs(item[1]), item[0]))


def probabilities(scores: Sequence[float]) -> list[float]:
    """The probability of each option of one choice, from their scores."""
    highest = max(scores, default=0.0)
    shares = [math.exp(score - highest) for score in scores]
    total = sum(shares)
    return [share / total for share in shares]
