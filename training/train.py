# ruff: noqa: T201 -- a script talks to whoever started it
"""Train the shipped models: `python -m training.train <folder of the labelled sets> [sentiment|category]`.

Writes two files for each into `plugins/classifiers/models`. Standard library only; the same data give
the same bytes; about two minutes. The `.json`: `labels`; `bias`, one number per label; `scale`, by which
weights are divided; `sharpness`, by which totals are multiplied before they become probabilities;
`rating`, stars -> what is added per label. The `.tsv`: a line for each feature, a tab, its weights, one
whole number per label with a space between: a start reads it ten times as fast as JSON.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path

from plugins.classifiers.models.features import features
from plugins.classifiers.models.lexicon import lexicon
from plugins.classifiers.models.linear import strength
from plugins.classifiers.models.wording import language_of
from training import corpus
from training.corpus import Example
from training.logistic import Fit, Row, fit, refit_bias

MODELS = Path(__file__).parent.parent / "plugins" / "classifiers" / "models"
SCALE = 100
MOST_BY_RATING = 2.0
BANKING = "support/banking77"
RAREST = 3
"""Training texts in which a feature must stand."""

ALONE = frozenset(f"category/ijcnlp2017_{language}" for language in ("es", "fr", "ja")) | {BANKING}
"""Sets that can't explain labels by being that set: the only one of a language, and one of one label."""

