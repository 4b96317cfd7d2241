from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.intake.quarantine import PluginFailures
from chalicelib.domain.operations.trouble import not_empty
from chalicelib.errors import Unavailable
from chalicelib.pipeline.operations.tell_troubles import TellTroubles
from tests.unit.pipeline.fakes import NOW, FakeBus, FakeClock, FakeMarks

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def in_json(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


@dataclass
class Dead:
    """A dead-letter queue."""

    messages: int = 0
    sent_at: datetime | None = None

    def count(self) -> int:
        return self.messages

    def oldest_at(self) -> datetime | None:
        return self.sent_at


@dataclass
class Failing:
    """What is counted of plugins."""

    failures: dict[str, PluginFailures] = field(default_factory=dict)

    def plugin_failures(self) -> dict[str, PluginFailures]:
        return self.failures


class Troubles:
    """The use-case on fakes, run each minute."""

    def __init__(self) -> None:
        self.clock, self.bus, self.plugins = FakeClock(), FakeBus(), Failing()
        self.marks = FakeMarks(self.clock)
        self.feedback, self.jobs = Dead(), Dead()
        self.tell = TellTroubles(
            plugins=self.plugins,
            dead={"feedback": self.feedback, "jobs": self.jobs},
            marks=self.marks,
            bus=self.bus,
            now=self.clock,
        )

    def fail(self, plugin: str, times: int = 1, hook: str = "classify") -> None:
        known = self.plugins.failures.get(plugin)
        count = times + (known.count if known else 0)
        self.plugins.failures[plugin] = PluginFailures(count, self.clock.at, hook, "said: I am Ada")

    def run(self, minutes: int = 1) -> list[CloudEvent]:
        """What is told in so many minutes."""
        told = len(self.bus.events)
        for _ in range(minutes):
            self.tell()
            self.clock.at += MINUTE
        return self.bus.events[told:]


@pytest.fixture
def troubles() -> Troubles:
    return Troubles()


def test_all_is_quiet_while_all_is_well(troubles: Troubles) -> None:
    assert troubles.run(10) == []
    assert troubles.marks.all() == {}


def test_a_plugin_s_failure_is_told_once_without_its_reason(troubles: Troubles) -> None:
    troubles.fail("acme", 12)
    (event,) = troubles.run(200)
    assert (event.type, event.subject, event.owner, event.connections) == (
        "plugin.failed",
        "acme",
        "triggeriq",
        (),
    )
    failed_at = in_json(NOW)
    assert event.data == {"plugin": "acme", "hook": "classify", "failures": 12, "failed_at": failed_at}
    assert "Ada" not in event.body


def test_one_that_goes_on_failing_is_told_at_most_once_an_hour(troubles: Troubles) -> None:
    told = []
    for _ in range(3 * 60):
        troubles.fail("acme")
        told += troubles.run()
    assert [event.data["failures"] for event in told] == [1, 61, 121]
    assert len({event.id for event in told}) == 3


def test_what_failed_within_the_hour_and_never_again_is_told_after_it(troubles: Troubles) -> None:
    troubles.fail("acme")
    assert len(troubles.run(30)) == 1
    troubles.fail("acme")
    (event,) = troubles.run(60)
    assert event.data["failures"] == 2
    assert troubles.run(60) == []


def test_one_that_works_again_was_failing_all_the_same(troubles: Troubles) -> None:
    troubles.fail("acme", hook="")
    (event,) = troubles.run()
    assert event.data["hook"] is None


def test_each_plugin_is_told_of_for_itself(troubles: Troubles) -> None:
    troubles.fail("acme")
    assert [event.subject for event in troubles.run(5)] == ["acme"]
    troubles.fail("other")
    assert [event.subject for event in troubles.run(5)] == ["other"]


def test_a_dead_letter_queue_is_told_of_once_until_it_is_empty_again(troubles: Troubles) -> None:
    troubles.feedback.messages, troubles.feedback.sent_at = 3, NOW - HOUR
    (event,) = troubles.run(600)
    assert (event.type, event.subject) == ("dlq.not_empty", "feedback")
    assert event.data == {"queue": "feedback", "count": 3, "oldest_at": in_json(NOW - HOUR)}
    troubles.feedback.messages = 0
    assert troubles.run(10) == []
    troubles.feedback.messages = 1
    (again,) = troubles.run(10)
    assert (again.data["count"], again.id != event.id) == (1, True)


def test_each_queue_is_told_of_for_itself(troubles: Troubles) -> None:
    troubles.feedback.messages = troubles.jobs.messages = 1
    assert [event.subject for event in troubles.run(5)] == ["feedback", "jobs"]
    troubles.jobs.messages = 0
    troubles.run()
    troubles.jobs.messages = 1
    assert [event.subject for event in troubles.run(5)] == ["jobs"]


def test_what_the_bus_did_not_take_is_told_by_the_next_run_with_the_same_id(troubles: Troubles) -> None:
    troubles.feedback.messages = 1
    troubles.fail("acme")
    troubles.bus.down = True
    with pytest.raises(Unavailable):
        troubles.tell()
    offered = [event.id for event in troubles.bus.offered]
    troubles.bus.down = False
    troubles.clock.at += MINUTE
    assert [event.id for event in troubles.run(90)] == offered
    assert len(offered) == 2


def test_one_that_the_bus_refused_is_told_by_the_next_run(troubles: Troubles) -> None:
    troubles.feedback.messages = troubles.jobs.messages = 1
    refused = not_empty("jobs", 1, None, troubles.clock.at)
    troubles.bus.refused = {refused.id: "ThrottlingException"}
    with pytest.raises(Unavailable):
        troubles.tell()
    troubles.bus.refused = {}
    assert [event.id for event in troubles.run(5)] == [refused.id]


def test_after_a_crash_behind_the_bus_it_is_told_again_with_the_same_id(troubles: Troubles) -> None:
    troubles.feedback.messages = 1
    troubles.tell()
    ((name, (mark, at)),) = troubles.marks.marks.items()
    troubles.marks.marks[name] = (mark._replace(told=False), at)  # as it was before the bus
    troubles.clock.at += MINUTE
    troubles.run(5)
    first, again = troubles.bus.events
    assert first.id == again.id


def test_two_runs_at_once_tell_it_once(troubles: Troubles) -> None:
    troubles.feedback.messages = 1

    class Behind(FakeMarks):
        """Knows nothing of what the other run does meanwhile."""

        def all(self) -> dict[str, object]:  # type: ignore[override]
            return {}

        def change(self, name, before, after):  # type: ignore[no-untyped-def]
            return troubles.marks.change(name, before, after)

    other = TellTroubles(
        plugins=troubles.plugins,
        dead=troubles.tell.dead,
        marks=Behind(troubles.clock),
        bus=troubles.bus,
        now=lambda: troubles.clock.at + MINUTE,
    )
    troubles.tell()
    other()
    assert len(troubles.bus.events) == 1
