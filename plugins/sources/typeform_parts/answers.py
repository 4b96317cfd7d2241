"""The answers of a form, each with its question.

https://www.typeform.com/developers/webhooks/example-payload/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from triggeriq.payload import at, name, number, text
from triggeriq.values import JSON

SCALES = ("rating", "nps", "opinion_scale")
"""Types of questions for a number on a scale; what says most of a person's mind first."""
_OPEN = ("short_text", "long_text")
"""Types of questions that people answer in their own words."""
_PLACEHOLDER = re.compile(r"\{\{[^{}]{1,100}\}\}")
_NAME = re.compile(
    r"(?:(?:what(?:'|\u2019)?s|what is|tell us|enter|type)\s+)?(?:your\s+)?(?:(?:full|first|last)\s+)?name"
)
"""A question for the name of whoever answers: "What's your first name?"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer to one question."""

    question: str
    """What was asked; "" where the form does not tell."""
    names: frozenset[str]
    """The id of the question, and its ref."""
    kind: str
    """The type of the question, such as "rating"; where none is told, that of the answer."""
    type: str
    """The type of the answer, such as "number"."""
    value: JSON
    scale: tuple[float, float] | None = None
    """The ends of its scale; None for a question without one."""

    @property
    def words(self) -> str | None:
        """What was answered in one's own words: an open answer, what was put in for "Other", or what was said
        into a camera."""
        if self.type == "text" and self.kind in (*_OPEN, "text"):
            return text(self.value)
        if self.type == "multi_format":
            return text(at(self.value, "transcript")) or text(at(self.value, "text"))
        return text(at(self.value, "other")) if self.type in ("choice", "choices") else None

    @property
    def shown(self) -> JSON:
        """The answer as people read it: a text, a number, a truth, or a list of texts. None: there is none
        that may be kept."""
        value = self.value
        if self.type == "choice":
            return name(at(value, "label")) or name(at(value, "other"))
        if self.type == "choices":
            return _labels(value)
        if self.type == "payment":  # nothing of the card
            return name(at(value, "amount"))
        if self.type == "multi_format":
            return self.words
        return value if isinstance(value, (str, int, float)) else None

    @property
    def written(self) -> str | None:
        """The answer as a text; None where it says nothing."""
        shown = self.shown
        if isinstance(shown, bool):
            return "yes" if shown else "no"
        return text(", ".join(map(str, shown)) if isinstance(shown, list) else shown)

    @property
    def asks_for_a_name(self) -> bool:
        return self.kind == "short_text" and bool(_NAME.fullmatch(self.question.casefold().strip(" ?:.*!")))

    @property
    def file(self) -> str | None:
        """The name of an uploaded file."""
        if self.type != "file_url":
            return None
        return name(unquote(_path(name(self.value) or "").rpartition("/")[2]))

    def stars(self, scale: tuple[float, float] | None) -> float | None:
        """An answer on a scale as 1 to 5 stars: 1 + 4 * (answer - low) / (high - low), to one decimal. None
        where it is no number, or not on the scale.

        scale: its ends; None: those that the form tells of the question, or its type has at first.
        """
        low, high = scale or self.scale or (1, 5)
        given = number(self.value) if self.type == "number" else None
        if given is None or not low <= given <= high or low == high:
            return None
        return round(1 + 4 * (given - low) / (high - low), 1)


def answers_of(response: JSON) -> Iterator[Answer]:
    """The answers in their order. response: the payload's `form_response`."""
    asked = _questions(at(response, "definition", "fields"))
    given = at(response, "answers")
    for answer in given if isinstance(given, list) else ():
        field, kind = at(answer, "field"), name(at(answer, "type"))
        if kind is None or not isinstance(answer, dict):
            continue
        names = [found for key in ("id", "ref") if (found := name(at(field, key)))]
        question = next((asked[one] for one in names if one in asked), field)
        more = [found for key in ("id", "ref") if (found := name(at(question, key)))]
        yield Answer(
            question=_plain(name(at(question, "title")) or ""),
            names=frozenset((*names, *more)),
            kind=(asked_as := name(at(field, "type")) or name(at(question, "type")) or kind),
            type=kind,
            value=answer.get(kind),
            scale=_scale(asked_as, at(question, "properties")),
        )


def _scale(kind: str, properties: JSON) -> tuple[float, float] | None:
    """The ends of a question's scale. Deliveries seldom tell how many steps it has: it is 1 to 5 for a
    rating, else 0 to 10, as Typeform has them at first.

    https://www.typeform.com/developers/create/reference/create-form/
    """
    if kind not in SCALES:
        return None
    steps = number(at(properties, "steps"))
    if kind == "rating" or at(properties, "start_at_one") is True:
        return 1, max(steps or (5 if kind == "rating" else 11), 1)
    return 0, max((steps or 11) - 1, 0)


def _questions(fields: JSON) -> Mapping[str, JSON]:
    """Questions by id and by ref, those within a group, too."""
    found: dict[str, JSON] = {}
    left = list(fields) if isinstance(fields, list) else []
    while left:
        field = left.pop()
        for key in ("id", "ref"):
            if one := name(at(field, key)):
                found[one] = field
        inner = at(field, "properties", "fields")
        left += inner if isinstance(inner, list) else ()
    return found


def _plain(title: str) -> str:
    """A question without what the form builder's markup adds: *bold*, _italic_, and what is filled in."""
    return " ".join(_PLACEHOLDER.sub("…", title).replace("*", "").split()).strip("_")


def _labels(value: JSON) -> list[JSON]:
    """The labels of a choice of several, which comes in two forms: {"labels": […]}, and a list of choices."""
    labels = at(value, "labels") if isinstance(value, dict) else value
    found = [
        name(at(label, "label")) if isinstance(label, dict) else name(label)
        for label in (labels if isinstance(labels, list) else ())
    ]
    return [label for label in (*found, name(at(value, "other"))) if label]


def _path(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return ""
