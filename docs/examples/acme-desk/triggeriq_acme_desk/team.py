"""The facet `team`: which of Acme's teams a feedback concerns."""

from __future__ import annotations

import re

from triggeriq import Feedback, Verdict

LIMIT = 20_000
"""Characters that are read of a text."""

_WORDS = {
    "billing": ("refund", "invoice", "charged", "receipt"),
    "login": ("password", "log in", "sign in", "two-factor"),
}
_PATTERNS = {
    team: re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b", re.IGNORECASE)
    for team, words in _WORDS.items()
}


def team_of(feedback: Feedback) -> Verdict | None:
    """The team of whose words there are most; None, which is no opinion, where there are none."""
    said = f"{feedback.title or ''}\n{feedback.text}"[:LIMIT]
    found = {team: pattern.findall(said) for team, pattern in _PATTERNS.items()}
    team = max(found, key=lambda each: len(found[each]))
    if not found[team]:
        return None
    evidence = tuple(dict.fromkeys(word.lower() for word in found[team]))
    return Verdict(facet="team", label=team, confidence=0.9, evidence=evidence[:5])
