# ruff: noqa: T201 -- a script talks to whoever started it
"""Measure the shipped classifiers: `python -m training.measure <folder of the labelled sets> [--across]`.

Prints a table per facet: sets that shaped the model by their held-out part, others whole; then how
often a verdict was right by its confidence. `--across` trains again without each set and measures on
all of it: how the method does on a trade it has not seen (a minute or two).
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from plugins.classifiers import category, sentiment
from plugins.classifiers.models.linear import LinearModel
from training import corpus
from training.corpus import Example
from training.train import RECIPES, examples, row, train
from triggeriq import Feedback

Answers = list[tuple[str, str, float]]
"""(truth, verdict, confidence) per text."""

CLASSIFY = {"sentiment": sentiment.classify, "category": category.classify}
TABLES = {"sentiment": corpus.SENTIMENT, "category": corpus.CATEGORY}


@dataclass(frozen=True, slots=True)
class Quality:
    """accuracy, majority (that of always saying the commonest label) and macro_f1, each 0 to 1.

    macro_f1: the mean over the labels that occur as truth.
    """

    texts: int
    accuracy: float
    majority: float
    macro_f1: float
    by_label: dict[str, float]


def quality(answers: Answers) -> Quality:
    """The figures of some answers; at least one."""
    truths = Counter(truth for truth, _, _ in answers)
    said = Counter(verdict for _, verdict, _ in answers)
    right = Counter(truth for truth, verdict, _ in answers if truth == verdict)
    by_label = {label: 2 * right[label] / (truths[label] + said[label]) for label in sorted(truths)}
    return Quality(
        texts=len(answers),
        accuracy=right.total() / len(answers),
        majority=max(truths.values()) / len(answers),
        macro_f1=sum(by_label.values()) / len(by_label),
        by_label=by_label,
    )


def unseen(folder: Path, facet: str, name: str) -> list[Example]:
    """What of a set the shipped model has not seen: all of it, or the held-out part."""
    licence = TABLES[facet][name]
    return [e for e in corpus.read(folder, facet, name) if licence is None or e.held_out]


def ask(facet: str, found: Sequence[Example], with_rating: bool) -> Answers:
    """What the plugin says of each text, given the rating or not."""
    answers: Answers = []
    for example in found:
        rating = example.rating if with_rating else None
        verdict = CLASSIFY[facet](Feedback(external_id=example.id, text=example.text, rating=rating))
        answers.append((example.label, verdict.label, verdict.confidence))
    return answers


def across(folder: Path, facet: str) -> None:
    """Train without a set, measure on the whole of it, for each set that a model may be trained on."""
    found = examples(folder, facet)
    for name, licence in TABLES[facet].items():
        if licence is None:
            continue
        without = train([e for e in found if e.source != name], RECIPES[facet])
        model = LinearModel(
            {
                "labels": without.labels,
                "bias": without.bias,
                "scale": 1.0,
                "sharpness": 1.0,
                "rating": {},
            },
            without.weights,
        )
        answers: Answers = []
        for example in corpus.read(folder, facet, name):
            answer = model.answer(dict.fromkeys(row(example), ""), None)
            answers.append((example.label, answer.label, answer.probabilities[answer.label]))
        print(line(name, quality(answers)))


def line(name: str, measured: Quality) -> str:
    """One row of a Markdown table."""
    labels = ", ".join(f"{label} {value:.2f}" for label, value in measured.by_label.items())
    return (
        f"| {name} | {measured.texts} | {measured.macro_f1:.3f} | {measured.accuracy:.3f} "
        f"| {measured.majority:.3f} | {labels} |"
    )


def confusion(answers: Answers) -> str:
    """Truth down, verdict across."""
    labels = sorted({label for truth, verdict, _ in answers for label in (truth, verdict)})
    counts = Counter((truth, verdict) for truth, verdict, _ in answers)
    head = f"{'':>16}" + "".join(f"{label[:15]:>16}" for label in labels)
    rows = (f"{t[:15]:>16}" + "".join(f"{counts[t, v]:>16}" for v in labels) for t in labels)
    return "\n".join((head, *rows))


def by_confidence(answers: Answers) -> str:
    """The share of right answers by tenths of confidence."""
    rows = []
    for low in range(0, 100, 10):
        bucket = [
            truth == verdict for truth, verdict, sure in answers if low <= min(sure * 100, 99.9) < low + 10
        ]
        if bucket:
            rows.append(
                f"| {low / 100:.1f} to {low / 100 + 0.1:.1f} | {len(bucket)} "
                f"| {sum(bucket) / len(bucket):.2f} |"
            )
    return "\n".join(("| confidence | texts | right |", "| --- | --- | --- |", *rows))


def report(folder: Path, facet: str, show: Callable[[str], None]) -> None:
    """The whole measure of a facet."""
    everything: Answers = []
    show(
        f"\n## {facet}\n\n| set | texts | macro-F1 | accuracy | majority | F1 by label |\n"
        "| --- | --- | --- | --- | --- | --- |"
    )
    for name in TABLES[facet]:
        found = unseen(folder, facet, name)
        for with_rating in (False, True) if any(example.rating for example in found) else (False,):
            answers = ask(facet, found, with_rating)
            show(line(name + (" with rating" if with_rating else ""), quality(answers)))
        everything += ask(facet, found, with_rating=False)
    show("\n" + by_confidence(everything) + "\n\n" + confusion(everything))


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code; says what is missing on standard error."""
    folders = [Path(argument) for argument in arguments if not argument.startswith("-")]
    if len(folders) != 1 or not folders[0].is_dir():
        print("usage: python -m training.measure <folder of the labelled sets> [--across]", file=sys.stderr)
        return 2
    for facet in TABLES:
        try:
            if "--across" in arguments:
                print(f"\n## {facet}, trained without the set")
                across(folders[0], facet)
            else:
                report(folders[0], facet, print)
        except FileNotFoundError as missing:
            print(missing, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
