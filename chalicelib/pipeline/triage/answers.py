"""Checks and cleans what plugins answer: the types in the contract are only promises, and plugins may break
them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar, get_args

from chalicelib.domain.intake.feedback import LINE_LIMIT, clean_line, clean_text
from chalicelib.domain.tickets.facets import FACET_LABEL_LIMIT, FACET_NAME
from chalicelib.domain.tickets.ticket import CategoryLabel, PriorityLabel, SentimentLabel
from triggeriq import JSON, Draft, Review, Verdict

T = TypeVar("T")

LABELS = {
    "category": frozenset(get_args(CategoryLabel)),
    "sentiment": frozenset(get_args(SentimentLabel)),
    "priority": frozenset(get_args(PriorityLabel)),
}
OURS = frozenset((*LABELS, "language"))
"""Facets that a ticket has a field for; any other is a plugin's own."""
FACTS_LIMIT = 50_000
"""Characters of what one plugin extracts, as JSON."""
FACTS_DEPTH = 20
"""Levels of nesting in it."""
LARGEST = 1e308
"""Numbers beyond it are infinite to most of those who read a ticket's JSON."""
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
    if facet not in OURS:
        _check_own(facet, label)
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


def _check_own(facet: str, label: str) -> None:
    """A facet of a plugin's own is asked for by its name and its label, which are therefore never cut."""
    if not re.fullmatch(FACET_NAME, facet):
        raise NoAnswer(f"the facet {facet[:100]!r} has a name that does not match {FACET_NAME}")
    if clean_line(label) != label or len(label) > FACET_LABEL_LIMIT:
        raise NoAnswer(f"the label of {facet} is no line of {FACET_LABEL_LIMIT} characters at most")


def facts(value: Any) -> dict[str, JSON]:
    """Facts by name, each of them JSON. One that is not refuses them all: what Python would show of it, such
    as Decimal('9.90'), is nothing for a ticket."""
    _expect(value, Mapping)
    found: dict[str, JSON] = _Facts().read(value, "", FACTS_DEPTH)
    if len(json.dumps(found)) > FACTS_LIMIT:
        raise NoAnswer(_TOO_LONG)
    return found


_TOO_LONG = f"returned more than {FACTS_LIMIT:,} characters of facts"


class _Facts:
    """Reads facts and cleans them. It counts as it goes: few lists that hold each other may have no end."""

    def __init__(self) -> None:
        self._room = FACTS_LIMIT

    def read(self, value: Any, path: str, depth: int) -> Any:
        """path: where `value` is, for whoever wrote the plugin. depth: the levels that may lie below."""
        self._room -= 1
        if self._room < 0:
            raise NoAnswer(_TOO_LONG)
        if isinstance(value, str):
            return clean_text(value)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            if not -LARGEST < value < LARGEST:  # nor is NaN
                raise NoAnswer(f"returned a number for {path[:LINE_LIMIT]} that JSON does not have")
            return float(value) if isinstance(value, float) else int(value)
        if not isinstance(value, list | tuple | Mapping):
            raise NoAnswer(f"returned {type(value).__name__} for {path[:LINE_LIMIT]}, which is no JSON")
        if not depth:
            raise NoAnswer(f"returned {path[:LINE_LIMIT]} nested deeper than {FACTS_DEPTH} levels")
        if isinstance(value, Mapping):
            return {
                _name(name, "name of a fact"): self.read(one, f"{path}.{name}".lstrip("."), depth - 1)
                for name, one in value.items()
            }
        return [self.read(one, f"{path}[{place}]", depth - 1) for place, one in enumerate(value)]


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
