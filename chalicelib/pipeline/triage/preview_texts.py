"""Preview triage: what would become of these texts. Nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.domain.intake.feedback import cleaned
from chalicelib.domain.tickets.ticket import Triage
from chalicelib.pipeline.triage.triage import TriageFeedback
from triggeriq import Feedback


@dataclass(frozen=True, slots=True, kw_only=True)
class TextItem:
    """One text to be triaged."""

    text: str
    title: str | None = None
    rating: float | None = None
    """1 to 5."""
    source: str | None = None
    """Of which it is to count, for rules and plugins; None: of none."""
    connection: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewTexts:
    """The use-case; call it with texts, which need not be anybody's feedback."""

    triage: TriageFeedback

    def __call__(self, items: Sequence[TextItem]) -> tuple[Triage, ...]:
        return tuple(self.triage(_feedback(item), item.source or "", item.connection or "") for item in items)


def _feedback(item: TextItem) -> Feedback:
    return cleaned(Feedback(external_id="preview", text=item.text, title=item.title, rating=item.rating))
