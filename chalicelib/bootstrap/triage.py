"""The use-cases that classify feedback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap.once import once
from chalicelib.bootstrap.outside import Outside

if TYPE_CHECKING:
    from chalicelib.pipeline.triage.preview_texts import PreviewTexts
    from chalicelib.pipeline.triage.triage import TriageFeedback


class TriageUseCases:
    """Each is made on first use."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside

    @once
    def feedback(self) -> TriageFeedback:
        """Classifies one feedback, by the stages of all plugins."""
        from chalicelib.pipeline.triage.triage import TriageFeedback

        self._outside.registry.rehearse("It crashes, and I love it.")
        return TriageFeedback(stages=self._outside.registry, configurations=self._outside.configurations)

    @once
    def preview(self) -> PreviewTexts:
        from chalicelib.pipeline.triage.preview_texts import PreviewTexts

        return PreviewTexts(triage=self.feedback)
