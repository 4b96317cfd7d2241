"""What plugins answer is made clean, or is no answer and says why."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from enum import IntEnum
from types import MappingProxyType
from typing import Any

import pytest

from chalicelib.domain.intake.feedback import LINE_LIMIT
from chalicelib.pipeline.triage import answers
from chalicelib.pipeline.triage.answers import FACTS_LIMIT, LIST_LIMIT, NoAnswer, read, several
from triggeriq import Draft, Review, Verdict

CATEGORY = Verdict(facet="category", label="bug_report", confidence=0.7)


def verdict(**fields: Any) -> Verdict:
    return read(answers.verdict, Verdict(**{"facet": "category", "label": "bug_report", **fields}))


def said(reader: Callable[[Any], Any], value: Any) -> str:
    """Why it is no answer."""
    with pytest.raises(NoAnswer) as refused:
        read(reader, value)
    return str(refused.value)


@pytest.mark.parametrize("many", [[CATEGORY, CATEGORY], (CATEGORY, CATEGORY), iter([CATEGORY, CATEGORY])])
def test_one_answer_or_several_are_a_list(many: Any) -> None:
    assert several(many) == [CATEGORY, CATEGORY]
    assert several(CATEGORY) == [CATEGORY]


@pytest.mark.parametrize("one", ["text", b"bytes", None, 7])
def test_what_is_no_list_is_one_answer(one: Any) -> None:
    assert several(one) == [one]


def test_a_good_verdict_stays_as_it_is_but_for_who_gave_it() -> None:
    given = Verdict(
        facet="sentiment", label="negative", confidence=0.5, score=-0.25, evidence=("bad",), reasons=("why",)
    )
    assert read(answers.verdict, given) == given


@pytest.mark.parametrize(("given", "kept"), [(-3, 0.0), (0, 0.0), (1, 1.0), (7.5, 1.0), (0.25, 0.25)])
def test_confidence_is_bounded(given: float, kept: float) -> None:
    assert verdict(confidence=given).confidence == kept


@pytest.mark.parametrize("field", ["confidence", "score"])
@pytest.mark.parametrize("value", ["0.5", True, math.nan, math.inf, [1]])
def test_what_is_no_number_is_no_verdict(field: str, value: Any) -> None:
    assert said(answers.verdict, Verdict(**{"facet": "category", "label": "bug_report", field: value})) == (
        f"returned a {field} that is no number"
    )


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"label": "gossip"}, "'gossip' is no category"),
        ({"facet": "priority", "label": "asap"}, "'asap' is no priority"),
        ({"facet": " \0 "}, "returned an empty facet"),
        ({"label": ""}, "returned an empty label"),
        ({"label": None}, "returned a label that is NoneType, not text"),
        ({"facet": 7}, "returned a facet that is int, not text"),
        ({"evidence": "text"}, "returned evidence that are str, not a tuple of texts"),
        ({"reasons": (1,)}, "returned a reasons that is int, not text"),
    ],
)
def test_a_verdict_that_breaks_its_promise_says_which(fields: Mapping[str, Any], message: str) -> None:
    assert said(answers.verdict, Verdict(**{"facet": "category", "label": "bug_report", **fields})) == message


def test_a_facet_of_a_plugin_s_own_may_have_any_label() -> None:
    made = verdict(facet="urgency\0", label=" sky-high ")
    assert (made.facet, made.label) == ("urgency", "sky-high")


def test_texts_are_cleaned_cut_and_counted() -> None:
    made = verdict(evidence=["a\0b\ud800", "x" * (LINE_LIMIT + 1)], reasons=("r",) * (LIST_LIMIT + 1))
    assert made.evidence == ("ab", "x" * LINE_LIMIT)
    assert len(made.reasons) == LIST_LIMIT


@pytest.mark.parametrize(
    ("reader", "wanted"),
    [
        (answers.verdict, "Verdict"),
        (answers.facts, "Mapping"),
        (answers.draft, "Draft"),
        (answers.review, "Review"),
    ],
)
@pytest.mark.parametrize("value", [None, "text", 7, [1]])
def test_what_is_of_another_type_is_no_answer(reader: Callable[[Any], Any], wanted: str, value: Any) -> None:
    assert said(reader, value) == f"returned {type(value).__name__}, not a {wanted}"


class Level(IntEnum):
    HIGH = 3


def test_facts_are_json_made_what_a_store_keeps() -> None:
    given = {
        "a\0": "x\ud800",
        "lines": "one\vtwo",
        "number": 12,
        "level": Level.HIGH,
        "share": 0.5,
        "yes": True,
        "none": None,
        "list": (1, [{}, ()]),
        "map": MappingProxyType({"of": {"it": "self"}}),
    }
    found = read(answers.facts, given)
    assert found == {
        **{name: value for name, value in given.items() if name not in ("a\0", "lines")},
        "a": "x",
        "lines": "one\ntwo",
        "list": [1, [{}, []]],
    }
    assert json.loads(json.dumps(found)) == found
    assert type(found["level"]) is int


def nested(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"amount": Decimal("9.90")}, "returned Decimal for amount, which is no JSON"),
        (
            {"order": {"lines": [{"at": datetime(2026, 1, 1, tzinfo=UTC)}]}},
            "datetime for order.lines[0].at, which is no",
        ),
        ({"words": {"a", "b"}}, "returned set for words, which is no JSON"),
        ({"raw": b"x"}, "returned bytes for raw, which is no JSON"),
        ({"odd": object()}, "returned object for odd, which is no JSON"),
        ({"steps": iter("ab")}, "returned str_ascii_iterator for steps, which is no JSON"),
        ({"share": math.nan}, "returned a number for share that JSON does not have"),
        ({"share": [1.0, -math.inf]}, "returned a number for share[1] that JSON does not have"),
        ({"long": 10**400}, "returned a number for long that JSON does not have"),
        ({"deep": nested(20)}, "returned deep[0]"),
        ({7: "x"}, "returned a name of a fact that is int, not text"),
        ({"a": {None: 1}}, "returned a name of a fact that is NoneType, not text"),
        ({" ": "x"}, "returned an empty name of a fact"),
    ],
)
def test_what_is_no_json_is_no_fact_and_is_named(value: Any, told: str) -> None:
    assert told in said(answers.facts, value)
    assert "0x" not in said(answers.facts, value)


def test_as_deep_as_is_allowed_is_taken() -> None:
    assert read(answers.facts, {"deep": nested(answers.FACTS_DEPTH - 1)})


def test_facts_that_grow_without_end_are_no_answer() -> None:
    """A list that holds itself, and one whose every level holds the next ten times."""
    itself: list[Any] = []
    itself.append(itself)
    assert "nested deeper" in said(answers.facts, {"itself": itself})
    many: Any = "x"
    for _ in range(15):
        many = [many] * 10
    assert "characters of facts" in said(answers.facts, {"many": many})


def test_facts_without_end_are_no_answer() -> None:
    assert read(answers.facts, {"a": "x" * (FACTS_LIMIT - 20)})
    assert said(answers.facts, {"a": "x" * FACTS_LIMIT}) == (
        f"returned more than {FACTS_LIMIT:,} characters of facts"
    )


def test_a_draft_has_its_parts_or_no_opinion_on_them() -> None:
    assert read(answers.draft, Draft()) == Draft()
    assert read(answers.draft, Draft(title="a\0", description="b\0", tags=["t\0"])) == Draft(
        title="a", description="b", tags=("t",)
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (Draft(title=7), "returned a title that is int, not text"),  # type: ignore[arg-type]
        (Draft(description=b"x"), "returned a description that is bytes, not text"),  # type: ignore[arg-type]
        (Draft(tags="abc"), "returned tags that are str, not a tuple of texts"),  # type: ignore[arg-type]
    ],
)
def test_a_draft_that_breaks_its_promise_says_which(given: Draft, message: str) -> None:
    assert said(answers.draft, given) == message


def test_a_review_says_yes_or_no_and_why() -> None:
    made = read(answers.review, Review(needs_review=1, reasons=["a\0"]))  # type: ignore[arg-type]
    assert made == Review(needs_review=True, reasons=("a",))
    assert said(answers.review, Review(needs_review=True, reasons="why")) == (  # type: ignore[arg-type]
        "returned reasons that are str, not a tuple of texts"
    )


def test_an_answer_that_raises_when_it_is_read_is_none() -> None:
    class Trap(Mapping[str, Any]):
        def __getitem__(self, name: str) -> Any:
            raise RuntimeError("gone")

        def __iter__(self) -> Any:
            return iter(["a"])

        def __len__(self) -> int:
            return 1

    assert said(answers.facts, Trap()) == "returned something that raises RuntimeError"
