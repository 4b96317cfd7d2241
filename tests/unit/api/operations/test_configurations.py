"""Configurations: read, set with If-Match, and refused by the place that is wrong."""

from __future__ import annotations

import pytest

from chalicelib.domain.operations.configuration import TriageConfiguration


def test_a_configuration_is_read_and_set(api):
    answer = api("GET", "/configurations/triage")
    assert answer.headers["ETag"] == '"0"'
    assert answer.json == {
        "key": "triage",
        "version": 0,
        "value": {"review_below": TriageConfiguration().review_below},
        "by": None,
        "at": None,
    }
    put = api(
        "PUT", "/configurations/triage", {**answer.json, "value": {"review_below": 0.7}}, If_Match='"0"'
    )
    assert (put.status, put.json["version"], put.json["by"]) == (200, 1, "local (local)")
    assert api("PUT", "/configurations/triage", {"review_below": 0.1}).json["value"] == {"review_below": 0.1}
    assert api("PUT", "/configurations/triage", {"review_below": 0.1}, If_Match='"0"').status == 412
    assert [item["key"] for item in api("GET", "/configurations").json["items"]] == ["priority", "triage"]


def test_priority_rules_go_in_as_they_come_out(api):
    rules = api("GET", "/configurations/priority").json
    assert api("PUT", "/configurations/priority", rules).json["value"] == rules["value"]


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"rules": [{"priority": "odd", "reason": "r"}]}, "value.rules[0].priority"),
        ({"rules": [{"priority": "high"}]}, "value.rules[0].reason"),
        ({"rules": [{"priority": "high", "reason": "r", "catgory": ["spam"]}]}, "value.rules[0].catgory"),
        ({"rule": []}, "value.rule"),
    ],
)
def test_a_configuration_of_another_shape_is_400_with_the_place(api, value, field):
    answer = api("PUT", "/configurations/priority", {"value": value})
    assert (answer.status, answer.json["field"]) == (400, field)


def test_of_many_unknown_fields_a_few_are_named(api):
    value = {f"x{number}": 1 for number in range(1_000)} | {"y" * 100_000: 1}
    answer = api("PUT", "/configurations/priority", {"value": dict(reversed(value.items()))})
    assert answer.status == 400
    assert len(answer.json["errors"]) == 20
    assert len(answer.text) < 5_000


@pytest.mark.parametrize("threshold", [-0.1, 1.1, 1e308])
def test_a_threshold_out_of_its_range_is_400(api, threshold):
    answer = api("PUT", "/configurations/triage", {"value": {"review_below": threshold}})
    assert answer.status == 400
    assert "from 0 to 1" in answer.json["detail"]
    assert answer.json["field"] == "value.review_below"


def test_a_configuration_is_reset_only_on_purpose(api):
    api("PUT", "/configurations/triage", {"review_below": 0.7})
    for body in ({}, {"value": None}):
        answer = api("PUT", "/configurations/triage", body)
        assert (answer.status, answer.json["field"]) == (400, "value")
        assert "review_below (triage)" in answer.json["detail"]
    assert api("GET", "/configurations/triage").json["version"] == 1
    assert api("PUT", "/configurations/triage", {"value": {}}).json["value"] == {"review_below": 0.4}


def test_an_unknown_configuration_is_404(api):
    assert api("GET", "/configurations/nothing").status == 404
    assert api("PUT", "/configurations/nothing", {"value": {}}).status == 404


def test_setting_a_configuration_needs_an_admin(holder):
    assert holder("read", "write")("PUT", "/configurations/triage", {"value": {}}).status == 403
