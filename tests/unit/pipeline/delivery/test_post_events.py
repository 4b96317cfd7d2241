"""What becomes of posted events: the log, the bus, the mark between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.delivery.event import WHOLE_BYTES, CloudEvent
from chalicelib.domain.delivery.stored_event import StoredEvent
from chalicelib.domain.trace import Trace
from chalicelib.errors import Unavailable
from chalicelib.pipeline.delivery.post_events import PostEvents
from chalicelib.pipeline.delivery.sweep_untold import BATCH, SETTLE, SweepUntold
from tests.in_memory_delivery import InMemoryEventLog
from tests.unit.pipeline.fakes import NOW, FakeBus, FakeClock, FakeMetrics, plenty

TRACE = Trace("1" * 32, "2" * 16)


class FailingLog(InMemoryEventLog):
    """marks: whether they can be taken off. room: how many more events it takes."""

    def __init__(self) -> None:
        super().__init__()
        self.marks, self.room = True, 1_000

    def put(self, event: StoredEvent) -> StoredEvent:
        if self.room <= 0:
            raise Unavailable("dynamodb", "down")
        self.room -= 1
        return super().put(event)

    def told(self, event: StoredEvent) -> None:
        if not self.marks:
            raise Unavailable("dynamodb", "down")
        super().told(event)


class World:
    def __init__(self) -> None:
        self.log, self.bus, self.clock = FailingLog(), FakeBus(), FakeClock()
        self.metrics = FakeMetrics()
        self._post = PostEvents(
            event_log=self.log, bus=self.bus, metrics=self.metrics, trace=lambda: TRACE, now=self.clock
        )
        self.sweep = SweepUntold(event_log=self.log, bus=self.bus, now=self.clock)

    def post(self, *events: CloudEvent) -> list[tuple[str, bool]]:
        return [(event.id, event.duplicate) for event in self._post(events)]

    @property
    def marked(self) -> list[str]:
        return [event.id for event in self.log.events.values() if event.untold_since]

    @property
    def told(self) -> list[str]:
        return [event.id for event in self.bus.events]


@pytest.fixture
def world() -> World:
    return World()


def event(id: str = "e1", **given: Any) -> CloudEvent:
    said = {"type": "order.paid", "time": NOW, "owner": "acme", "source": "shop", "data": {"n": 1}, **given}
    return CloudEvent(id=id, **said)


def test_an_event_is_kept_and_told_and_has_no_mark_then(world: World) -> None:
    assert world.post(event()) == [("e1", False)]
    (kept,) = world.log.events.values()
    (told,) = world.bus.events
    assert (kept.untold_since, kept.received_at, kept.body) == (None, NOW, told.body)
    assert (told.bus_source, told.trace) == ("partner.acme", TRACE)
    assert told.as_json()["traceparent"] == TRACE.traceparent


def test_a_repeat_is_a_duplicate_and_the_first_one_stays(world: World) -> None:
    world.post(event())
    assert world.post(event(data={"n": 2})) == [("e1", True)]
    assert len(world.told) == world.metrics.posted == 1
    assert '"n":1' in (world.log.find("acme", "e1").body or "")


def test_owner_and_source_make_it_another_event(world: World) -> None:
    assert world.post(event(), event(source="desk"), event(owner="other")) == [("e1", False)] * 3
    assert len(world.told) == 3


def test_the_same_twice_in_one_batch_is_one_event_and_a_duplicate(world: World) -> None:
    assert world.post(event(), event("e2"), event(data={"n": 2})) == [
        ("e1", False), ("e2", False), ("e1", True)
    ]  # fmt: skip
    assert world.told == ["e1", "e2"]
    assert world.metrics.posted == 2


def test_nothing_is_no_fault(world: World) -> None:
    assert world.post() == []
    assert world.bus.offered == []


def test_while_the_bus_is_down_the_mark_stays_and_a_repeat_goes_on(world: World) -> None:
    world.bus.down = True
    with pytest.raises(Unavailable):
        world.post(event(), event("e2"))
    assert world.marked == ["e1", "e2"]
    world.bus.down = False
    assert world.post(event(data={"n": 2}), event("e2"), event("e3")) == [
        ("e1", False), ("e2", False), ("e3", False)
    ]  # fmt: skip
    assert (world.marked, world.told) == ([], ["e1", "e2", "e3"])
    assert world.bus.events[0].data == {"n": 1}


def test_what_the_bus_refuses_keeps_its_mark_and_the_rest_does_not(world: World) -> None:
    world.bus.refused = {"e2": "InternalFailure"}
    events = [event(id, data={}) for id in ("e1", "e2", "e3")]
    with pytest.raises(Unavailable, match="1 of 3 events were refused"):
        world.post(*events)
    assert (world.told, world.marked) == (["e1", "e3"], ["e2"])
    world.bus.refused = {}
    assert world.post(*events) == [("e1", True), ("e2", False), ("e3", True)]
    assert world.told == ["e1", "e3", "e2"]


def test_a_log_that_fails_half_way_loses_nothing(world: World) -> None:
    world.log.room = 1
    with pytest.raises(Unavailable):
        world.post(event(), event("e2"))
    assert (world.told, world.marked) == ([], ["e1"])
    world.log.room = 9
    assert world.post(event(), event("e2")) == [("e1", False), ("e2", False)]
    assert world.told == ["e1", "e2"]


def test_a_mark_that_stays_does_not_make_the_poster_wait(world: World) -> None:
    world.log.marks = False
    assert world.post(event(), event("e2")) == [("e1", False), ("e2", False)]
    assert (world.told, world.marked) == (["e1", "e2"], ["e1", "e2"])


@pytest.mark.parametrize("more", [{}, {"data_base64": "x" * WHOLE_BYTES, "datacontenttype": "image/png"}])
def test_a_long_event_goes_on_the_bus_without_its_data(world: World, more: dict[str, str]) -> None:
    long = event(data=None if more else {"text": "x" * WHOLE_BYTES}, more={"tenant": "one", **more})
    world.bus.down = True
    with pytest.raises(Unavailable):
        world.post(long)
    world.bus.down = False
    world.post(event())  # its repeat, which is short, tells of what came first
    (told,) = world.bus.events
    said = told.as_json()
    assert (said["dataref"], said["tenant"], said["id"]) == ("/events/e1", "one", "e1")
    assert not said.keys() & {"data", "data_base64"}
    kept = world.log.find("acme", "e1")
    assert kept is not None
    assert kept.members().get("data") == long.data


def test_the_sweep_tells_what_waits_longer_than_a_minute(world: World) -> None:
    world.bus.down = True
    with pytest.raises(Unavailable):
        world.post(event())
    with pytest.raises(Unavailable):
        world.post(event("long", data={"text": "x" * WHOLE_BYTES}))
    assert world.sweep(plenty) == 0
    world.clock.at += SETTLE + timedelta(seconds=1)
    with pytest.raises(Unavailable):
        world.sweep(plenty)
    world.bus.down = False
    assert world.sweep(plenty) == 2
    assert (world.told, world.marked) == (["e1", "long"], [])
    assert world.bus.events[0].body == world.log.find("acme", "e1").body
    assert world.bus.events[1].as_json()["dataref"] == "/events/long"
    assert world.sweep(plenty) == 0
    assert world.post(event()) == [("e1", True)]


def test_the_sweep_goes_on_until_all_are_told_or_time_is_up(world: World) -> None:
    for number in range(2 * BATCH + 1):
        kept = StoredEvent.of(event(f"e{number}"), NOW - timedelta(hours=1), untold=True)
        world.log.put(replace(kept, untold_since=NOW - timedelta(hours=1)))
    left = iter([30.0, 4.0])
    assert world.sweep(lambda: next(left)) == BATCH
    assert world.sweep(plenty) == BATCH + 1
    assert len(set(world.told)) == 2 * BATCH + 1


def test_a_sweep_reads_no_more_events_at_once_than_it_has_memory_for(world: World) -> None:
    """The function has 256 MB, and an event as long as they come may need twenty times the room of its text.
    Were it too little, each minute's run would end so, and nobody be told."""
    kept = (StoredEvent.of(event(f"e{number}"), NOW, untold=True) for number in range(50))
    for one in kept:
        world.log.put(replace(one, untold_since=NOW - timedelta(hours=1)))
    untold, most = world.log.untold, 0

    def counted(before: datetime, limit: int) -> Sequence[StoredEvent]:
        nonlocal most
        found = untold(before, limit)
        most = max(most, sum(20 * WHOLE_BYTES for _ in found))
        return found

    world.log.untold = counted  # type: ignore[method-assign]
    assert world.sweep(plenty) == 50
    assert most < 100_000_000


def test_what_is_refused_when_swept_is_swept_again(world: World) -> None:
    world.bus.down = True
    for id in ("e1", "e2"):
        with pytest.raises(Unavailable):
            world.post(event(id, data={}))
    world.bus.down = False
    world.clock.at += SETTLE + timedelta(seconds=1)
    world.bus.refused = {"e1": "InternalFailure"}
    with pytest.raises(Unavailable, match="1 of 2"):
        world.sweep(plenty)
    assert (world.told, world.marked) == (["e2"], ["e1"])
    world.bus.refused = {}
    assert world.sweep(plenty) == 1
    assert world.marked == []


def test_a_sweep_whose_marks_stay_ends(world: World) -> None:
    world.bus.down = True
    with pytest.raises(Unavailable):
        world.post(event())
    world.bus.down, world.log.marks = False, False
    world.clock.at += SETTLE + timedelta(seconds=1)
    with pytest.raises(Unavailable):
        world.sweep(plenty)
    assert world.told == ["e1"]
