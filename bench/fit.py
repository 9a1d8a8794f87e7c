"""Fits weights to choices whose right answer is known: conditional logit with a penalty on large weights."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_array


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice. `options`: the features of each; an option without features has score 0. `right`: its index.

    `weight`: how much the choice counts.
    """

    options: Sequence[frozenset[str]]
    right: int
    weight: float = 1.0


def fit(choices: Sequence[Choice], penalty: float = 1.0, least: int = 20) -> dict[str, float]:
    """The weight of each feature that at least `least` choices have; rounded, so that every machine gets the same.

    `penalty`: of the squared weights; the larger, the smaller the weights.
    """
    counts = Counter(feature for choice in choices for feature in frozenset[str]().union(*choice.options))
    features = sorted(feature for feature, count in counts.items() if count >= least)
    index = {feature: column for column, feature in enumerate(features)}
    columns: list[int] = []
    row_ends = [0]
    for choice in choices:
        for option in choice.options:
            columns += [index[feature] for feature in option if feature in index]
            row_ends.append(len(columns))
    rows = csr_array((np.ones(len(columns)), columns, row_ends), shape=(len(row_ends) - 1, len(features)))
    sizes = np.array([len(choice.options) for choice in choices])
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    right = starts + np.array([choice.right for choice in choices])
    weights = np.array([choice.weight for choice in choices])

    def loss(table: np.ndarray) -> tuple[float, np.ndarray]:
        scores = rows @ table
        highest = np.maximum.reduceat(scores, starts)
        shares = np.exp(scores - np.repeat(highest, sizes))
        totals = np.add.reduceat(shares, starts)
        surprise = weights @ (np.log(totals) + highest - scores[right])
        gradient = shares / np.repeat(totals, sizes) * np.repeat(weights, sizes)
        gradient[right] -= weights
        return surprise + penalty * (table @ table) / 2, rows.T @ gradient + penalty * table

    found = minimize(loss, np.zeros(len(features)), jac=True, method="L-BFGS-B", options={"maxiter": 2000})
    if not found.success:
        raise RuntimeError(f"the fit did not converge: {found.message}")
    return {feature: round(float(weight), 2) for feature, weight in zip(features, found.x, strict=True)}
