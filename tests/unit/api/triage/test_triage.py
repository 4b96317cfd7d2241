"""Triage: previewed."""

from __future__ import annotations

from chalicelib.domain.tickets.ticket import Category, Facet, HookFailure, Priority, Sentiment, Triage


def test_texts_are_previewed(api, use):
    triage = Triage(
        category=Category(), sentiment=Sentiment(), language="en", priority=Priority(), details={}, title="t",
        description="", tags=(), needs_review=True, facets={"team": Facet(label="login", by="acme/1")},
        failures=(HookFailure("classify", "acme/1", "raised KeyError"),),
    )  # fmt: skip
    use.triage.previewed = (triage, triage)
    answer = api(
        "POST", "/triage/preview", {"items": [{"text": "a"}, {"text": "b", "rating": 2, "source": "csv"}]}
    )
    assert len(answer.json["items"]) == 2
    assert set(answer.json["items"][0]) == {
        "category", "sentiment", "language", "priority", "facets", "details", "title", "needs_review",
        "failures",
    }  # fmt: skip
    assert answer.json["items"][0]["facets"] == {
        "team": {"label": "login", "confidence": 0.0, "by": "acme/1"}
    }
    assert answer.json["items"][0]["failures"] == [
        {"hook": "classify", "plugin": "acme/1", "reason": "raised KeyError"}
    ]
