# ruff: noqa: T201 -- a script talks to whoever started it
"""Choose the labelled sample of the tests: `python -m training.sample <folder of the labelled sets>`.

Writes `tests/data/labelled/{sentiment,category}.jsonl`: held-out texts (no model has seen them) of sets
whose licence allows passing them on, an equal number for each label, the same on every run.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from training import corpus
from training.corpus import Example

SAMPLE = Path(__file__).parent.parent / "tests" / "data" / "labelled"
PER_LABEL = {"sentiment": 80, "category": 40}
LONGEST = 600
SETS = {
    "sentiment": (
        "sentiment/vader_tweets",
        "sentiment/vader_amazon",
        "sentiment/uci_sentences",
        "category/maalej_app_reviews",
    ),
    "category": ("category/maalej_app_reviews", "category/ijcnlp2017_en", "support/banking77"),
}


def choose(folder: Path, facet: str) -> list[Example]:
    """The sample of a facet, by a hash of the ids."""
    by_label: dict[str, list[Example]] = defaultdict(list)
    for name in SETS[facet]:
        for example in corpus.read(folder, facet, name):
            if example.held_out and len(example.text) <= LONGEST:
                by_label[example.label].append(example)
    return [
        example
        for label in sorted(by_label)
        for example in sorted(by_label[label], key=_draw)[: PER_LABEL[facet]]
    ]


def _draw(example: Example) -> str:
    return hashlib.sha256(example.id.encode()).hexdigest()


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code; says what is missing on standard error."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print("usage: python -m training.sample <folder of the labelled sets>", file=sys.stderr)
        return 2
    SAMPLE.mkdir(parents=True, exist_ok=True)
    for facet in SETS:
        chosen = choose(Path(arguments[0]), facet)
        lines = (
            json.dumps({"id": e.id, "set": e.source, "text": e.text, "label": e.label}, ensure_ascii=False)
            for e in chosen
        )
        (SAMPLE / f"{facet}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{facet}: {len(chosen)} texts")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
