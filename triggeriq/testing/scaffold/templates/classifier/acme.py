"""Which team should look at a feedback, as the facet `team`.

FILL_IN: who uses this facet, and what for
"""

from __future__ import annotations

import re

from triggeriq import Feedback, Verdict, hookimpl

__version__ = "1"

LIMIT = 20_000
"""Characters that are read of a text."""

# FILL_IN: the facet's labels, each with the words that tell it
_WORDS = {
    "payments": ("refund", "invoice", "charged"),
    "delivery": ("parcel", "shipping", "courier"),
}
_PATTERNS = {
    label: re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE) for label, words in _WORDS.items()
}


@hookimpl
def classify(feedback: Feedback) -> Verdict | None:
    """The team of whose words there are most; None, which is no opinion, where there are none."""
    said = f"{feedback.title or ''}\n{feedback.text}"[:LIMIT]
    found = {label: pattern.findall(said) for label, pattern in _PATTERNS.items()}
    label = max(found, key=lambda each: len(found[each]))
    if not found[label]:
        return None
    evidence = tuple(dict.fromkeys(word.lower() for word in found[label]))
    return Verdict(facet="team", label=label, confidence=0.8, evidence=evidence[:5])
