"""Triage: the stages that tell what a feedback is about and how urgent it is. They have no side effects, but
for those of the plugins."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from chalicelib.domain.as_json import as_json
from chalicelib.domain.intake.feedback import TEXT_LIMIT
from chalicelib.domain.operations.configuration import PriorityConfiguration, TriageConfiguration
from chalicelib.domain.tickets.facets import FACETS_BYTES, FACETS_MOST
from chalicelib.domain.tickets.tags import fitting, tags_of
from chalicelib.domain.tickets.ticket import (
    STAGES,
    Category,
    Facet,
    HookFailure,
    Priority,
    Sentiment,
    StageLog,
    Triage,
)
from chalicelib.pipeline.triage import answers
from chalicelib.pipeline.triage.answers import NoAnswer, PluginAnswer
from chalicelib.ports.operations import Configurations
from triggeriq import JSON, Draft, Feedback, Verdict

T = TypeVar("T")

TITLE_LENGTH = 120


class Stages(Protocol):
    def ask(self, hook: str, **arguments: Any) -> Iterator[PluginAnswer]:
        """Each implementation's answer, those of installed plugins before ours; None (no opinion) is left
        out. An implementation that raises or overruns its time answers with its failure."""
        ...

    def failed(self, by: str, hook: str, reason: str) -> None:
        """Count an answer that the hook does not allow."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageFeedback:
    """The use-case; call it with a cleaned feedback and the names of its source and connection, "" where it
    has none. It never raises for what a plugin does."""

    stages: Stages
    configurations: Configurations

    def __call__(self, feedback: Feedback, source: str = "", connection: str = "") -> Triage:
        configured: PriorityConfiguration = self.configurations.find("priority").value
        rules = [
            # plugins get only the rules for this source, without the condition on the source
            replace(rule, source=()) if rule.source else rule
            for rule in configured.rules
            if not rule.source or source in rule.source
        ]
        limits: TriageConfiguration = self.configurations.find("triage").value
        run = _Run(self.stages, feedback=feedback, source=source, connection=connection)
        verdicts = run.verdicts("classify")
        details = run.facts(verdicts=verdicts)
        priority = run.verdicts("prioritise", verdicts=verdicts, rules=rules)
        verdicts = MappingProxyType({**verdicts, **priority})
        draft = run.draft(verdicts=verdicts)
        reviews = run.reviews(verdicts=verdicts, draft=draft)
        unanswered = [f"{one.plugin} gave no answer to {one.hook}" for one in run.failures]
        reasons = [*reviews, *_doubts(verdicts, limits), *unanswered]
        run.conclude(reasons)
        return Triage(
            category=_category(verdicts.get("category")),
            sentiment=_sentiment(verdicts.get("sentiment")),
            language=feedback.language or (verdicts["language"].label if "language" in verdicts else None),
            priority=_priority(verdicts.get("priority")),
            details=details,
            title=draft.title or "",
            description=draft.description or "",
            tags=draft.tags or (),
            needs_review=bool(reasons),
            facets=_facets(verdicts),
            verdicts=verdicts,
            draft=draft,
            failures=tuple(run.failures),
            logs=run.logs(),
        )


