"""Metrics as CloudWatch reads them out of the log."""

from __future__ import annotations

import json
import re
from typing import Any, get_args

import pytest

from chalicelib.errors import Unavailable
from chalicelib.log_context import bound
from chalicelib.ports.operations import Counter
from chalicelib.services.emf import OTHER, SECONDS_TO_TICKET, EmfMetrics

UNITS = {"Seconds", "Count"}


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def check(document: dict[str, Any]) -> None:
    """The rules of the specification, its JSON schema among them:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    metadata = document["_aws"]
    assert set(metadata) == {"Timestamp", "CloudWatchMetrics"}
    assert isinstance(metadata["Timestamp"], int)
    assert 10**12 < metadata["Timestamp"] < 10**13  # milliseconds
    assert metadata["CloudWatchMetrics"]
    for directive in metadata["CloudWatchMetrics"]:
        assert set(directive) == {"Namespace", "Dimensions", "Metrics"}
        assert 1 <= len(directive["Namespace"]) <= 1024
        assert directive["Dimensions"]
        for dimensions in directive["Dimensions"]:
            assert len(dimensions) <= 30
            for name in dimensions:
                assert 1 <= len(name) <= 250
                assert isinstance(document[name], str)
                assert 1 <= len(document[name]) <= 1024
        assert 1 <= len(directive["Metrics"]) <= 100
        for metric in directive["Metrics"]:
            assert set(metric) == {"Name", "Unit"}
            assert 1 <= len(metric["Name"]) <= 1024
            assert metric["Unit"] in UNITS
            value = document[metric["Name"]]
            values = value if isinstance(value, list) else [value]
            assert 1 <= len(values) <= 100
            assert all(is_number(one) for one in values)


class Metrics(EmfMetrics):
    """Its lines stay here."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.apart = ["sub_1", "sub_2"]
        self.asked = 0
        self.down = False
        super().__init__("test", "process", self.lines.append, self.subscriptions)

    def subscriptions(self) -> list[str]:
        self.asked += 1
        if self.down:
            raise Unavailable("dynamodb", "it is down")
        return self.apart

    def told(self) -> list[dict[str, Any]]:
        self.flush()
        documents = [json.loads(line) for line in self.lines]
        for document in documents:
            check(document)
        self.lines.clear()
        return documents


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def test_a_source_has_one_line_with_all_that_was_counted(metrics: Metrics) -> None:
    for counter in get_args(Counter):
        metrics.count(counter, "zendesk", 2)
        metrics.count(counter, "zendesk")
    metrics.seconds_to_ticket("zendesk", 1.23456)
    metrics.seconds_to_ticket("zendesk", 2)
    metrics.count("failed", "csv")
    zendesk, csv = sorted(metrics.told(), key=lambda one: -len(one))
    assert {name: zendesk[name] for name in get_args(Counter)} == dict.fromkeys(get_args(Counter), 3)
    assert zendesk[SECONDS_TO_TICKET] == [1.235, 2]
    (directive,) = zendesk["_aws"]["CloudWatchMetrics"]
    assert (directive["Namespace"], directive["Dimensions"]) == ("TriggerIQ", [["stage", "source"]])
    assert {one["Unit"] for one in directive["Metrics"] if one["Name"] == SECONDS_TO_TICKET} == {"Seconds"}
    assert (zendesk["stage"], zendesk["source"]) == ("test", "zendesk")
    assert (csv["source"], csv["failed"], "received" in csv) == ("csv", 1, False)


def test_what_was_told_is_not_told_again(metrics: Metrics) -> None:
    metrics.count("received", "zendesk")
    assert len(metrics.told()) == 1
    assert metrics.told() == []


def test_nothing_counted_is_no_line(metrics: Metrics) -> None:
    metrics.count("quarantined", "zendesk", 0)
    assert metrics.told() == []


