"""What every Metrics promises."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import get_args

import pytest

from chalicelib.ports.operations import Counter, Metrics
from chalicelib.services.emf import BY_SOURCE, SECONDS_TO_TICKET, UNKNOWN, EmfMetrics
from tests.unit.pipeline.fakes import FakeMetrics

Told = dict[tuple[str, str], object]
"""By name and source: how often, or the seconds."""

LINES: list[str] = []


@pytest.fixture(params=["CloudWatch", "fake"])
def metrics(request: pytest.FixtureRequest) -> Metrics:
    LINES.clear()
    return FakeMetrics() if request.param == "fake" else EmfMetrics("test", "process", LINES.append)


@pytest.fixture
def told(metrics: Metrics) -> Callable[[], Told]:
    """Gives what was told when the invocation ends."""
    if isinstance(metrics, FakeMetrics):
        return lambda: {
            **metrics.counted,
            **{(SECONDS_TO_TICKET, source): values for source, values in metrics.seconds.items()},
        }

    def read() -> Told:
        assert isinstance(metrics, EmfMetrics)
        metrics.flush()
        documents = [json.loads(line) for line in LINES]
        return {
            (metric["Name"], document["source"].replace(UNKNOWN, "")): document[metric["Name"]]
            for document in documents
            for metric in document["_aws"]["CloudWatchMetrics"][0]["Metrics"]
            if document["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == BY_SOURCE
        }

    return read


@pytest.mark.parametrize("counter", get_args(Counter))
def test_counts_add_up_by_source(metrics: Metrics, told: Callable[[], Told], counter: Counter) -> None:
    metrics.count(counter, "zendesk")
    metrics.count(counter, "zendesk", 2)
    metrics.count(counter, "csv", 4)
    assert told() == {(counter, "zendesk"): 3, (counter, "csv"): 4}


def test_what_was_counted_no_time_is_not_told(metrics: Metrics, told: Callable[[], Told]) -> None:
    metrics.count("failed", "csv", 0)
    assert told() == {}


def test_each_time_to_a_ticket_is_told(metrics: Metrics, told: Callable[[], Told]) -> None:
    for seconds in (1.5, 2, 1.5):
        metrics.seconds_to_ticket("csv", seconds)
    metrics.seconds_to_ticket("zendesk", 0)
    assert told() == {(SECONDS_TO_TICKET, "csv"): [1.5, 2, 1.5], (SECONDS_TO_TICKET, "zendesk"): [0]}


def test_what_has_no_known_source_is_told_too(metrics: Metrics, told: Callable[[], Told]) -> None:
    metrics.count("failed", "")
    assert told() == {("failed", ""): 1}
