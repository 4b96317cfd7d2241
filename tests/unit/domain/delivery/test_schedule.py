"""When a delivery is attempted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.delivery.schedule import SCHEDULE, due_after, moved, wait_before

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)

jitters = st.floats(0, 1, exclude_max=True)


def test_eight_attempts_lie_within_27_h_35_m_and_5_s() -> None:
    assert [wait_before(attempt, SCHEDULE) for attempt in range(1, 10)] == [*SCHEDULE, None]
    assert timedelta(seconds=sum(SCHEDULE)) == timedelta(hours=27, minutes=35, seconds=5)


@pytest.mark.parametrize("begun", range(8))
@given(jitter=jitters)
def test_a_wait_is_spread_by_a_fifth_either_way(begun: int, jitter: float) -> None:
    due = due_after(begun, SCHEDULE, NOW, jitter)
    assert due is not None
    assert SCHEDULE[begun] * 0.8 <= (due - NOW).total_seconds() <= SCHEDULE[begun] * 1.2


def test_the_middle_of_the_jitter_is_the_wait_itself() -> None:
    assert due_after(2, SCHEDULE, NOW, 0.5) == NOW + timedelta(minutes=5)


@given(begun=st.integers(8, 100), jitter=jitters)
def test_after_the_last_attempt_there_is_none(begun: int, jitter: float) -> None:
    assert due_after(begun, SCHEDULE, NOW, jitter) is None


@given(seconds=st.integers(-100, 100_000), jitter=jitters)
def test_what_is_moved_is_spread_behind_the_time_that_it_waits_for(seconds: int, jitter: float) -> None:
    until = NOW + timedelta(seconds=seconds)
    due = moved(NOW, NOW, until, jitter)
    assert due >= max(until, NOW)
    assert (due - max(until, NOW)).total_seconds() <= max(1.0, 0.4 * seconds) + 1e-6


@given(waited=st.integers(0, 500_000), seconds=st.integers(-100, 100), jitter=jitters)
def test_what_has_waited_long_is_looked_at_after_an_eighth_of_that(
    waited: int, seconds: int, jitter: float
) -> None:
    until = NOW + timedelta(seconds=seconds)
    wait = (moved(NOW - timedelta(seconds=waited), NOW, until, jitter) - NOW).total_seconds()
    assert max(seconds, 0.125 * waited) - 1e-6 <= wait <= max(0, seconds, 0.125 * waited) * 1.4 + 1 + 1e-6
