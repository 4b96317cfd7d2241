"""What a classifier may answer to each hook: the core refuses anything else, or cuts it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, get_args

from triggeriq import Draft, Review, Verdict
from triggeriq.values import PriorityLabel

LABELS: Mapping[str, tuple[str, ...]] = {
    "category": ("bug_report", "feature_request", "complaint", "praise", "question", "spam", "other"),
    "sentiment": ("negative", "neutral", "positive"),
    "priority": get_args(PriorityLabel),
}
"""The labels of the facets that every ticket has."""
FACET = r"[A-Za-z0-9_.-]{1,50}"
"""What a facet of one's own may be called."""
LABEL_LENGTH = 100
"""Characters of a label of such a facet."""
FACTS_LENGTH = 50_000
"""Characters of what one plugin extracts, as JSON."""
_LANGUAGE = "[a-z]{2,3}"


def check(hook: str, answer: Any) -> None:
    """Assert that it is one that the hook takes; None always is."""
    if answer is not None:
        _CHECKS[hook](answer)


def verdicts_of(answer: Any) -> list[Verdict]:
    """What `classify` answered, as a list."""
    if answer is None:
        return []
    return [answer] if isinstance(answer, Verdict) else list(answer)


def _classified(answer: Any) -> None:
    assert isinstance(answer, (Verdict, Iterable)), answer
    found = verdicts_of(answer)
    for verdict in found:
        _verdict(verdict)
    facets = [verdict.facet for verdict in found]
    assert len(set(facets)) == len(facets), f"it has two opinions on one facet: {facets}"
    assert "priority" not in facets, "a priority is for the hook prioritise"


def _verdict(verdict: Any) -> None:
    assert isinstance(verdict, Verdict), verdict
    assert re.fullmatch(FACET, verdict.facet), verdict
    assert isinstance(verdict.label, str), verdict
    if verdict.facet in LABELS:
        assert verdict.label in LABELS[verdict.facet], verdict
    elif verdict.facet == "language":
        assert re.fullmatch(_LANGUAGE, verdict.label), verdict
    else:
        assert 0 < len(verdict.label.strip()) <= LABEL_LENGTH, verdict
        assert verdict.label.isprintable(), verdict
    assert _is_within(verdict.confidence, 0, 1), verdict
    assert verdict.score is None or _is_within(verdict.score, -1, 1), verdict
    _texts(verdict.evidence)
    _texts(verdict.reasons)


def _prioritised(answer: Any) -> None:
    _verdict(answer)
    assert answer.facet == "priority", answer
    assert answer.reasons, "a priority always has a reason"


def _extracted(answer: Any) -> None:
    assert isinstance(answer, Mapping), answer
    assert all(isinstance(name, str) and name.strip() for name in answer), answer
    # json makes keys of whatever is no text, and infinite numbers; a ticket has neither
    assert json.loads(json.dumps(answer, allow_nan=False)) == _listed(answer), answer
    assert len(json.dumps(answer)) <= FACTS_LENGTH


def _drafted(answer: Any) -> None:
    assert isinstance(answer, Draft), answer
    assert answer.title is None or isinstance(answer.title, str), answer
    assert answer.description is None or isinstance(answer.description, str), answer
    if answer.tags is not None:
        _texts(answer.tags)


def _reviewed(answer: Any) -> None:
    assert isinstance(answer, Review), answer
    assert isinstance(answer.needs_review, bool), answer
    _texts(answer.reasons)
    assert answer.reasons or not answer.needs_review, "say why a person must look"


def _texts(value: Any) -> None:
    assert isinstance(value, (tuple, list)), value
    assert all(isinstance(text, str) for text in value), value


def _is_within(value: Any, least: float, most: float) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and math.isfinite(value)
        and least <= value <= most
    )


def _listed(value: Any) -> Any:
    """With lists in place of tuples, as JSON has them."""
    if isinstance(value, Mapping):
        return {key: _listed(one) for key, one in value.items()}
    return [_listed(one) for one in value] if isinstance(value, list | tuple) else value


_CHECKS: Mapping[str, Callable[[Any], None]] = {
    "classify": _classified,
    "extract": _extracted,
    "prioritise": _prioritised,
    "draft": _drafted,
    "review": _reviewed,
}
HOOKS = tuple(_CHECKS)
"""Those of triage."""
