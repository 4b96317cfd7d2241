"""The labelled sets: which may shape a shipped model, which may only measure one, and the split."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

SENTIMENT = {
    "sentiment/vader_tweets": "MIT",
    "sentiment/vader_amazon": "MIT",
    "sentiment/vader_movie": "MIT",
    "sentiment/vader_nyt": "MIT",
    "sentiment/uci_sentences": "CC BY 4.0",
    "sentiment/app_feature_sentences": "CC0",
    "category/maalej_app_reviews": "CC0",
    "category/ijcnlp2017_en": "Apache-2.0",
    "category/ijcnlp2017_es": "Apache-2.0",
    "category/ijcnlp2017_fr": "Apache-2.0",
    "category/ijcnlp2017_ja": "Apache-2.0",
    "sentiment/airline_support_tweets": None,
    "sentiment/s2_app_reviews_privacy": None,
}
"""The sets with a sentiment, and the licence; None: measured with, never trained on."""

CATEGORY = {
    "category/maalej_app_reviews": "CC0",
    "category/ijcnlp2017_en": "Apache-2.0",
    "category/ijcnlp2017_es": "Apache-2.0",
    "category/ijcnlp2017_fr": "Apache-2.0",
    "category/ijcnlp2017_ja": "Apache-2.0",
    "support/banking77": "CC BY 4.0",
    "category/htp_play_reviews": None,
    "category/pan_app_reviews": None,
    "category/nlbse24_issues": None,
}
"""The same for the category."""

CATEGORY_BY_SENTIMENT = {
    "sentiment/uci_sentences": {"positive": "praise", "negative": "complaint"},
    "sentiment/vader_amazon": {"positive": "praise", "negative": "complaint", "neutral": "other"},
    "sentiment/vader_nyt": {"neutral": "other"},
}
"""Sets without a category that still teach one. Approximate: used for training only, never to measure."""

HELD_OUT = 0.2
"""The share of each set that no shipped model has seen."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text with its true label. language: ISO 639-1 where the set names it."""

    id: str
    source: str
    text: str
    label: str
    language: str | None = None
    rating: float | None = None

    @property
    def held_out(self) -> bool:
        """By a hash of the folded text, so that a repeat never stands on both sides."""
        folded = " ".join(self.text.lower().split())
        return hashlib.sha256(folded.encode()).digest()[0] < 256 * HELD_OUT


def read(folder: Path, facet: str, name: str) -> Iterator[Example]:
    """The examples of one set that have a label for `facet` ("sentiment", "category").

    Raises FileNotFoundError, naming the file, where the set isn't there.
    """
    for row in _rows(folder / name):
        label = _sentiment(row) if facet == "sentiment" else row.get("category")
        if label is not None:
            text = "\n".join(filter(None, (row.get("title"), row["text"])))
            yield Example(row["id"], name, text, label, row.get("lang"), row.get("stars"))


def read_by_sentiment(folder: Path, name: str) -> Iterator[Example]:
    """The examples of one of CATEGORY_BY_SENTIMENT; what ends as a question is left out."""
    for example in read(folder, "sentiment", name):
        label = CATEGORY_BY_SENTIMENT[name].get(example.label)
        if label is not None and not example.text.rstrip().endswith("?"):
            yield replace(example, label=label)


def _rows(stem: Path) -> Iterator[dict[str, Any]]:
    plain, packed = stem.with_name(stem.name + ".jsonl"), stem.with_name(stem.name + ".jsonl.gz")
    if not plain.exists() and not packed.exists():
        raise FileNotFoundError(f"no {plain.name} or {packed.name} in {stem.parent}")
    with plain.open("rb") if plain.exists() else gzip.open(packed, "rb") as lines:
        for line in lines:
            yield json.loads(line)


def _sentiment(row: Mapping[str, Any]) -> str | None:
    """The sentiment of a row; of a set without one, that of its category where it implies one."""
    if "category" not in row:
        return str(row["label"])
    if row["category_mapping"] == "via_stars":
        return {1: "negative", 2: "negative", 3: "neutral", 4: "positive", 5: "positive"}[row["stars"]]
    return {"complaint": "negative", "praise": "positive", "bug_report": "negative"}.get(
        row["category"] or ""
    )
