"""What a queue does about each kind of failure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.domain.intake.way_back import ByQueue
from chalicelib.domain.operations.record import Record
from chalicelib.domain.trace import new_trace
from chalicelib.errors import Busy, PluginFailed, Poison, Unavailable, Unconfigured, Unreadable
from chalicelib.log_context import current
from chalicelib.pipeline.consume import LAST_RECEIVE, PARKED, Attempt, Consume, each
from chalicelib.ports.operations import TimeLeft
from tests.unit.pipeline.fakes import FakeMetrics, FakeQuarantine, FakeQueue, now, plenty, record


class Consuming:
    def __init__(self) -> None:
        self.queue, self.quarantine = FakeQueue("triggeriq-test-feedback"), FakeQuarantine()
        self.metrics = FakeMetrics()
        self.consume = Consume(
            queue=self.queue,
            quarantine=self.quarantine,
            metrics=self.metrics,
            now=now,
            park_seconds=(30, 60),
            retry_seconds=(5, 15, 45, 135),
        )
        self.batches: list[list[str]] = []

    def __call__(
        self, records: Sequence[Record], failures: Mapping[str, Exception], left=plenty
    ) -> list[str]:
        def work(batch: Sequence[Record], time_left: TimeLeft) -> Iterator[Attempt]:
            self.batches.append([one.id for one in batch])
            return ((one, failures.get(one.id)) for one in batch)

        return self.consume(records, work, left)


@pytest.fixture
def consuming() -> Consuming:
    return Consuming()


def test_what_succeeds_is_acknowledged(consuming: Consuming) -> None:
    assert consuming([record("a"), record("b")], {}) == []
    assert consuming.batches == [["a", "b"]]


@pytest.mark.parametrize("error", [Unreadable("not JSON"), PluginFailed("p/1", "raised")])
def test_what_nobody_will_ever_read_is_kept_and_acknowledged(consuming: Consuming, error: Exception) -> None:
    assert consuming([record("a", "the body"), record("b")], {"a": error}) == []
    ((item, raw),) = consuming.quarantine.kept.values()
    assert (item.reason, item.event_id, raw) == (str(error), "a", b"the body")
    assert item.way_back == ByQueue(queue="triggeriq-test-feedback")


def test_suspects_need_not_each_wait_for_what_is_down(consuming: Consuming) -> None:
    records = [record("a"), *(record(f"s{number}", receives=3) for number in range(3))]
    assert consuming(records, {"a": Unavailable("postgres", "down")}) == []
    assert consuming.batches == [["a"]]
    assert len(consuming.queue.sent) == 4


def test_what_waits_for_a_dependency_is_parked_ever_longer(consuming: Consuming) -> None:
    down = Unavailable("postgres", "down")
    assert consuming([record("a", "body", mark="kept")], {"a": down}) == []
    first = consuming.queue.sent.pop()
    assert (first.body, first.delay_seconds) == ("body", 30)
    assert first.attributes == {"mark": "kept", PARKED: "1"}
    for parked, delay in (("1", 60), ("2", 60), ("99", 60)):
        consuming([record("a", "body", **{PARKED: parked})], {"a": down})
        assert consuming.queue.sent.pop().delay_seconds == delay
    assert consuming.quarantine.failures == []


@pytest.mark.parametrize(("receives", "seconds"), [(1, 5), (2, 15), (3, 45), (4, 135), (5, 135)])
def test_what_our_code_fails_on_comes_again_later_and_later(
    consuming: Consuming, receives: int, seconds: int
) -> None:
    assert consuming([record("a", receives=receives)], {"a": Poison("no")}) == ["a"]
    assert consuming.queue.shown_again == {"h-a": seconds}
    (failure,) = consuming.quarantine.failures
    assert (failure.message_id, failure.receives, failure.reason) == ("a", receives, "no")


def test_an_error_of_nobody_s_is_our_own_and_quotes_no_customer(consuming: Consuming) -> None:
    assert consuming([record("a")], {"a": KeyError("jo@example.com")}) == ["a"]
    assert consuming.quarantine.failures[0].reason == "KeyError in our code"


def test_what_another_has_in_hand_waits_for_him_and_is_no_failure(consuming: Consuming) -> None:
    assert consuming([record("a")], {"a": Busy("in hand", 17)}) == ["a"]
    assert consuming.queue.shown_again == {"h-a": 17}
    assert consuming.quarantine.failures == []


@pytest.mark.parametrize("error", [Unreadable("not JSON"), Unavailable("s3", "down")])
def test_where_neither_keeping_nor_parking_works_the_queue_keeps_it(
    consuming: Consuming, error: Exception
) -> None:
    consuming.quarantine.down, consuming.queue.down = True, 1
    assert consuming([record("a")], {"a": error}) == ["a"]


def test_a_failure_that_cannot_be_noted_is_retried_all_the_same(consuming: Consuming) -> None:
    consuming.quarantine.down = True
    assert consuming([record("a")], {"a": Poison("no")}) == ["a"]
    assert consuming.queue.shown_again == {"h-a": 5}


def test_suspects_come_last_and_alone(consuming: Consuming) -> None:
    records = [record("d", receives=4), record("a"), record("c", receives=3), record("b", receives=2)]
    assert consuming(records, {}) == []
    assert consuming.batches == [["a", "b"], ["c"], ["d"]]


def test_what_was_not_begun_in_time_is_handed_back_at_once(consuming: Consuming) -> None:
    left = iter([10.0, 4.9, 4.9])
    records = [record("a"), record("b", receives=3), record("c", receives=4)]
    assert consuming(records, {}, lambda: next(left)) == ["b", "c"]
    assert consuming.batches == [["a"]]
    assert consuming.queue.shown_again == {"h-b": 0, "h-c": 0}


def test_once_a_dependency_is_down_suspects_fail_of_it_too_without_asking_it(consuming: Consuming) -> None:
    records = [record("a"), record("b", receives=3), record("c", receives=4)]
    assert consuming(records, {"a": Unavailable("postgres", "down")}) == []
    assert consuming.batches == [["a"]]
    assert len(consuming.queue.sent) == 3


def test_a_message_that_a_batch_holds_twice_is_settled_twice(consuming: Consuming) -> None:
    """SQS may deliver a message more than once, and says nowhere that it never does so in one batch."""
    assert consuming([record("a"), record("a")], {"a": Poison("no")}) == ["a", "a"]


def test_what_was_not_begun_at_its_last_receive_begins_anew(consuming: Consuming) -> None:
    """The queue would dead-letter it, and nobody has looked at it yet."""
    last = record("a", "body", receives=5, mark="kept")
    assert consuming([last], {}, lambda: 4.9) == []
    ((body, delay, attributes),) = [(m.body, m.delay_seconds, m.attributes) for m in consuming.queue.sent]
    assert (body, delay, attributes) == ("body", 0, {"mark": "kept"})
    consuming.queue.down = 1
    assert consuming([last], {}, lambda: 4.9) == ["a"]


def test_the_last_receive_is_that_of_the_queues() -> None:
    queues = json.loads(Path("resources.json").read_text())["queues"]
    assert {queue["max_receives"] for queue in queues.values()} == {LAST_RECEIVE}


def test_work_on_single_records_goes_on_behind_one_that_fails() -> None:
    done: list[str] = []

    def work(one: Record) -> None:
        done.append(one.id)
        if one.id == "a":
            raise ValueError("a")

    outcomes = list(each(work)([record("a"), record("b")], plenty))
    assert done == ["a", "b"]
    assert [(one.id, type(error)) for one, error in outcomes] == [("a", ValueError), ("b", type(None))]


def test_once_a_dependency_is_down_the_rest_do_not_wait_for_it() -> None:
    asked: list[str] = []

    def work(one: Record) -> None:
        asked.append(one.id)
        raise Unavailable("dynamodb", "no answer")

    outcomes = list(each(work)([record("a"), record("b"), record("c")], plenty))
    assert asked == ["a"]
    assert [(one.id, type(error)) for one, error in outcomes] == [(id, Unavailable) for id in "abc"]


def test_a_connection_that_must_be_configured_anew_stops_no_other(consuming: Consuming) -> None:
    def work(one: Record) -> None:
        if one.id != "b":
            raise Unconfigured("zendesk", "an admin must configure its connection anew")

    records = [record("a"), record("b"), record("c", receives=3), record("b", receives=4)]
    assert consuming.consume(records, each(work), plenty) == []
    assert [message.body for message in consuming.queue.sent] == [records[0].body, records[2].body]


def test_single_records_that_there_is_no_time_for_are_handed_back(consuming: Consuming) -> None:
    left = iter([10.0, 10.0, 4.9])
    again = consuming.consume([record("a"), record("b")], each(lambda one: None), lambda: next(left))
    assert again == ["b"]
    assert consuming.queue.shown_again == {"h-b": 0}


def test_a_failure_is_settled_before_the_next_record_is_begun(consuming: Consuming) -> None:
    settled_before: dict[str, list[str]] = {}

    def work(one: Record) -> None:
        settled_before[one.id] = list(consuming.queue.shown_again)
        raise Poison(one.id)

    consuming.consume([record("a"), record("b")], each(work), plenty)
    assert settled_before == {"a": [], "b": ["h-a"]}


ABOUT = '{"v": 1, "source": "zendesk", "connection": "c", "event_id": "e-1"}'


@pytest.mark.parametrize(
    ("error", "counted"),
    [
        (Unreadable("no"), {("quarantined", "zendesk"): 1}),
        (Poison("no"), {("failed", "zendesk"): 1}),
        (Unavailable("postgres", "down"), {("failed", "zendesk"): 1}),
        (KeyError("no"), {("failed", "zendesk"): 1}),
        (Busy("in hand", 17), {}),
    ],
)
def test_each_failure_counts_for_its_source(
    consuming: Consuming, error: Exception, counted: Mapping[tuple[str, str], int]
) -> None:
    consuming([record("a", ABOUT), record("b", ABOUT)], {"a": error})
    assert consuming.metrics.counted == counted


def test_what_says_no_source_counts_for_none(consuming: Consuming) -> None:
    consuming([record("a", "no JSON")], {"a": Unreadable("no")})
    assert consuming.metrics.counted == {("quarantined", ""): 1}


def test_a_failed_attempt_to_park_counts_once(consuming: Consuming) -> None:
    consuming.queue.down = 1
    consuming([record("a", ABOUT)], {"a": Unavailable("postgres", "down")})
    assert consuming.metrics.counted == {("failed", "zendesk"): 1}


def test_the_line_of_a_failure_says_what_it_is_about_and_quotes_nobody(
    consuming: Consuming, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[Mapping[str, str]] = []
    consuming.queue.show_again_in = lambda handle, seconds: seen.append(dict(current()))
    consuming([record("a", ABOUT)], {"a": Poison("jo@example.com")})
    assert seen == [{"message_id": "a", "event_id": "e-1", "source": "zendesk", "connection": "c"}]
    (line,) = caplog.records
    assert vars(line)["error"] == "Poison"
    assert current() == {}


def test_a_parked_copy_keeps_its_trace(consuming: Consuming) -> None:
    trace = new_trace()
    consuming([replace(record("a"), trace=trace)], {"a": Unavailable("postgres", "down")})
    assert consuming.queue.sent.pop().trace == trace
    consuming([replace(record("b"), trace=trace)], {"b": Unreadable("no")})
    ((item, _),) = consuming.quarantine.kept.values()
    assert item.way_back == ByQueue(queue="triggeriq-test-feedback", trace=trace)
