"""Multinomial logistic regression over named features, as trained by `training/`. Read on first use."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from heapq import nsmallest
from math import exp, sqrt
from pathlib import Path
from typing import Any

_FEWEST = 4
_CUE = 0.3


def strength(feature: str, among: int) -> float:
    """The value of a feature that is present. In a long text each word counts less; a cue never counts less
    than _CUE."""
    equal = 1 / sqrt(max(_FEWEST, among))
    return max(equal, _CUE) if feature[0] == "~" else equal


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model says of a text."""

    label: str
    """The most probable one."""
    probabilities: dict[str, float]
    """By label; their sum is 1."""
    evidence: tuple[str, ...]
    """The words that count most for the label."""


class LinearModel:
    """A trained model. raw: the parsed `.json`, whose form `training/train.py` describes. weights: by
    feature, one number for each label, or these numbers as a text."""

    def __init__(self, raw: dict[str, Any], weights: Mapping[str, str | Sequence[float]]) -> None:
        self.labels: tuple[str, ...] = tuple(raw["labels"])
        self._bias: list[float] = raw["bias"]
        self._sharpness: float = raw["sharpness"]
        self._by_rating: dict[str, list[float]] = raw["rating"]
        self._scale: float = raw["scale"]
        self._weights = dict(weights)

    def answer(self, features: dict[str, str], rating: float | None) -> Answer:
        """The label for these features. rating: 1 to 5 stars, or None; any other number counts as None."""
        among = len(features)
        known = {feature: self._row(feature) for feature in features if feature in self._weights}
        said = {feature: row for feature, row in known.items() if feature[0] != "~"}
        hinted = {feature: row for feature, row in known.items() if feature[0] == "~"}
        totals = self._start(rating)
        for rows, kind in ((said, " "), (hinted, "~")):
            if rows:
                value = strength(kind, among) / self._scale
                sums = map(sum, zip(*rows.values(), strict=True))
                totals = [total + value * of_all for total, of_all in zip(totals, sums, strict=True)]
        first = totals.index(max(totals))
        return Answer(
            self.labels[first],
            dict(zip(self.labels, _softmax(totals, self._sharpness), strict=True)),
            _evidence(known, features, first),
        )

    def _row(self, feature: str) -> Sequence[float]:
        """The weights of a feature, one for each label. They are parsed when they are first asked for, since
        a text asks for few."""
        row = self._weights[feature]
        if isinstance(row, str):
            row = self._weights[feature] = tuple(map(int, row.split()))
        return row

    def _start(self, rating: float | None) -> list[float]:
        stars = f"{rating:.0f}" if rating is not None and 1 <= rating <= 5 else ""
        shift = self._by_rating.get(stars)
        return list(self._bias) if shift is None else [a + b for a, b in zip(self._bias, shift, strict=True)]


def _softmax(totals: list[float], sharpness: float) -> list[float]:
    highest = max(totals)
    powers = [exp((total - highest) * sharpness) for total in totals]
    whole = sum(powers)
    return [round(power / whole, 4) for power in powers]


def _evidence(
    known: Mapping[str, Sequence[float]], features: dict[str, str], first: int, most: int = 5
) -> tuple[str, ...]:
    """The words that lift the first label most above the others (the weights of a feature sum to 0)."""
    lifts: dict[str, float] = {}
    for feature, row in known.items():
        words = features[feature]
        if words and row[first] > lifts.get(words, 0):
            lifts[words] = row[first]
    return tuple(nsmallest(most, lifts, key=lambda words: (-lifts[words], words)))


@cache
def model(name: str) -> LinearModel:
    """The model in `<name>.json` and `<name>.tsv` beside this module."""
    here = Path(__file__)
    head = json.loads(here.with_name(f"{name}.json").read_text(encoding="utf-8"))
    cells = here.with_name(f"{name}.tsv").read_text(encoding="utf-8").replace("\n", "\t").split("\t")
    return LinearModel(head, dict(zip(cells[::2], cells[1::2], strict=False)))
