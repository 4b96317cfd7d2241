"""Examples of what is said, and of what a classifier should answer.

A folder of golden examples has a file for each:

    refund.json     {"feedback": {"text": "…", "rating": 1}, "classify": {"category": "complaint"}}

`feedback` has the fields of `Feedback`. Beside it stand the answers that are expected, by hook: of
`classify` labels by facet (null: it should have no opinion on that), of `extract` facts by name, of
`prioritise` the label, of `draft` and `review` their fields. Where it matters there are `source`,
`connection`, and `verdicts`: labels by facet that former stages gave.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from triggeriq import App, Author, Draft, Feedback, Review, Verdict
from triggeriq.testing.answers import HOOKS, verdicts_of
from triggeriq.testing.private import faults_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Something that was said."""

    name: str
    feedback: Feedback
    expect: Mapping[str, Any]
    """The expected answers by hook, see above."""
    source: str = "generic_json"
    connection: str = "default"
    verdicts: Mapping[str, str] = field(default_factory=dict)

    def arguments(self) -> dict[str, Any]:
        """Whatever a hook may ask for."""
        title = self.feedback.title or self.feedback.text[:80] or "Nothing was said"
        return {
            "feedback": self.feedback,
            "verdicts": {facet: Verdict(facet=facet, label=label) for facet, label in self.verdicts.items()},
            "rules": (),
            "draft": Draft(title=title, description=self.feedback.text, tags=()),
            "source": self.source,
            "connection": self.connection,
        }


def load(folder: str | Path) -> tuple[Example, ...]:
    """The golden examples of a folder, by name. Raises ValueError where there is none, and for one that can't
    be read or holds what is private, naming it."""
    files = sorted(Path(folder).glob("*.json"))
    if not files:
        raise ValueError(f"there is no golden example (*.json) in {folder}")
    return tuple(map(_load, files))


def _load(file: Path) -> Example:
    try:
        text = file.read_text(encoding="utf-8")
        if faults := faults_of(text):
            raise ValueError("it must not hold what is private: " + "; ".join(faults))
        said = json.loads(text)
        expect = {hook: said[hook] for hook in HOOKS if hook in said}
        if not expect:
            raise ValueError(f"it expects nothing of {', '.join(HOOKS)}")
        told = {name: said[name] for name in ("source", "connection", "verdicts") if name in said}
        return Example(name=file.stem, feedback=_feedback(said["feedback"]), expect=expect, **told)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"the golden example {file}: {type(error).__name__} {error}") from error


def _feedback(said: Mapping[str, Any]) -> Feedback:
    fields = {"external_id": "1", **said}
    for name, read in (
        ("author", lambda value: Author(**value)),
        ("app", lambda value: App(**value)),
        ("created_at", datetime.fromisoformat),
        ("threads", tuple),
    ):
        if name in fields:
            fields[name] = read(fields[name])
    return Feedback(**fields)


def fault_of(hook: str, answer: Any, expected: Any) -> str:
    """How an answer differs from what is expected; "" where it does not."""
    found: Any
    if hook == "classify":
        labels = {verdict.facet: verdict.label for verdict in verdicts_of(answer)}
        found = {facet: labels.get(facet) for facet in expected}
    elif hook == "prioritise":
        found = None if answer is None else answer.label
    elif hook == "extract":
        found = {name: (answer or {}).get(name) for name in expected}
    elif isinstance(answer, Draft | Review):
        found = {name: _plain(getattr(answer, name)) for name in expected}
    else:
        found = answer
    return "" if found == expected else f"{hook} answers {found!r}, not {expected!r}"


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
