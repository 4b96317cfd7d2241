"""How often the shipped models are right, on texts that they have not seen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from training.corpus import CATEGORY, SENTIMENT, Example
from training.measure import ask, quality, unseen

ROOT = Path(__file__).parents[4]
SAMPLE = ROOT / "tests" / "data" / "labelled"
LABELLED_SETS = ROOT.parent / "shared" / "data"

FLOORS = {"sentiment": 0.60, "category": 0.50}
"""Macro-F1 on the sample; chance is 0.33 and 0.2."""

WIDER_FLOORS = {
    "sentiment/vader_tweets": 0.60,
    "sentiment/vader_amazon": 0.55,
    "sentiment/uci_sentences": 0.75,
    "sentiment/airline_support_tweets": 0.55,
    "sentiment/s2_app_reviews_privacy": 0.65,
    "category/maalej_app_reviews": 0.48,
    "category/htp_play_reviews": 0.55,
    "category/pan_app_reviews": 0.40,
    "category/nlbse24_issues": 0.38,
}
"""Macro-F1 on whole sets, without the rating; a little under what docs/classifiers.md reports."""


def sample(facet: str) -> list[Example]:
    rows = map(json.loads, (SAMPLE / f"{facet}.jsonl").read_text(encoding="utf-8").split("\n")[:-1])
    return [Example(row["id"], row["set"], row["text"], row["label"]) for row in rows]


@pytest.mark.parametrize("facet", FLOORS)
def test_the_sample_is_of_texts_that_no_model_was_trained_on(facet):
    assert all(example.held_out for example in sample(facet))


@pytest.mark.parametrize("facet", FLOORS)
def test_the_sample_is_of_sets_that_may_be_passed_on(facet):
    table = {**SENTIMENT, **CATEGORY}
    assert all(table[example.source] for example in sample(facet))


@pytest.mark.parametrize(("facet", "floor"), FLOORS.items(), ids=FLOORS)
def test_the_models_are_clearly_better_than_chance(facet, floor):
    measured = quality(ask(facet, sample(facet), with_rating=False))
    assert measured.texts == 240
    assert measured.macro_f1 > floor
    assert measured.accuracy > measured.majority + 0.2


@pytest.mark.parametrize("facet", FLOORS)
def test_the_confident_verdicts_are_the_better_ones(facet):
    answers = ask(facet, sample(facet), with_rating=False)
    sure = quality([answer for answer in answers if answer[2] >= 0.7])
    unsure = quality([answer for answer in answers if answer[2] < 0.5])
    assert sure.accuracy > unsure.accuracy + 0.2


@pytest.mark.parametrize(("name", "floor"), WIDER_FLOORS.items(), ids=WIDER_FLOORS)
def test_the_models_hold_on_the_wider_sets(name, floor):
    if not LABELLED_SETS.is_dir():
        pytest.skip(f"the labelled sets are not beside the repository ({LABELLED_SETS.name} in its parent)")
    facet = (
        "category"
        if (name in CATEGORY and name not in SENTIMENT) or name.startswith("category")
        else "sentiment"
    )
    assert quality(ask(facet, unseen(LABELLED_SETS, facet, name), with_rating=False)).macro_f1 > floor
