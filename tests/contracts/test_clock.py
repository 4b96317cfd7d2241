"""What every Clock promises."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.bootstrap import outside
from chalicelib.ports.operations import Clock
from tests.unit.pipeline import fakes


@pytest.fixture(params=["real", "standing", "moved"])
def clock(request: pytest.FixtureRequest) -> Clock:
    clocks: dict[str, Clock] = {"real": outside.now, "standing": fakes.now, "moved": fakes.FakeClock()}
    return clocks[request.param]


def test_times_are_aware_and_in_utc(clock: Clock) -> None:
    assert clock().tzinfo is UTC


def test_it_never_goes_back(clock: Clock) -> None:
    times = [clock() for _ in range(3)]
    assert times == sorted(times)
    assert isinstance(times[0], datetime)
