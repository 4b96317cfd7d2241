"""What an event shows to whoever sets up what will receive it: every field with a value of its form, and
nothing of anybody in it.

Only what is known to say nothing of a person is kept: the fields of KEPT, where their values look as such
values do. In the place of every other text stands a mark of its form. So nothing is left either of what is
meant to attack whoever shows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

TEXT = "(redacted)"
UUID = "00000000-0000-0000-0000-000000000000"
MARKS = (
    (re.compile(r"[^@\s]+@[^@\s]+"), "person@example.com"),
    (re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}://\S*"), "https://example.com/"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "2000-01-01"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d\S{0,20}"), "2000-01-01T00:00:00Z"),
    (re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE), UUID),
    (re.compile(r"-?\d{1,9}\.\d{1,4}"), "0.00"),
    (re.compile(r"-?\d{1,5}"), "0"),
    (re.compile(r"[+(]{0,2}\d[\d ()/.-]{4,30}"), "+00 000 0000000"),
)
"""Forms of a whole text, with what stands for each. The first that fits counts; TEXT stands for the rest."""
FORM_LIMIT = 2_000
"""Characters of a text up to which its form is looked at."""

_EVENT = ("specversion", "id", "source", "type", "time", "datacontenttype")
_OURS = (*_EVENT, "subject")
_TICKET = (
    "id", "source", "connection", "version", "kind", "language", "rating", "status", "needs_review",
    "customer_id", "created_at", "received_at", "updated_at", "feedback_count", "merged_into", "answered_at",
    "changed", "category.label", "category.confidence", "sentiment.label", "sentiment.score",
    "sentiment.confidence", "priority.label",
)  # fmt: skip


def _fields(members: Iterable[str], data: Iterable[str]) -> frozenset[str]:
    return frozenset((*members, *(f"data.{name}" for name in data)))


KEPT: Mapping[str, frozenset[str]] = {
    "ticket": _fields(_OURS, _TICKET),
    "release": _fields(_EVENT, ("version", "at", "source", "connection")),
    "source": _fields(_OURS, ("source", "connection", "last_at", "usual")),
    "file": _fields(_OURS, ("import", "source", "connection", "size")),
    "plugin": _fields(_OURS, ("plugin", "hook", "failures", "failed_at")),
    "dlq": _fields(_OURS, ("queue", "count", "oldest_at")),
    "endpoint": _fields(
        _OURS, ("subscription", "status", "reason", "failing_since", "days", "attempts", "delivery")
    ),
    "subscription": _fields(_OURS, ("subscription",)),
}
"""By the beginning of a type, the fields that say nothing of a person, with dots between names. Of what
others post nobody knows any but the members of a CloudEvent."""

_PLAIN = re.compile(r"(?!.*//)[A-Za-z0-9][A-Za-z0-9_.:/+-]{0,199}", re.ASCII)
"""What a text looks like that is kept: one word, no address of a person or a page."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}", re.ASCII)
DEPTH_LIMIT = 20
"""Levels that are shown; what lies deeper is left out."""
ITEMS_LIMIT = 50
"""Items of a list, and fields of an object, that are shown."""


def redacted(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a CloudEvent with nothing of anybody in them."""
    kept = KEPT.get(str(members["type"]).partition(".")[0], frozenset(_EVENT))
    shown: dict[str, Any] = _redacted(members, kept, "", DEPTH_LIMIT)
    return shown


def _redacted(value: Any, kept: frozenset[str], path: str, depth: int) -> Any:
    if isinstance(value, Mapping):
        first = islice(value.items(), ITEMS_LIMIT if depth else 0)
        named = {_name(name, place): one for place, (name, one) in enumerate(first, 1)}
        within = f"{path}." if path else ""
        return {name: _redacted(one, kept, within + name, depth - 1) for name, one in named.items()}
    if isinstance(value, list):
        return [_redacted(one, kept, path, depth - 1) for one in value[: ITEMS_LIMIT if depth else 0]]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value if path in kept and _PLAIN.fullmatch(value) else _mark(value)
    return value if path in kept else type(value)(0)


def _name(name: str, place: int) -> str:
    return name if _NAME.fullmatch(name) else f"field_{place}"


def _mark(text: str) -> str:
    if not text:
        return ""
    looked_at = text if len(text) <= FORM_LIMIT else ""
    return next((mark for form, mark in MARKS if form.fullmatch(looked_at)), TEXT)
