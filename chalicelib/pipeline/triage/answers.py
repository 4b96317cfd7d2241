"""Checks and cleans what plugins answer: the types in the contract are only promises, and plugins may break
them."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar, get_args

from chalicelib.domain.intake.feedback import LINE_LIMIT, clean_json, clean_line, clean_text
from chalicelib.domain.tickets.ticket import CategoryLabel, PriorityLabel, SentimentLabel
from triggeriq import JSON, Draft, Review, Verdict

T = TypeVar("T")

LABELS = {
    "category": frozenset(get_args(CategoryLabel)),
    "sentiment": frozenset(get_args(SentimentLabel)),
    "priority": frozenset(get_args(PriorityLabel)),
}
FACTS_LIMIT = 50_000
"""Characters of what one plugin extracts, as JSON."""
LIST_LIMIT = 100
"""Words, reasons and tags of one answer; those beyond are left out."""


class PluginAnswer(NamedTuple):
    """What one plugin answered to a hook."""

    by: str
    """"plugin/version", as it is written in the audit trail."""
    value: Any
    failure: str = ""
    """Why there is no answer; "" where there is one."""


class NoAnswer(Exception):
    """A plugin returned what the hook does not allow; the message says what that is."""


def several(value: Any) -> list[Any]:
    """One answer or several, as a list."""
    many = isinstance(value, Iterable) and not isinstance(value, (str, bytes, Verdict))
    return list(value) if many else [value]


def read(reader: Callable[[Any], T], value: Any) -> T:
    """The answer, checked and cleaned by `reader`. Raises NoAnswer, whatever is wrong with the answer."""
    try:
        return reader(value)
    except NoAnswer:
        raise
    except Exception as error:
        raise NoAnswer(f"returned something that raises {type(error).__name__}") from error


def verdict(value: Any) -> Verdict:
    _expect(value, Verdict)
    facet, label = _name(value.facet, "facet"), _name(value.label, "label")
    if label not in LABELS.get(facet, (label,)):
        raise NoAnswer(f"{label[:100]!r} is no {facet}")
    return Verdict(
        facet=facet,
        label=label,
        confidence=min(1.0, max(0.0, _number(value.confidence, "confidence"))),
        score=None if value.score is None else _number(value.score, "score"),
        evidence=_texts(value.evidence, "evidence"),
        reasons=_texts(value.reasons, "reasons"),
    )


def facts(value: Any) -> dict[str, JSON]:
    _expect(value, Mapping)
    found = {clean_text(str(name))[:LINE_LIMIT]: clean_json(fact) for name, fact in value.items()}
    if len(json.dumps(found)) > FACTS_LIMIT:
        raise NoAnswer(f"returned more than {FACTS_LIMIT} characters of facts")
    return found


def draft(value: Any) -> Draft:
    _expect(value, Draft)
    return Draft(
        title=None if value.title is None else clean_line(_text(value.title, "title")),
        description=None
        if value.description is None
        else clean_text(_text(value.description, "description")),
        tags=None if value.tags is None else _texts(value.tags, "tags"),
    )


def review(value: Any) -> Review:
    _expect(value, Review)
    return Review(needs_review=bool(value.needs_review), reasons=_texts(value.reasons, "reasons"))


def _expect(value: Any, wanted: type) -> None:
    if not isinstance(value, wanted):
        raise NoAnswer(f"returned {type(value).__name__}, not a {wanted.__name__}")


def _text(value: Any, field: str) -> str:
    if not isinstance(value, str):
        raise NoAnswer(f"returned a {field} that is {type(value).__name__}, not text")
    return value


def _name(value: Any, field: str) -> str:
    name = clean_text(_text(value, field)).strip()[:LINE_LIMIT]
    if not name:
        raise NoAnswer(f"returned an empty {field}")
    return name


def _texts(value: Any, field: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise NoAnswer(f"returned {field} that are {type(value).__name__}, not a tuple of texts")
    return tuple(clean_text(_text(one, field))[:LINE_LIMIT] for one in value[:LIST_LIMIT])


def _number(value: Any, field: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise NoAnswer(f"returned a {field} that is no number")
    return float(value)
