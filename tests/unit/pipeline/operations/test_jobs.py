"""A job from its start to its end, whatever comes between."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.operations.job import Job, Step
from chalicelib.errors import Conflict, Invalid, NotFound, Unavailable, Unreadable
from chalicelib.pipeline.operations.resume_jobs import SETTLE, ResumeJobs
from chalicelib.pipeline.operations.run_job import STOP_SECONDS, RunJob
from chalicelib.pipeline.operations.start_job import StartJob
from tests.in_memory_jobs import InMemoryJobs
from tests.unit.pipeline.fakes import NOW, FakeQueue, plenty
from tests.unit.pipeline.operations.counting import Count, CountArguments, OneKind


class Office:
    """All that jobs need, and a clock that stands still until it is moved."""

    def __init__(self, kind: Count | None = None) -> None:
        self.time = NOW
        self.kind, self.queue, self.jobs = kind or Count(), FakeQueue("jobs"), InMemoryJobs(self.now)
        kinds = OneKind(self.kind)
        self.start = StartJob(jobs=self.jobs, kinds=kinds, queue=self.queue, now=self.now)
        self.run = RunJob(jobs=self.jobs, kinds=kinds, queue=self.queue, now=self.now)
        self.resume = ResumeJobs(jobs=self.jobs, queue=self.queue, now=self.now)

    def now(self) -> datetime:
        return self.time

    def begin(self, **arguments: Any) -> Job:
        return self.start("count", {"most": 3, **arguments}, "ana (k1)", "ana")

    def take(self, holder: str = "m1", time_left: Callable[[], float] = plenty) -> None:
        """The next message of the queue is worked on."""
        self.run(self.queue.sent.pop(0).body, holder, time_left)

    @property
    def job(self) -> Job:
        (job,) = self.jobs.jobs.values()
        return job


def spent(*seconds: float) -> Callable[[], float]:
    """What is left, asked once for each; then nothing."""
    left: Iterator[float] = iter(seconds)
    return lambda: next(left, 0.0)


def test_a_job_is_started_with_what_it_is_made_of_and_done_in_one_turn_where_time_allows() -> None:
    office = Office()
    started = office.begin()
    assert (started.status, started.connections, started.audience) == ("queued", ("csv/default",), "ana")
    assert (started.by, started.owner) == ("ana (k1)", "ana")
    office.take()
    job = office.job
    assert (job.status, job.done, job.total, job.finished_at, job.reason) == ("done", 3, 3, NOW, None)
    assert office.kind.counted == [0, 1, 2]
    assert office.queue.sent == []


def test_what_can_not_be_begun_leaves_nothing() -> None:
    office = Office()
    with pytest.raises(NotFound):
        office.start("guess", {}, "ana", "ana")
    with pytest.raises(Invalid):
        office.begin(most=0)
    office.begin()
    with pytest.raises(Conflict, match=office.job.id):
        office.begin()
    assert len(office.queue.sent) == 1


def test_a_job_longer_than_a_turn_sends_itself_on_and_repeats_nothing() -> None:
    office = Office()
    office.begin()
    turns = 0
    while office.queue.sent:
        office.take(f"m{turns}", spent(600, STOP_SECONDS - 1))
        turns += 1
    assert (office.job.status, office.job.done, office.kind.counted) == ("done", 3, [0, 1, 2])
    assert turns == 4  # the last finds that all is counted


def test_a_job_that_would_rest_comes_back_later_and_holds_nobody_meanwhile() -> None:
    office = Office()
    office.begin(rest=30)
    office.take()
    (message,) = office.queue.sent
    assert message.delay_seconds == 30
    assert office.jobs.held == {}
    assert office.kind.counted == [0]


def test_a_second_message_finds_the_job_in_hand_and_leaves_it() -> None:
    def meanwhile(number: int) -> None:
        if number == 1:
            office.run(json.dumps({"v": 1, "job": office.job.id}), "another message", plenty)

    office = Office(Count(meanwhile))
    office.begin()
    office.take()
    assert (office.job.status, office.kind.counted) == ("done", [0, 1, 2])


def test_of_two_invocations_of_one_message_the_former_stops_at_its_next_step() -> None:
    calls = iter([False, True])

    def meanwhile(number: int) -> None:
        if next(calls, False):
            office.run(json.dumps({"v": 1, "job": office.job.id}), "m1", plenty)

    office = Office(Count(meanwhile))
    office.begin()
    office.take("m1")
    assert (office.job.status, office.job.done) == ("done", 3)
    assert office.kind.counted == [0, 1, 2, 1]


def test_a_cancelled_job_stops_at_its_next_step() -> None:
    def cancel(number: int) -> None:
        if number == 1:
            office.jobs.cancel(office.job.id)

    office = Office(Count(cancel))
    office.begin()
    office.take()
    assert (office.job.status, office.job.done, office.kind.counted) == ("cancelled", 1, [0, 1])
    assert office.queue.sent == []


def test_an_outage_lets_the_job_go_and_it_goes_on_from_its_checkpoint() -> None:
    outages = iter([False, True])

    def outage(number: int) -> None:
        if next(outages, False):
            raise Unavailable("s3", "down")

    office = Office(Count(outage))
    office.begin()
    (message,) = office.queue.sent
    with pytest.raises(Unavailable):
        office.take("m1")
    assert (office.job.status, office.job.done) == ("running", 1)
    office.run(message.body, "the parked copy", plenty)
    assert (office.job.status, office.kind.counted) == ("done", [0, 1, 2])


def test_what_the_kind_refuses_fails_the_job_with_its_words() -> None:
    def refuse(number: int) -> None:
        raise NotFound("there is no such thing; make it first")

    office = Office(Count(refuse))
    office.begin()
    office.take()
    assert (office.job.status, office.job.reason) == ("failed", "there is no such thing; make it first")


def test_a_defect_fails_the_job_once_and_quotes_nobody() -> None:
    def break_down(number: int) -> None:
        raise KeyError("what a customer wrote")

    office = Office(Count(break_down))
    office.begin()
    (message,) = office.queue.sent
    with pytest.raises(KeyError):
        office.take()
    assert (office.job.status, office.job.reason) == ("failed", "KeyError in our code; the log says more")
    office.run(message.body, "m1", plenty)  # it comes again, and finds nothing to do


def test_a_kind_that_is_no_longer_there_fails_its_job() -> None:
    office = Office()
    office.begin()
    office.jobs.jobs[office.job.id] = Job(
        id=office.job.id,
        kind="guess",
        arguments={},
        by="ana",
        owner="ana",
        created_at=NOW,
        updated_at=NOW,
    )
    office.take()
    assert (office.job.status, office.job.reason) == ("failed", "there is no job guess")


@pytest.mark.parametrize(
    "body",
    ["not JSON", "[]", '{"v": 1}', '{"v": 2, "job": "x"}', '{"v": 1, "job": ""}', '{"v": 1, "job": 7}'],
)
def test_a_message_that_names_no_job_is_unreadable(body: str) -> None:
    with pytest.raises(Unreadable):
        Office().run(body, "m1", plenty)


def test_a_job_that_nobody_knows_is_nothing_to_do() -> None:
    office = Office()
    office.run('{"v": 1, "job": "long gone"}', "m1", plenty)
    assert office.queue.sent == []


def test_a_job_whose_message_was_lost_is_sent_again() -> None:
    office = Office()
    office.begin()
    office.queue.sent.clear()
    assert office.resume() == 0  # it may be on its way
    office.time += SETTLE + timedelta(seconds=1)
    assert (office.resume(), office.resume()) == (1, 0)
    office.take()
    assert office.job.status == "done"


def test_a_job_whose_turn_died_is_sent_again_once_its_lock_has_expired() -> None:
    class Died(BaseException):
        """As kill -9: nothing is let go."""

    deaths = iter([False, True])

    def die(number: int) -> None:
        if next(deaths, False):
            raise Died

    office = Office(Count(die))
    office.begin()
    with pytest.raises(Died):
        office.take("m1")
    office.time += SETTLE - timedelta(minutes=1)
    assert office.resume() == 0
    office.time += timedelta(minutes=2)
    assert office.resume() == 1
    office.take("m2")
    assert (office.job.status, office.job.done, office.kind.counted) == ("done", 3, [0, 1, 2])


def test_done_by_hand_it_tells_each_step_and_the_end() -> None:
    office = Office()
    job = office.start.register("count", {"most": 2, "rest": 5}, "by hand", "by hand")
    assert office.queue.sent == []
    told: list[Job] = []
    waits: list[int] = []
    while (wait := office.run.turn(job.id, "me", plenty, told.append)) is not None:
        waits.append(wait)
    assert [(one.status, one.done) for one in told] == [("running", 1), ("running", 2), ("done", 2)]
    assert waits == [5, 5]


def test_an_interrupted_job_is_anybody_s() -> None:
    def interrupt(number: int) -> None:
        raise KeyboardInterrupt

    office = Office(Count(interrupt))
    job = office.start.register("count", {"most": 1}, "by hand", "by hand")
    with pytest.raises(KeyboardInterrupt):
        office.run.turn(job.id, "me", plenty)
    assert office.jobs.held == {}
    assert not office.job.over


def test_progress_adds_up() -> None:
    job = Office().begin()
    after = job.after(Step("a", done=2, skipped=1, total=9)).after(Step("b", done=3))
    assert (after.checkpoint, after.done, after.skipped, after.total) == ("b", 5, 1, 9)


def test_the_same_work_is_the_same_whatever_the_order_of_its_arguments() -> None:
    job = Office().begin()
    arguments = OneKind(Count()).dump(CountArguments(most=3))
    assert (
        job.work
        == Job(
            id="x",
            kind="count",
            arguments=dict(reversed(arguments.items())),
            by="",
            owner="",
            created_at=NOW,
            updated_at=NOW,
        ).work
    )
