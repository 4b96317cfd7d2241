"""Which text of a feedback is read, and its probable language."""

from __future__ import annotations

from functools import lru_cache

from plugins.classifiers.models.languages import detect
from plugins.classifiers.models.words import LIMIT
from triggeriq import Feedback

SURE = 0.6
"""From this confidence on, the language of the text outweighs the one that the provider tells: a store may
tell the reader's country instead of the writer's language."""


def wording(feedback: Feedback) -> str:
    """Title and text as one, limited in length. A title that only repeats the start of the text counts
    once."""
    title, text = (feedback.title or "")[:LIMIT].strip(), feedback.text[:LIMIT].strip()
    if not title or text.startswith(title.rstrip(" .\u2026")):
        return text
    return f"{title}\n{text}"[:LIMIT]


@lru_cache(maxsize=8)  # several classifiers ask for the same text
def language_of(text: str, stated: str | None) -> tuple[str, float, tuple[str, ...]] | None:
    """(ISO 639-1 code, confidence 0 to 1, evidence), or None where nothing tells the language.

    stated: what the provider says, such as "pt-BR"; anything that is no language code is ignored.
    """
    shown = detect(text)
    code = (stated or "").replace("_", "-").split("-")[0].strip().lower()
    if not (2 <= len(code) <= 3 and code.isascii() and code.isalpha()):
        return shown
    if shown is None or (shown[0] != code and shown[1] < SURE):
        return code, 0.6, ()
    return (code, max(shown[1], 0.9), shown[2]) if shown[0] == code else shown


TAUGHT = frozenset(("en", "es", "fr", "ja"))
"""Languages that the models were trained on. In others only the hand-written cues help."""


def confident(
    probability: float, evidence: tuple[str, ...], language: str | None, rating: float | None
) -> float:
    """How far a model's probability can be trusted, 0 to 1: less where the model saw little of the text's
    language, and hardly where no word supports the label. A rating is evidence in every language."""
    if rating is None:
        if not evidence:
            return round(min(probability, 0.3), 3)
        if language not in TAUGHT:
            return round(min(probability * 0.8, 0.75), 3)
    return round(probability, 3)
