"""Multinomial logistic regression, trained by AdaGrad; standard library only, the same on every run."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, sqrt

Row = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Fit:
    """weights: feature -> one weight per label. bias: one per label."""

    labels: tuple[str, ...]
    bias: list[float]
    weights: dict[str, list[float]]


def fit(
    rows: Sequence[Row],
    labels: Sequence[str],
    importance: Sequence[float],
    *,
    penalty: float = 0.33,
    rate: float = 0.5,
    epochs: int = 12,
) -> Fit:
    """Minimise the weighted log loss plus half the penalty times the squared weights.

    importance: how much each row counts, 1 on average.
    """
    names = tuple(sorted(set(labels)))
    places = range(len(names))
    frequency = Counter(feature for row in rows for feature in row)
    weights = {feature: [0.0] * len(names) for feature in sorted(frequency)}
    history = {feature: [1e-6] * len(names) for feature in weights}
    bias = [0.0] * len(names)
    order = list(range(len(rows)))
    shuffle = random.Random(1).shuffle  # noqa: S311 -- the same order on every run
    for epoch in range(epochs):
        shuffle(order)
        step = rate / (1 + epoch / 2)
        for at in order:
            row, truth, counts = rows[at], names.index(labels[at]), importance[at]
            totals = list(bias)
            for feature, value in row.items():
                own = weights[feature]
                for place in places:
                    totals[place] += own[place] * value
            errors = [counts * (chance - (place == truth)) for place, chance in enumerate(softmax(totals))]
            for place in places:
                bias[place] -= 0.02 * step * errors[place]
            for feature, value in row.items():
                own, past, shrink = weights[feature], history[feature], penalty / frequency[feature]
                for place in places:
                    slope = errors[place] * value + shrink * own[place]
                    past[place] += slope * slope
                    own[place] -= step * slope / sqrt(past[place])
    return Fit(names, bias, weights)


def refit_bias(fitted: Fit, rows: Sequence[Row], labels: Sequence[str], importance: Sequence[float]) -> Fit:
    """The same weights with biases that suit them where labels have the shares that `importance` gives."""
    names, bias = fitted.labels, [0.0] * len(fitted.labels)
    empty = [0.0] * len(names)
    base = []
    for row in rows:
        totals = list(empty)
        for feature, value in row.items():
            for place, weight in enumerate(fitted.weights.get(feature, empty)):
                totals[place] += weight * value
        base.append(totals)
    truths = [names.index(label) for label in labels]
    for _ in range(60):
        slopes = list(empty)
        for totals, truth, counts in zip(base, truths, importance, strict=True):
            chances = softmax([a + b for a, b in zip(totals, bias, strict=True)])
            for place, chance in enumerate(chances):
                slopes[place] += counts * ((place == truth) - chance)
        bias = [value + 4 * slope / len(rows) for value, slope in zip(bias, slopes, strict=True)]
    return Fit(names, bias, fitted.weights)


def softmax(totals: Sequence[float]) -> list[float]:
    """Chances that sum to 1."""
    highest = max(totals)
    powers = [exp(total - highest) for total in totals]
    whole = sum(powers)
    return [power / whole for power in powers]