SENTIMENT_BY_RATING = {  # chances of negative, neutral, positive; written down, not learnt
    1: (0.88, 0.07, 0.05),
    2: (0.80, 0.14, 0.06),
    3: (0.42, 0.36, 0.22),
    4: (0.12, 0.18, 0.70),
    5: (0.05, 0.07, 0.88),
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """set_weight: how strongly a training set may explain its labels by being that set, so that its
    words needn't. levelling: 0 keeps the labels' shares as they are, 1 makes them equal. largest:
    features kept."""

    set_weight: float
    levelling: float
    largest: int


RECIPES = {"sentiment": Recipe(0.4, 0.7, 10_000), "category": Recipe(1.0, 1.0, 8_500)}


def examples(folder: Path, facet: str) -> list[Example]:
    """All that `facet` may be trained on: licensed sets, without their held-out part."""
    table = corpus.SENTIMENT if facet == "sentiment" else corpus.CATEGORY
    found = [e for name, licence in table.items() if licence for e in corpus.read(folder, facet, name)]
    if facet == "category":
        found += [e for name in corpus.CATEGORY_BY_SENTIMENT for e in corpus.read_by_sentiment(folder, name)]
    return [example for example in found if not example.held_out]


def row(example: Example) -> dict[str, float]:
    """The features of an example with their values, as the model will see them at run time."""
    language = language_of(example.text, example.language)
    found = features(example.text, language[0] if language else None)
    values = {feature: strength(feature, len(found)) for feature in found}
    if example.source == BANKING:  # all questions, all of one trade: learn how they are put
        values = {feature: value for feature, value in values.items() if _is_about_asking(feature)}
    return values


def _is_about_asking(feature: str) -> bool:
    if feature[0] in "~?!":
        return True
    words = lexicon("en").words
    frame = {"^", "i", "to", "do", "does", "is", "can", "could", "my", "there", "possible", "know", "want"}
    return all(word in frame or "ask" in words.get(word, ()) for word in feature.split())


def train(found: Sequence[Example], recipe: Recipe) -> Fit:
    """Fit a model to the examples, by the recipe."""
    rows = [row(example) for example in found]
    frequency = Counter(feature for values in rows for feature in values)
    kept = [{f: v for f, v in values.items() if frequency[f] >= RAREST} for values in rows]
    labels = [example.label for example in found]
    with_set: list[Row] = [
        values if example.source in ALONE else {**values, f"\0{example.source}": recipe.set_weight}
        for values, example in zip(kept, found, strict=True)
    ]
    fitted = fit(with_set, labels, importance(found, set_power=0.3, label_power=0.5))
    weights = {feature: _centred(row) for feature, row in fitted.weights.items()}
    strongest = sorted(weights, key=lambda f: (-max(map(abs, weights[f])), f))
    chosen = [feature for feature in strongest if feature[0] != "\0"][: recipe.largest]
    pruned = Fit(fitted.labels, fitted.bias, {feature: weights[feature] for feature in sorted(chosen)})
    return refit_bias(pruned, kept, labels, importance(found, set_power=0.5, label_power=recipe.levelling))


def _centred(row: Sequence[float]) -> list[float]:
    """The same differences between labels, summing to 0: what a weight says of its own label."""
    mean = sum(row) / len(row)
    return [weight - mean for weight in row]


def importance(found: Sequence[Example], *, set_power: float, label_power: float) -> list[float]:
    """How much each example counts, 1 on average: large sets and common labels are toned down.

    A power of 0 leaves the shares as they are, 1 makes them equal.
    """
    sizes = Counter(example.source for example in found)
    by_set = [sizes[example.source] ** -set_power for example in found]
    shares: dict[str, float] = defaultdict(float)
    for example, weight in zip(found, by_set, strict=True):
        shares[example.label] += weight
    weights = [w * shares[e.label] ** -label_power for e, w in zip(found, by_set, strict=True)]
    mean = sum(weights) / len(weights)
    return [weight / mean for weight in weights]


def rating_shifts(found: Iterable[Example], labels: Sequence[str], facet: str) -> dict[str, list[float]]:
    """stars -> what they add per label: log of how much more likely the label is among these stars.

    A label that no rated example has is left as it is. The most a star can add or take is MOST_BY_RATING.
    """
    if facet == "sentiment":
        return {str(stars): [round(log(p * 3), 2) for p in row] for stars, row in SENTIMENT_BY_RATING.items()}
    counts = Counter((round(example.rating), example.label) for example in found if example.rating)
    rated = Counter(label for (_, label), count in counts.items() for _ in range(count))
    shifts = {}
    for stars in range(1, 6):
        total = sum(counts[stars, label] for label in rated)
        shifts[str(stars)] = [
            _bounded(log(((counts[stars, label] + 1) / (rated[label] + 5)) / (total / rated.total())))
            if rated[label]
            else 0.0
            for label in labels
        ]
    return shifts


def _bounded(shift: float) -> float:
    """Stars weigh in; they don't outweigh whatever is said."""
    return round(max(-MOST_BY_RATING, min(MOST_BY_RATING, shift)), 2)


def head_of(fitted: Fit, rating: dict[str, list[float]], sharpness: float) -> str:
    """All of the model but the weights, as JSON."""
    head = {
        "labels": fitted.labels,
        "bias": [round(value, 3) for value in fitted.bias],
        "scale": SCALE,
        "sharpness": sharpness,
        "rating": rating,
    }
    return json.dumps(head) + "\n"


def weights_of(fitted: Fit) -> str:
    """The weights, a feature a line, so that a new training shows as a diff."""
    rounded = {f: [round(w * SCALE) for w in weights] for f, weights in fitted.weights.items()}
    return "".join(f"{f}\t{' '.join(map(str, row))}\n" for f, row in sorted(rounded.items()) if any(row))


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code; says what is missing on standard error."""
    if not arguments or not Path(arguments[0]).is_dir():
        print(
            "usage: python -m training.train <folder of the labelled sets> [sentiment|category]",
            file=sys.stderr,
        )
        if arguments:
            print(f"there is no folder {arguments[0]}", file=sys.stderr)
        return 2
    for facet in arguments[1:] or RECIPES:
        try:
            found = examples(Path(arguments[0]), facet)
        except FileNotFoundError as missing:
            print(missing, file=sys.stderr)
            return 2
        fitted = train(found, RECIPES[facet])
        head = head_of(fitted, rating_shifts(found, fitted.labels, facet), sharpness=1.0)
        weights = weights_of(fitted)
        (MODELS / f"{facet}.json").write_text(head, encoding="utf-8")
        (MODELS / f"{facet}.tsv").write_text(weights, encoding="utf-8")
        size = len((head + weights).encode()) / 1000
        print(f"{facet}: {len(found)} texts, {len(fitted.weights)} features, {size:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
