"""Language by script, common words, letters and endings; what the provider says breaks the tie."""

from __future__ import annotations

from plugins.classifiers.models.wording import language_of, wording
from triggeriq import Feedback, Verdict, hookimpl

__version__ = "1"


@hookimpl(trylast=True)
def classify(feedback: Feedback) -> Verdict | None:
    """An ISO 639-1 code, or None where neither the text nor the provider tells it."""
    found = language_of(wording(feedback), feedback.language)
    if found is None:
        return None
    code, confidence, evidence = found
    return Verdict(facet="language", label=code, confidence=confidence, evidence=evidence)
