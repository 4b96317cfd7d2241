"""Whatever comes in whatever order: an endpoint is never held back for ever, never sent to by too many, never
disabled by one bad event."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chalicelib.domain.delivery.endpoint import (
    LEASE,
    LEASES,
    OPEN_MOST,
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
    waits_until,
)
from chalicelib.domain.delivery.outcome import CUT_OFF, FORGOTTEN, Outcome, answered, unanswered

DAY = timedelta(days=1)
PAUSE_MOST = timedelta(seconds=72_000)
"""Twice the longest wait of the schedule, which bounds a Retry-After."""

outcomes = st.sampled_from(["200", "500", "late", "unreachable", "abort", "cut off", "forgotten"])
stops = st.sampled_from(["410", "disable"])
positions = st.sampled_from(["bad", "p1", "p2"])
spans = st.one_of(
    st.integers(1, 90).map(lambda n: timedelta(seconds=n)),
    st.integers(1, 30).map(lambda n: timedelta(minutes=n)),
    st.integers(1, 48).map(lambda n: timedelta(hours=n)),
)


class EndpointInAnyOrder(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 11, 28, 12, tzinfo=UTC)
        self.endpoint = Endpoint(subscription="sub_a")
        self.holders: dict[str, datetime] = {}
        self.news: list[News] = []
        # Of what happened since the last success or restart, told by the test's own count
        self.first_failure: datetime | None = None
        self.failures = 0
        self.bad: set[str] = set()
        self.stopped = False

    def outcome(self, name: str) -> Outcome:
        words = {
            "200": answered(200, {}, self.now, 5),
            "500": answered(500, {}, self.now, 5),
            "410": answered(410, {}, self.now, 5),
            "disable": answered(500, {"webhook-delivery": "disable"}, self.now, 5),
            "abort": answered(422, {"webhook-delivery": "abort-message"}, self.now, 5),
            "late": unanswered("late", "no whole answer within 15 s", 15_000),
            "unreachable": unanswered("unreachable", "nobody", 3),
            "cut off": CUT_OFF,
            "forgotten": FORGOTTEN,
        }
        return words[name]

    @rule(span=spans)
    def time_passes(self, span: timedelta) -> None:
        self.now += span
        self.holders = {who: end for who, end in self.holders.items() if end > self.now}

    @rule(who=st.sampled_from("abcde"), rate=st.sampled_from([None, 2]))
    def somebody_begins(self, who: str, rate: int | None) -> None:
        others = {one for one in self.holders if one != who}
        taken = begin(self.endpoint, who, self.now, self.now + LEASE, rate)
        if isinstance(taken, Refusal):
            assert taken.until > self.now
            return
        trial = on_trial(taken, self.now)
        assert len(others) < (1 if rate or trial else LEASES)
        assert waits_until(taken, self.now) is None
        if self.stopped:
            self.first_failure, self.failures, self.bad, self.stopped = None, 0, set(), False
        self.endpoint, self.holders[who] = taken, self.now + LEASE

    @precondition(lambda self: self.holders)
    @rule(name=outcomes | stops, position=positions)
    def an_attempt_ends(self, name: str, position: str) -> None:
        self.attempted(self.outcome(name), position)

    @precondition(lambda self: self.holders)
    @rule(seconds=st.integers(1, 10**6), base=st.sampled_from([5, 36_000]))
    def it_asks_for_a_pause(self, seconds: int, base: int) -> None:
        self.attempted(answered(429, {"retry-after": str(seconds)}, self.now, base), "p1")

    @precondition(lambda self: self.holders)
    @rule(times=st.integers(1, 12))
    def it_is_silent_for_a_while(self, times: int) -> None:
        for _ in range(times):
            self.now = waits_until(self.endpoint, self.now) or self.now
            self.attempted(self.outcome("late"), "p1")
        self.holders = {}

    @precondition(lambda self: self.holders)
    @rule(holders=st.lists(st.sampled_from("abcde"), min_size=4, max_size=5, unique=True))
    def it_takes_an_event_and_many_want_it(self, holders: list[str]) -> None:
        self.attempted(self.outcome("200"), "p2")
        for who in holders:
            self.somebody_begins(who, None)

    @precondition(lambda self: self.holders)
    @rule(days=st.integers(1, 9), each=st.sampled_from([1, 6, 30]), position=positions)
    def it_fails_for_days(self, days: int, each: int, position: str) -> None:
        end = self.now + days * DAY
        while self.now < end:
            self.attempted(self.outcome("500"), position)
            self.now += timedelta(hours=each)
        self.holders = {}

    @rule(who=st.sampled_from("abcde"))
    def somebody_lets_go(self, who: str) -> None:
        self.endpoint = let_go(self.endpoint, who)
        self.holders.pop(who, None)

    @rule(position=positions)
    def a_delivery_fails_for_good(self, position: str) -> None:
        told_at = self.endpoint.exhausted_told_at
        self.endpoint, news = exhausted(self.endpoint, self.now, position, "answered 500")
        assert bool(news) == (told_at is None or self.now - told_at >= timedelta(hours=1))

    def attempted(self, outcome: Outcome, position: str) -> None:
        self.endpoint, news = after(counted(self.endpoint, self.now), outcome, self.now, position)
        if outcome.delivered:
            self.first_failure, self.failures, self.bad = None, 0, set()
        elif outcome.kind not in ("abort", "cut off", "forgotten"):
            self.first_failure = self.first_failure or self.now
            self.failures += 1
            self.bad.add(position)
        for one in news:
            self.check(one, outcome)
        self.news += news

    def check(self, news: News, outcome: Outcome) -> None:
        if news.type == "endpoint.disabled":
            assert not self.stopped
            self.stopped = True
            if news.data["reason"] == "failing":
                assert self.first_failure is not None
                assert self.now - self.first_failure >= 5 * DAY
                assert self.failures >= 10
                assert len(self.bad) > 1
            else:
                assert outcome.stop == news.data["reason"]
        elif news.type == "endpoint.failing":
            assert self.first_failure is not None
            assert self.now - self.first_failure >= news.data["days"] * DAY >= DAY
        else:
            assert outcome.delivered
            told = [one.type for one in self.news if one.type != "endpoint.exhausted"]
            assert told[-1] in ("endpoint.failing", "endpoint.disabled")

    @invariant()
    def no_more_than_three_hold_it(self) -> None:
        assert len([end for end in self.endpoint.leases.values() if end > self.now]) <= LEASES

    @invariant()
    def it_is_held_back_for_a_bounded_time(self) -> None:
        open_until, paused_until = self.endpoint.open_until, self.endpoint.paused_until
        assert open_until is None or open_until - self.now <= OPEN_MOST
        assert paused_until is None or paused_until - self.now <= PAUSE_MOST

    @invariant()
    def somebody_s_turn_always_comes(self) -> None:
        free = max(
            [self.now, waits_until(self.endpoint, self.now) or self.now, *self.endpoint.leases.values()]
        )
        taken = begin(self.endpoint, "probe", free, free + LEASE, 1)
        if isinstance(taken, Refusal):  # its minute is full
            free = taken.until
            taken = begin(self.endpoint, "probe", free, free + LEASE, 1)
        assert isinstance(taken, Endpoint)
        assert refusal(taken, free, 1) is None


TestEndpointInAnyOrder = EndpointInAnyOrder.TestCase
TestEndpointInAnyOrder.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
