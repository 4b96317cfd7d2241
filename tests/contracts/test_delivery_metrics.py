"""What every DeliveryMetrics promises."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import get_args

import pytest

from chalicelib.ports.delivery import DeliveryCounter, DeliveryGauge, DeliveryMetrics
from chalicelib.services.emf import BY_SUBSCRIPTION, POSTED, WHOLE, EmfMetrics
from tests.unit.pipeline.fakes import FakeMetrics

Told = dict[tuple[str, str], float]
"""By name and subscription, "" for the whole stage."""

LINES: list[str] = []
SUBSCRIPTIONS = ("sub_1", "sub_2")


@pytest.fixture(params=["CloudWatch", "fake"])
def metrics(request: pytest.FixtureRequest) -> DeliveryMetrics:
    LINES.clear()
    if request.param == "fake":
        return FakeMetrics()
    return EmfMetrics("test", "deliver", LINES.append, told_apart=lambda: SUBSCRIPTIONS)


@pytest.fixture
def told(metrics: DeliveryMetrics) -> Callable[[], Told]:
    """Gives what was told when the invocation ends."""
    if isinstance(metrics, FakeMetrics):
        return lambda: {
            **metrics.deliveries,
            **({(POSTED, ""): metrics.posted} if metrics.posted else {}),
            **{(gauge, ""): level for gauge, level in metrics.gauges.items()},
        }

    def read() -> Told:
        assert isinstance(metrics, EmfMetrics)
        metrics.flush()
        found: Told = {}
        for document in map(json.loads, LINES):
            (directive,) = document["_aws"]["CloudWatchMetrics"]
            assert directive["Dimensions"] == (BY_SUBSCRIPTION if "subscription" in document else WHOLE)
            for metric in directive["Metrics"]:
                found[metric["Name"], document.get("subscription", "")] = document[metric["Name"]]
        return found

    return read


@pytest.mark.parametrize("counter", get_args(DeliveryCounter))
def test_deliveries_add_up_by_subscription(
    metrics: DeliveryMetrics, told: Callable[[], Told], counter: DeliveryCounter
) -> None:
    metrics.count_delivery(counter, "sub_1")
    metrics.count_delivery(counter, "sub_1", 2)
    metrics.count_delivery(counter, "sub_2", 4)
    assert told() == {(counter, "sub_1"): 3, (counter, "sub_2"): 4}


def test_what_was_counted_no_time_is_not_told(metrics: DeliveryMetrics, told: Callable[[], Told]) -> None:
    metrics.count_delivery("held", "sub_1", 0)
    metrics.count_posted(0)
    assert told() == {}


def test_posted_events_add_up(metrics: DeliveryMetrics, told: Callable[[], Told]) -> None:
    metrics.count_posted()
    metrics.count_posted(100)
    assert told() == {(POSTED, ""): 101}


@pytest.mark.parametrize("gauge", get_args(DeliveryGauge))
def test_a_level_is_the_last_one_and_may_be_none(
    metrics: DeliveryMetrics, told: Callable[[], Told], gauge: DeliveryGauge
) -> None:
    metrics.gauge(gauge, 7)
    metrics.gauge(gauge, 0)
    assert told() == {(gauge, ""): 0}