def test_more_values_than_a_line_takes_go_into_several(metrics: Metrics) -> None:
    metrics.count("ticketed", "zendesk", 250)
    for second in range(250):
        metrics.seconds_to_ticket("zendesk", second)
    lines = metrics.told()
    assert [len(line[SECONDS_TO_TICKET]) for line in lines] == [100, 100, 50]
    assert [value for line in lines for value in line[SECONDS_TO_TICKET]] == list(range(250))
    assert [line.get("ticketed") for line in lines] == [250, None, None]


@pytest.mark.parametrize("name", ["", "Zendesk", "a b", 'a", "b', "x" * 65, "ünknown", "a\n"])
def test_what_is_no_source_s_name_is_unknown(metrics: Metrics, name: str) -> None:
    metrics.count("failed", name)
    assert [line["source"] for line in metrics.told()] == ["unknown"]


def test_a_clock_that_went_back_makes_no_negative_time(metrics: Metrics) -> None:
    metrics.seconds_to_ticket("zendesk", -3)
    assert metrics.told()[0][SECONDS_TO_TICKET] == [0]


def test_ids_at_hand_are_told_and_are_no_dimension(metrics: Metrics) -> None:
    metrics.count("received", "zendesk")
    with bound(request_id="r-1"):
        (line,) = metrics.told()
    assert (line["request_id"], line["function"]) == ("r-1", "process")


def test_lines_go_to_the_output_of_the_function(capsys: pytest.CaptureFixture[str]) -> None:
    metrics = EmfMetrics("test", "process")
    metrics.count("received", "zendesk")
    metrics.flush()
    out, err = capsys.readouterr()
    assert re.fullmatch(r"\{.*\}\n", out)
    check(json.loads(out))
    assert err == ""


def test_an_output_that_is_closed_fails_nobody() -> None:
    def closed(line: str) -> None:
        raise BrokenPipeError

    metrics = EmfMetrics("test", "process", closed)
    metrics.count("received", "zendesk")
    metrics.flush()


def deliveries(lines: list[dict[str, Any]]) -> dict[str, int]:
    return {line["subscription"]: line["delivered"] for line in lines}


def test_a_delivery_is_told_of_all_and_of_its_subscription(metrics: Metrics) -> None:
    metrics.count_delivery("delivered", "sub_1")
    metrics.count_delivery("held", "sub_1", 2)
    (line,) = metrics.told()
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Dimensions"] == [["stage"], ["stage", "subscription"]]
    assert (line["subscription"], line["delivered"], line["held"]) == ("sub_1", 1, 2)


def test_those_that_are_not_told_apart_are_told_as_one(metrics: Metrics) -> None:
    for number in range(1, 101):
        metrics.count_delivery("delivered", f"sub_{number}")
    assert deliveries(metrics.told()) == {"sub_1": 1, "sub_2": 1, OTHER: 98}


def test_who_is_told_apart_is_asked_once_and_only_for_deliveries(metrics: Metrics) -> None:
    metrics.count("received", "zendesk")
    metrics.told()
    assert metrics.asked == 0
    for _ in range(2):
        metrics.count_delivery("delivered", "sub_1")
        metrics.told()
    assert metrics.asked == 1


def test_while_that_can_t_be_read_all_are_told_as_one(metrics: Metrics) -> None:
    metrics.down = True
    metrics.count_delivery("delivered", "sub_1")
    assert deliveries(metrics.told()) == {OTHER: 1}
    metrics.down = False
    metrics.count_delivery("delivered", "sub_1")
    assert deliveries(metrics.told()) == {"sub_1": 1}


def test_the_whole_stage_has_one_line(metrics: Metrics) -> None:
    metrics.count_posted(3)
    metrics.gauge("delivery_lag", 12.3456)
    metrics.gauge("endpoints_failing", 2)
    (line,) = metrics.told()
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Dimensions"] == [["stage"]]
    assert (line["posted"], line["delivery_lag"], line["endpoints_failing"]) == (3, 12.346, 2)
    assert {one["Name"]: one["Unit"] for one in directive["Metrics"]}["delivery_lag"] == "Seconds"
