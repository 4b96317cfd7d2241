"""When a source that used to bring something has fallen silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.intake.poll_state import GAPS_KEPT, PollState
from chalicelib.domain.intake.silence import ENOUGH, fallen_silent, usual

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
DAY = 86_400


def state(*gaps: int, silent: bool = False) -> PollState:
    return PollState(source="acme", connection="eu", last_new_at=NOW, gaps=gaps, silent=silent)


@pytest.mark.parametrize(
    ("gaps", "seconds"),
    [
        ((60,) * ENOUGH, DAY),
        ((DAY,) * ENOUGH, 2 * DAY),
        ((60, 60, 60, DAY, 30 * DAY), 2 * DAY),  # one of them was an outage
        ((60, 60, 60, 7 * DAY, 7 * DAY), 14 * DAY),
    ],
)
def test_it_is_silence_once_it_is_longer_than_usual(gaps: tuple[int, ...], seconds: int) -> None:
    last = NOW + timedelta(seconds=seconds)
    assert fallen_silent(state(*gaps), last) is None
    assert fallen_silent(state(*gaps), last + timedelta(seconds=1)) is not None


def test_nobody_knows_what_is_usual_of_a_new_connection() -> None:
    assert usual((60,) * (ENOUGH - 1)) is None
    assert fallen_silent(state(60, 60), NOW + timedelta(days=99)) is None
    never = PollState(source="acme", connection="eu", gaps=(60,) * ENOUGH)
    assert fallen_silent(never, NOW) is None


def test_it_is_told_once() -> None:
    assert fallen_silent(state(*(60,) * ENOUGH, silent=True), NOW + timedelta(days=9)) is None


def test_what_is_told_has_one_name_for_one_silence() -> None:
    of = state(*(60,) * ENOUGH)
    first, again = (fallen_silent(of, NOW + timedelta(days=days)) for days in (2, 3))
    other = fallen_silent(replace(of, last_new_at=NOW + timedelta(hours=1)), NOW + timedelta(days=3))
    assert first
    assert again
    assert other
    assert first.id == again.id != other.id


def test_gaps_are_kept_of_what_was_new() -> None:
    went = PollState(source="acme", connection="eu", silent=True)
    for hours in (0, 1, 3):
        went = went.ended(
            began=NOW,
            now=NOW + timedelta(hours=hours),
            new=True,
            again=False,
            every=900,
            chance=0,
            requests=1,
        )
    assert (went.gaps, went.silent, went.last_new_at) == ((3600, 7200), False, NOW + timedelta(hours=3))
    for _ in range(2 * GAPS_KEPT):
        went = went.failed("oh", began=NOW, now=NOW, new=True, every=900, retry_after=None, requests=1)
    assert len(went.gaps) == GAPS_KEPT