class _Run:
    """The stages of one feedback, and what each leaves in the audit trail: one row a stage. told: what every
    hook is told."""

    def __init__(self, stages: Stages, **told: Any) -> None:
        self._stages, self._told = stages, told
        self._said: dict[str, dict[str, JSON]] = {stage: {} for stage in STAGES}
        self._by: dict[str, dict[str, None]] = {stage: {} for stage in STAGES}
        self.failures: list[HookFailure] = []

    def logs(self) -> tuple[StageLog, ...]:
        """What every stage said, who said it, and who failed to."""
        failed: dict[str, list[JSON]] = {}
        for one in self.failures:
            failed.setdefault(one.hook, []).append({"by": one.plugin, "reason": one.reason})
        return tuple(
            StageLog(
                stage=stage,
                by=", ".join(self._by[stage]),
                data={**said, "failures": failed[stage]} if stage in failed else said,
            )
            for stage, said in self._said.items()
        )

    def verdicts(self, stage: str, **arguments: Any) -> Mapping[str, Verdict]:
        """Of all verdicts, the first on each facet; read-only, since plugins get them."""
        verdicts: dict[str, Verdict] = {}
        for answer in self._answers(stage, **arguments):
            for given in self._read(stage, answer.by, answers.several, answer.value):
                for value in given:
                    for verdict in self._read(stage, answer.by, answers.verdict, value):
                        verdicts.setdefault(verdict.facet, replace(verdict, by=answer.by))
        for facet, verdict in verdicts.items():
            self._say(stage, verdict.by, {facet: _as_data(verdict)})
        return MappingProxyType(verdicts)

    def facts(self, **arguments: Any) -> dict[str, JSON]:
        """Facts by name; the first to name one wins."""
        facts: dict[str, JSON] = {}
        for answer in self._answers("extract", **arguments):
            for found in self._read("extract", answer.by, answers.facts, answer.value):
                facts = {**found, **facts}
                self._say("extract", answer.by, facts)
        return facts

    def draft(self, **arguments: Any) -> Draft:
        """The first opinion on each part; where nobody has one, the feedback's own words."""
        draft = Draft()
        for answer in self._answers("draft", **arguments):
            for given in self._read("draft", answer.by, answers.draft, answer.value):
                draft = Draft(
                    title=draft.title if draft.title is not None else given.title,
                    description=draft.description if draft.description is not None else given.description,
                    tags=draft.tags if draft.tags is not None else given.tags,
                )
                self._say("draft", answer.by, {})
        draft = _bounded(draft, self._told["feedback"])
        self._said["draft"] = {"title": draft.title, "tags": list(draft.tags or ())}
        return draft

    def reviews(self, **arguments: Any) -> list[str]:
        """Every critic's reasons to have a person look."""
        reasons: list[str] = []
        for answer in self._answers("review", **arguments):
            for review in self._read("review", answer.by, answers.review, answer.value):
                self._say("review", answer.by, {})
                if review.needs_review:
                    reasons += review.reasons or [f"{answer.by} asks for it"]
        return reasons

    def conclude(self, reasons: list[str]) -> None:
        """Note the outcome of the review."""
        self._said["review"] = {"needs_review": bool(reasons), "reasons": list(reasons)}

    def _say(self, stage: str, by: str, data: Mapping[str, JSON]) -> None:
        self._by[stage][by] = None
        self._said[stage].update(data)

    def _answers(self, stage: str, **arguments: Any) -> Iterator[PluginAnswer]:
        for answer in self._stages.ask(stage, **self._told, **arguments):
            if answer.failure:
                self.failures.append(HookFailure(stage, answer.by, answer.failure))
            else:
                yield answer

    def _read(self, stage: str, by: str, reader: Callable[[Any], T], value: Any) -> Iterator[T]:
        """Yields the answer, checked and cleaned. Yields nothing where the hook does not allow it: that
        counts as the plugin's failure."""
        try:
            yield answers.read(reader, value)
        except NoAnswer as error:
            self._stages.failed(by, stage, str(error))
            self.failures.append(HookFailure(stage, by, str(error)))


def _as_data(verdict: Verdict) -> dict[str, JSON]:
    data: dict[str, JSON] = {
        "label": verdict.label,
        "confidence": round(verdict.confidence, 4),
        "evidence": list(verdict.evidence),
    }
    data["by"] = verdict.by
    if verdict.score is not None:
        data["score"] = round(verdict.score, 4)
    if verdict.reasons:
        data["reasons"] = list(verdict.reasons)
    return data


def _bounded(draft: Draft, feedback: Feedback) -> Draft:
    own_words = feedback.title or feedback.text.strip().split("\n")[0] or "(no text)"
    return Draft(
        title=(draft.title or own_words)[:TITLE_LENGTH],
        description=(draft.description or feedback.text)[:TEXT_LIMIT],
        tags=fitting(tags_of(draft.tags or ())),
    )


def _doubts(verdicts: Mapping[str, Verdict], limits: TriageConfiguration) -> list[str]:
    """What the core itself doubts: a verdict that is missing, or one of too little confidence."""
    doubts = []
    for facet in ("category", "sentiment", "priority"):
        verdict = verdicts.get(facet)
        if verdict is None:
            doubts.append(f"nobody could tell its {facet}")
        # Priority follows from the other two: its doubt would only repeat theirs
        elif facet != "priority" and verdict.confidence < limits.review_below:
            doubts.append(f"{facet} {verdict.label} is uncertain ({verdict.confidence:.2f})")
    return doubts


def _category(verdict: Verdict | None) -> Category:
    if verdict is None:
        return Category()
    return Category(
        label=verdict.label,
        confidence=round(verdict.confidence, 4),
        by=verdict.by,
        evidence=verdict.evidence,
    )


def _sentiment(verdict: Verdict | None) -> Sentiment:
    if verdict is None:
        return Sentiment()
    return Sentiment(
        label=verdict.label,
        score=round(max(-1.0, min(1.0, verdict.score or 0.0)), 4),
        confidence=round(verdict.confidence, 4),
        by=verdict.by,
        evidence=verdict.evidence,
    )


def _facets(verdicts: Mapping[str, Verdict]) -> dict[str, Facet]:
    """Those of plugins' own, as many as have room."""
    facets: dict[str, Facet] = {}
    room = FACETS_BYTES
    for name, verdict in verdicts.items():
        if name in answers.OURS or len(facets) == FACETS_MOST:
            continue
        facet = Facet(label=verdict.label, confidence=round(verdict.confidence, 4), by=verdict.by)
        size = len(json.dumps({name: as_json(facet)}, ensure_ascii=False).encode())
        if size <= room:
            facets[name] = facet
            room -= size
    return facets


def _priority(verdict: Verdict | None) -> Priority:
    if verdict is None:
        return Priority(reasons=("nobody could tell",))
    return Priority(label=verdict.label, reasons=verdict.reasons, evidence=verdict.evidence)
