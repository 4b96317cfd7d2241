"""Triage over stages that answer anything."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.domain.operations.configuration import PriorityConfiguration, TriageConfiguration
from chalicelib.domain.tickets.facets import FACETS_MOST
from chalicelib.domain.tickets.ticket import Facet, HookFailure, Triage
from chalicelib.pipeline.triage.answers import PluginAnswer
from chalicelib.pipeline.triage.triage import STAGES, TriageFeedback
from tests.unit.pipeline.fakes import FakeConfigurations, FakeStages
from triggeriq import Draft, Feedback, PriorityRule, Review, Verdict

FEEDBACK = Feedback(external_id="x", text="First line\nand the rest")
SURE = {
    "classify": [
        PluginAnswer(
            "c/1", [Verdict(facet="category", label="praise"), Verdict(facet="sentiment", label="positive")]
        )
    ],
    "prioritise": [PluginAnswer("p/1", Verdict(facet="priority", label="low", reasons=("praise",)))],
}


def configured(*rules: PriorityRule) -> FakeConfigurations:
    return FakeConfigurations(
        priority=PriorityConfiguration(rules=rules), triage=TriageConfiguration(review_below=0.5)
    )


def triaged(
    answers: dict[str, list[PluginAnswer]], feedback: Feedback = FEEDBACK
) -> tuple[Triage, FakeStages]:
    stages = FakeStages(answers)
    return TriageFeedback(stages=stages, configurations=configured())(feedback, "zendesk"), stages


def test_the_stages_are_asked_in_their_order_each_with_what_came_before() -> None:
    _, stages = triaged(SURE)
    assert [hook for hook, _ in stages.asked] == list(STAGES)
    asked = dict(stages.asked)
    assert set(asked["prioritise"]["verdicts"]) == {"category", "sentiment"}
    assert set(asked["review"]["verdicts"]) == {"category", "sentiment", "priority"}


def test_the_first_opinion_on_a_facet_wins() -> None:
    later = PluginAnswer("late/1", Verdict(facet="category", label="spam"))
    triage, _ = triaged({**SURE, "classify": [*SURE["classify"], later]})
    assert (triage.category.label, triage.category.by) == ("praise", "c/1")
    assert triage.needs_review is False


def test_where_nobody_says_anything_a_person_must_look() -> None:
    triage, _ = triaged({})
    assert (triage.category.label, triage.sentiment.label, triage.priority.label) == (
        "other",
        "neutral",
        "medium",
    )
    assert triage.needs_review is True
    assert (triage.title, triage.description) == ("First line", FEEDBACK.text)


def test_a_verdict_without_confidence_wants_a_person() -> None:
    unsure = PluginAnswer("c/1", [Verdict(facet="category", label="spam", confidence=0.4)])
    triage, _ = triaged({**SURE, "classify": [unsure, *SURE["classify"]]})
    assert triage.needs_review is True


def test_a_plugin_hears_only_of_rules_for_the_feedback_s_source() -> None:
    rules = tuple(
        PriorityRule(priority="high", reason=reason, source=source)
        for reason, source in (("all", ()), ("ours", ("zendesk", "csv")), ("another's", ("csv",)))
    )
    stages = FakeStages(SURE)
    TriageFeedback(stages=stages, configurations=configured(*rules))(FEEDBACK, "zendesk")
    assert [rule.reason for rule in dict(stages.asked)["prioritise"]["rules"]] == ["all", "ours"]


@pytest.mark.parametrize(
    ("hook", "value"),
    [
        ("classify", 5),
        ("classify", "spam"),
        ("classify", [None]),
        ("classify", Verdict(facet="category", label="nonsense")),
        ("classify", Verdict(facet="category", label=["spam"])),
        ("classify", Verdict(facet={}, label="spam")),
        ("classify", Verdict(facet="mood", label="")),
        ("classify", Verdict(facet="category", label="spam", confidence=None)),
        ("classify", Verdict(facet="category", label="spam", confidence=float("nan"))),
        ("classify", Verdict(facet="sentiment", label="negative", score="low")),
        ("classify", Verdict(facet="category", label="spam", evidence=(1,))),
        ("classify", Verdict(facet="category", label="spam", evidence=7)),
        ("extract", ["a"]),
        ("extract", {"a": "x" * 60_000}),
        ("prioritise", Verdict(facet="priority", label="urgent")),
        ("draft", "a title"),
        ("draft", Draft(title=5)),
        ("draft", Draft(tags="abc")),
        ("draft", Draft(tags=(None,))),
        ("review", True),
        ("review", Review(needs_review=False, reasons=3)),
    ],
)
def test_an_answer_that_is_none_is_counted_and_the_next_one_taken(hook: str, value: Any) -> None:
    before = PluginAnswer("odd/1", value)
    triage, stages = triaged({**SURE, hook: [before, *SURE.get(hook, [])]})
    ((by, counted, reason),) = stages.counted
    assert (by, counted) == ("odd/1", hook)
    assert reason.startswith("returned ") or "is no" in reason
    assert (triage.category.label, triage.priority.label) == ("praise", "low")
    assert triage.needs_review is True
    (log,) = [log for log in triage.logs if log.stage == hook]
    assert log.data["failures"] == [{"by": "odd/1", "reason": reason}]
    assert triage.failures == (HookFailure(hook, "odd/1", reason),)


def test_what_a_plugin_says_is_made_clean() -> None:
    triage, _ = triaged(
        {
            **SURE,
            "extract": [PluginAnswer("e/1", {"a\x00": ["\ud800", None]})],
            "draft": [PluginAnswer("d/1", Draft(title="T\x00" * 500, tags=(" a ", "a", "", "\x00")))],
        }
    )
    assert triage.details == {"a": ["", None]}
    assert set(triage.title) == {"T"}
    assert len(triage.title) == 120
    assert triage.tags == ("a",)


def test_every_stage_leaves_one_log() -> None:
    triage, _ = triaged(SURE)
    assert [log.stage for log in triage.logs] == list(STAGES)


def test_every_hook_is_told_source_and_connection() -> None:
    stages = FakeStages(SURE)
    TriageFeedback(stages=stages, configurations=configured())(FEEDBACK, "zendesk", "acme")
    assert [hook for hook, _ in stages.asked] == list(STAGES)
    assert {(told["source"], told["connection"]) for _, told in stages.asked} == {("zendesk", "acme")}


def own(facet: str, label: str = "billing") -> PluginAnswer:
    return PluginAnswer("own/2", Verdict(facet=facet, label=label, confidence=0.71239))


def test_a_facet_of_a_plugin_s_own_is_the_ticket_s() -> None:
    triage, _ = triaged({**SURE, "classify": [*SURE["classify"], own("team"), own("team", "sales")]})
    assert triage.facets == {"team": Facet(label="billing", confidence=0.7124, by="own/2")}
    assert triage.needs_review is False


def test_one_that_could_not_be_asked_for_is_the_plugin_s_failure() -> None:
    bad = [own("a team"), own("t" * 51), own("team", "x" * 101), own("team", "two\nlines"), own("", "x")]
    triage, stages = triaged({**SURE, "classify": [*SURE["classify"], *bad, own("team")]})
    assert [*triage.facets] == ["team"]
    assert len(triage.failures) == len(bad) == len(stages.counted)


def test_a_ticket_has_room_for_so_many_facets() -> None:
    many = [own(f"facet-{number:02}") for number in range(FACETS_MOST + 5)]
    triage, _ = triaged({**SURE, "classify": [*SURE["classify"], *many]})
    assert [*triage.facets] == [f"facet-{number:02}" for number in range(FACETS_MOST)]
    long = [own(f"{number}", SMILE * 100) for number in range(10)]
    triage, _ = triaged({**SURE, "classify": [*SURE["classify"], *long, own("team")]})
    assert [*triage.facets] == ["0", "1", "2", "3", "team"]


SMILE = "\U0001f600"
