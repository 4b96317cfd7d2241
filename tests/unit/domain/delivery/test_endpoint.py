"""How an endpoint is doing, whether it may be sent to, and what is told of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.delivery.endpoint import (
    LEASE,
    Endpoint,
    News,
    Refusal,
    after,
    begin,
    counted,
    exhausted,
    let_go,
    on_trial,
    refusal,
    restarted,
    stop_of,
    waits_until,
)
from chalicelib.domain.delivery.endpoint_event import event_of, is_about
from chalicelib.domain.delivery.outcome import CUT_OFF, FORGOTTEN, Outcome, answered
from chalicelib.domain.delivery.subscription import Subscription

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
TAKEN = Outcome(kind="delivered", status=200)
FAILED = Outcome(kind="failed", error="answered 500", status=500)
LATE = Outcome(kind="late", error="no whole answer in time")
ABORTED = Outcome(kind="abort", error="answered 422", status=422)
GONE = answered(410, {}, NOW, 5)

NEW = Endpoint(subscription="sub_a")
WELL = replace(NEW, succeeded_at=NOW)


def at(**since: float) -> datetime:
    return NOW + timedelta(**since)


def told(endpoint: Endpoint, outcomes: Iterable[tuple[datetime, Outcome]]) -> tuple[Endpoint, list[News]]:
    """What becomes of it, each outcome being of an event of its own."""
    news: list[News] = []
    for index, (when, outcome) in enumerate(outcomes):
        endpoint, more = after(endpoint, outcome, when, f"p{index}")
        news += more
    return endpoint, news


def holding(endpoint: Endpoint, *holders: str, rate: int | None = None) -> Endpoint:
    for holder in holders:
        taken = begin(endpoint, holder, NOW, NOW + LEASE, rate)
        assert isinstance(taken, Endpoint), taken
        endpoint = taken
    return endpoint


# ---- leases ----


def test_one_holds_an_endpoint_that_nobody_knows_to_be_well() -> None:
    assert begin(holding(NEW, "a"), "b", NOW, NOW + LEASE) == Refusal(at(seconds=1), "busy")


def test_three_hold_one_that_took_something_lately() -> None:
    assert begin(holding(WELL, "a", "b", "c"), "d", NOW, NOW + LEASE) == Refusal(at(seconds=1), "busy")


@pytest.mark.parametrize("change", [{"opened": 1}, {"timeouts": 1}, {"succeeded_at": at(minutes=-5)}])
def test_one_that_was_well_is_on_trial(change: dict[str, object]) -> None:
    assert on_trial(replace(WELL, **change), NOW)  # type: ignore[arg-type]
    assert not on_trial(WELL, at(minutes=4))


def test_a_fixed_rate_lets_one() -> None:
    assert isinstance(begin(holding(WELL, "a", rate=60), "b", NOW, NOW + LEASE, 60), Refusal)


def test_a_lease_that_was_let_go_or_ran_out_is_free() -> None:
    held = holding(NEW, "a")
    assert isinstance(begin(let_go(held, "a"), "b", NOW, NOW + LEASE), Endpoint)
    assert isinstance(begin(held, "b", NOW + LEASE, NOW + 2 * LEASE), Endpoint)


def test_whoever_takes_it_twice_has_it_once() -> None:
    assert list(holding(NEW, "a", "a").leases) == ["a"]


def test_where_it_fails_those_behind_wait_as_long_as_an_attempt_may_take() -> None:
    failing, _ = after(NEW, FAILED, NOW, "p")
    assert begin(holding(failing, "a"), "b", NOW, NOW + LEASE) == Refusal(at(seconds=15), "busy")


def test_after_time_outs_it_is_left_alone_for_as_long_as_they_took() -> None:
    endpoint = holding(WELL, "a")
    for seconds in (4, 30, 45, 60):
        endpoint, _ = after(endpoint, LATE, NOW, "p")
        assert refusal(endpoint, NOW, None) == Refusal(at(seconds=seconds), "open")
    assert refusal(endpoint, at(seconds=60), None) is None
    taken, _ = after(endpoint, TAKEN, at(seconds=60), "p")
    assert (taken.timeouts, refusal(taken, at(seconds=60), None)) == (0, None)


def test_a_failure_that_came_at_once_holds_nothing_up() -> None:
    endpoint, _ = after(holding(NEW, "a"), FAILED, NOW, "p")
    assert refusal(endpoint, NOW, None) is None


# ---- rate ----


def test_no_more_than_the_rate_go_out_in_a_minute() -> None:
    endpoint = holding(WELL, "a", rate=2)
    for second in (1, 20):
        assert refusal(endpoint, at(seconds=second), 2) is None
        endpoint = counted(endpoint, at(seconds=second))
    assert refusal(endpoint, at(seconds=40), 2) == Refusal(at(seconds=61), "rate")
    assert refusal(endpoint, at(seconds=40), None) is None
    assert refusal(endpoint, at(seconds=61), 2) is None
    assert counted(endpoint, at(seconds=61)).minute_attempts == 1


# ---- breaker ----


def test_five_time_outs_in_a_row_open_it() -> None:
    four, _ = told(WELL, [(NOW, LATE)] * 4)
    assert four.opened == 0
    five, _ = told(WELL, [(NOW, LATE)] * 5)
    assert (five.opened, refusal(five, NOW, None)) == (1, Refusal(at(seconds=60), "open"))


def test_a_time_out_now_and_then_does_not() -> None:
    endpoint, _ = told(WELL, [(NOW, LATE), (NOW, LATE), (NOW, TAKEN)] * 10)
    assert (endpoint.opened, waits_until(endpoint, NOW)) == (0, None)


def test_seventy_of_a_hundred_open_it_once_there_were_ten() -> None:
    nine, _ = told(WELL, [(NOW, FAILED)] * 9)
    assert waits_until(nine, NOW) is None
    ten, _ = told(WELL, [(NOW, TAKEN)] * 3 + [(NOW, FAILED)] * 7)
    assert waits_until(ten, NOW) == at(seconds=60)
    flaky, _ = told(WELL, [(NOW, TAKEN)] * 4 + [(NOW, FAILED)] * 6)
    assert waits_until(flaky, NOW) is None


def test_failures_of_another_window_do_not_count() -> None:
    endpoint, _ = told(WELL, [(NOW, FAILED)] * 9 + [(at(minutes=5), FAILED)])
    assert waits_until(endpoint, at(minutes=5)) is None


def test_a_probe_that_fails_doubles_the_pause_up_to_a_quarter_of_an_hour() -> None:
    endpoint, _ = told(WELL, [(NOW, LATE)] * 5)
    pauses = []
    for _ in range(7):
        when = waits_until(endpoint, NOW) or NOW
        assert isinstance(begin(endpoint, "a", when, when + LEASE), Endpoint)
        assert isinstance(begin(holding_at(endpoint, when), "b", when, when + LEASE), Refusal)
        endpoint, _ = after(endpoint, FAILED, when, "p")
        pauses.append(((waits_until(endpoint, when) or when) - when).total_seconds())
    assert pauses == [120, 240, 480, 900, 900, 900, 900]


def holding_at(endpoint: Endpoint, when: datetime) -> Endpoint:
    taken = begin(endpoint, "a", when, when + LEASE)
    assert isinstance(taken, Endpoint)
    return taken


@pytest.mark.parametrize("outcome", [TAKEN, ABORTED])
def test_a_probe_that_finds_somebody_closes_it(outcome: Outcome) -> None:
    endpoint, _ = told(WELL, [(NOW, LATE)] * 5)
    endpoint, _ = after(endpoint, outcome, at(seconds=60), "p")
    assert (endpoint.opened, waits_until(endpoint, at(seconds=60)), endpoint.timeouts) == (0, None, 0)


def test_what_was_under_way_when_it_opened_opens_it_no_further() -> None:
    endpoint, _ = told(WELL, [(NOW, LATE)] * 5)
    later, _ = after(endpoint, LATE, at(seconds=10), "p")
    assert (later.open_until, later.opened) == (endpoint.open_until, 1)


@pytest.mark.parametrize("outcome", [CUT_OFF, FORGOTTEN])
def test_what_is_our_own_says_nothing_of_it(outcome: Outcome) -> None:
    assert after(WELL, outcome, NOW, "p") == (WELL, ())


# ---- Retry-After ----


def test_it_is_left_alone_for_as_long_as_it_asks() -> None:
    endpoint, _ = after(WELL, answered(429, {"retry-after": "90"}, NOW, 5), NOW, "p")
    assert refusal(endpoint, at(seconds=89), None) == Refusal(at(seconds=90), "paused")
    assert refusal(endpoint, at(seconds=90), None) is None
    shorter, _ = after(endpoint, answered(429, {"retry-after": "10"}, NOW, 5), NOW, "q")
    assert waits_until(shorter, NOW) == at(seconds=90)


# ---- what is told ----


def failing(days: float, each: float = 6) -> list[tuple[datetime, Outcome]]:
    """A failure every so many hours."""
    return [(at(hours=each * step), FAILED) for step in range(int(days * 24 / each) + 1)]


def test_its_owner_is_told_after_a_day_three_and_five() -> None:
    endpoint, news = told(NEW, failing(6))
    assert [one.type for one in news] == ["endpoint.failing", "endpoint.failing", "endpoint.disabled"]
    assert [one.data["days"] for one in news] == [1, 3, 5]
    assert news[-1].data == {
        "failing_since": NOW, "days": 5, "attempts": 21, "last_error": "answered 500", "status": "disabled",
        "reason": "failing",
    }  # fmt: skip
    assert stop_of(FAILED, tuple(news)) == ("disabled", "failing")
    assert endpoint.stopped_at == at(days=5)


def test_one_success_in_between_and_nothing_is_disabled() -> None:
    endpoint, news = told(NEW, [*failing(4.9), (at(days=4.95), TAKEN), (at(days=5.2), FAILED)])
    assert [one.type for one in news] == ["endpoint.failing", "endpoint.failing", "endpoint.recovered"]
    assert (endpoint.failing_since, endpoint.failures, endpoint.told_days) == (at(days=5.2), 1, 0)


def test_nine_failures_disable_nothing() -> None:
    few = [(at(days=6 * step / 8), FAILED) for step in range(9)]
    _, news = told(NEW, few)
    assert [one.type for one in news] == ["endpoint.failing"] * 3
    assert [one.data["days"] for one in news] == [1, 3, 5]


def test_one_bad_event_disables_nothing_however_often_it_is_tried() -> None:
    endpoint, news = NEW, []
    for when, outcome in failing(30):
        endpoint, more = after(endpoint, outcome, when, "the same")
        news += more
    assert [one.type for one in news] == ["endpoint.failing"] * 3
    assert endpoint.stopped_at is None


def test_that_it_recovered_is_told_once_and_only_where_something_was_told() -> None:
    _, news = told(NEW, [*failing(0.5), (at(days=0.6), TAKEN)])
    assert news == []
    _, news = told(NEW, [*failing(2), (at(days=2.1), TAKEN), (at(days=2.2), TAKEN)])
    assert [one.type for one in news] == ["endpoint.failing", "endpoint.recovered"]
    assert (news[1].data["failing_since"], news[1].data["days"], news[1].data["attempts"]) == (NOW, 2, 9)


def test_whoever_says_what_he_does_not_want_is_neither_well_nor_failing() -> None:
    endpoint, news = told(NEW, [(at(hours=6 * step), ABORTED) for step in range(40)])
    assert (endpoint.failing_since, endpoint.succeeded_at, news) == (None, None, [])


@pytest.mark.parametrize(
    ("outcome", "status", "reason"),
    [
        (GONE, "paused", "gone"),
        (answered(500, {"webhook-delivery": "disable"}, NOW, 5), "disabled", "asked"),
        (answered(200, {"webhook-delivery": "disable"}, NOW, 5), "disabled", "asked"),
    ],
)
def test_a_receiver_s_word_stops_it_at_once(outcome: Outcome, status: str, reason: str) -> None:
    endpoint, (news,) = after(WELL, outcome, NOW, "p")
    assert (news.type, news.data["status"], news.data["reason"]) == ("endpoint.disabled", status, reason)
    assert stop_of(outcome, (news,)) == (status, reason)
    again, more = after(endpoint, outcome, NOW, "q")
    assert more == ()
    assert stop_of(outcome, more) == (status, reason)
    assert again.stopped_at == NOW


def test_whoever_goes_on_after_that_begins_anew() -> None:
    dead, _ = told(NEW, failing(6))
    taken = begin(dead, "a", at(days=9), at(days=9) + LEASE)
    assert isinstance(taken, Endpoint)
    assert (taken.failing_since, taken.failures, taken.stopped_at, taken.told_days) == (None, 0, None, 0)
    again, news = after(taken, FAILED, at(days=9), "p")
    assert (again.stopped_at, news) == (None, ())
    _, news = after(taken, TAKEN, at(days=9), "p")
    assert [one.type for one in news] == ["endpoint.recovered"]


def test_what_is_restarted_may_be_sent_to() -> None:
    dead, _ = told(NEW, [(NOW, LATE)] * 5)
    assert refusal(restarted(dead), NOW, None) is None
    assert restarted(dead).saves == dead.saves


def test_nothing_changes_for_the_worse_while_it_is_stopped() -> None:
    dead, _ = told(NEW, failing(6))
    _, news = after(dead, FAILED, at(days=7), "p")
    assert news == ()


def test_that_deliveries_failed_for_good_is_told_once_an_hour() -> None:
    endpoint, first = exhausted(NEW, NOW, "p1", "answered 500")
    endpoint, second = exhausted(endpoint, at(minutes=59), "p2", "answered 500")
    endpoint, third = exhausted(endpoint, at(minutes=60), "p3", "answered 500")
    assert ([one.data["delivery"] for one in (*first, *second, *third)]) == ["sub_a.p1", "sub_a.p3"]


# ---- the event ----

SUBSCRIPTION = Subscription(
    id="sub_a",
    name="shop",
    owner="acme",
    url="https://user@shop.example:8443/hook?token=hush",
    created_at=NOW,
    updated_at=NOW,
)


def test_the_event_of_a_piece_of_news() -> None:
    _, news = told(NEW, failing(1))
    event = event_of(news[0], SUBSCRIPTION, NOW)
    assert (event.type, event.subject, event.audience, event.owner) == (
        "endpoint.failing", "sub_a", "acme", "triggeriq",
    )  # fmt: skip
    assert event.data == {
        "subscription": "sub_a",
        "name": "shop",
        "url": "https://shop.example:8443",
        "status": "active",
        "reason": None,
        "failing_since": "2026-11-28T12:00:00Z",
        "days": 1,
        "attempts": 5,
        "last_error": "answered 500",
    }
    assert "hush" not in event.body


def test_the_same_news_has_the_same_id_and_no_other_has() -> None:
    _, news = told(NEW, failing(6))
    ids = [event_of(one, SUBSCRIPTION, NOW).id for one in (*news, *news)]
    assert ids[:3] == ids[3:]
    assert len(set(ids)) == 3
    assert event_of(news[0], replace(SUBSCRIPTION, id="sub_b"), NOW).id not in ids


def test_an_endpoint_is_not_told_of_itself() -> None:
    event = event_of(News("endpoint.failing", "k", {}), SUBSCRIPTION, NOW)
    assert is_about(event, "sub_a")
    assert not is_about(event, "sub_b")
    assert not is_about(replace(event, owner="acme"), "sub_a")
