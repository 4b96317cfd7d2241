"""What was left in the outbox goes on the bus: how much of it, and what a failure leaves."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.delivery.event import CloudEvent, ticket_event_id
from chalicelib.errors import Poison, TriggerIQError, Unavailable
from chalicelib.pipeline.tickets.relay import BATCH, Relay
from chalicelib.ports.bus import TOO_LARGE
from tests.in_memory_tickets import InMemoryTickets
from tests.said import said, take_in
from tests.unit.pipeline.fakes import NOW, FakeBus, FakeOutbox, FakeQuarantine, now, plenty

GRACE = timedelta(seconds=30)
EARLIER = NOW - timedelta(minutes=1)


def event(number: int, at: datetime = EARLIER) -> CloudEvent:
    return CloudEvent(id=f"e{number}", type="ticket.created", subject=f"t{number}", time=at, data={})


class Crashing(FakeOutbox):
    """The process ends before the outbox is told: `crashes` times."""

    def __init__(self, crashes: int) -> None:
        super().__init__()
        self._crashes = crashes

    def relayed(self, event_ids: Sequence[str]) -> None:
        if self._crashes:
            self._crashes -= 1
            raise KeyboardInterrupt
        super().relayed(event_ids)


class Relaying:
    """A relay between an outbox with so many events, written earlier, and a bus."""

    def __init__(self, count: int = 0, outbox: FakeOutbox | None = None) -> None:
        self.bus, self.outbox = FakeBus(dummies=True), outbox or FakeOutbox()
        self.outbox.events |= {event(number).id: event(number) for number in range(count)}
        self.quarantine = FakeQuarantine()
        self.relay = Relay(outbox=self.outbox, bus=self.bus, quarantine=self.quarantine, now=now, grace=GRACE)

    @property
    def sent(self) -> list[str]:
        return [event.id for event in self.bus.events]


def test_all_that_was_left_goes_out_in_its_order_and_once() -> None:
    relaying = Relaying(2 * BATCH + 1)
    assert relaying.relay(plenty) == 2 * BATCH + 1
    assert relaying.sent == [f"e{number}" for number in range(2 * BATCH + 1)]
    assert relaying.outbox.events == {}
    assert relaying.relay(plenty) == 0


def test_what_was_just_committed_is_left_to_who_committed_it() -> None:
    relaying = Relaying(1)
    young = event(9, NOW - GRACE)
    relaying.outbox.events[young.id] = young
    assert relaying.relay(plenty) == 1
    assert list(relaying.outbox.events) == [young.id]


def test_when_time_is_up_the_rest_waits_for_the_next_run() -> None:
    relaying = Relaying(3 * BATCH)
    seconds = iter([60.0, 5.1, 5.0])
    assert relaying.relay(lambda: next(seconds)) == 2 * BATCH
    assert len(relaying.outbox.events) == BATCH
    assert relaying.relay(plenty) == BATCH


def test_without_time_nothing_is_begun() -> None:
    relaying = Relaying(1)
    assert relaying.relay(lambda: 0.0) == 0
    assert relaying.bus.offered == []


def test_what_the_bus_refuses_stays_and_the_run_fails() -> None:
    """The schedule's alarm sees the failure; going on would send the refused ones again and again."""
    relaying = Relaying(3)
    relaying.bus.refused = {"e1": "ThrottlingException"}
    seconds = iter([60.0, 0.0])
    with pytest.raises(Unavailable, match="1 of 3 events were refused"):
        relaying.relay(lambda: next(seconds))
    assert (relaying.sent, list(relaying.outbox.events)) == (["e0", "e2"], ["e1"])
    relaying.bus.refused = {}
    assert relaying.relay(plenty) == 1
    assert relaying.sent == ["e0", "e2", "e1"]


def test_what_the_bus_will_never_take_is_kept_aside_and_keeps_no_other_waiting() -> None:
    relaying = Relaying(2 * BATCH)
    relaying.bus.refused = {f"e{number}": TOO_LARGE for number in range(BATCH)}
    assert relaying.relay(plenty) == 2 * BATCH
    assert relaying.sent == [f"e{number}" for number in range(BATCH, 2 * BATCH)]
    assert relaying.outbox.events == {}
    assert [item.event_id for item in relaying.quarantine.items] == [f"e{number}" for number in range(BATCH)]
    (_, raw), *_ = relaying.quarantine.kept.values()
    assert json.loads(raw or b"") == event(0).as_json()


def test_what_can_not_be_kept_aside_stays_and_the_others_go_out_once() -> None:
    relaying = Relaying(2)
    relaying.bus.refused = {"e0": TOO_LARGE}
    relaying.quarantine.down = True
    with pytest.raises(Unavailable, match="dynamodb"):
        relaying.relay(plenty)
    assert (relaying.sent, list(relaying.outbox.events)) == (["e1"], ["e0"])


def test_a_bus_that_is_down_takes_nothing_from_the_outbox() -> None:
    relaying = Relaying(3)
    relaying.bus.down = True
    with pytest.raises(Unavailable):
        relaying.relay(plenty)
    assert len(relaying.outbox.events) == 3


def test_what_was_just_committed_goes_out_at_once() -> None:
    relaying = Relaying(2)
    relaying.relay.now_if_possible([event(1)])
    assert (relaying.sent, list(relaying.outbox.events)) == (["e1"], ["e0"])


def test_a_part_that_is_refused_just_now_is_left_to_the_schedule() -> None:
    relaying = Relaying(2)
    relaying.bus.refused = {"e0": "ThrottlingException"}
    relaying.relay.now_if_possible([event(0), event(1)])
    assert (relaying.sent, list(relaying.outbox.events)) == (["e1"], ["e0"])


class FailingBus:
    def __init__(self, error: TriggerIQError) -> None:
        self._error = error

    def publish(self, events: Sequence[CloudEvent]) -> Sequence[str | None]:
        raise self._error


class FailingOutbox(FakeOutbox):
    """Can't be told what was relayed."""

    def relayed(self, event_ids: Sequence[str]) -> None:
        raise Unavailable("postgres", "down")


@pytest.mark.parametrize("error", [Unavailable("bus", "down"), Poison("events refused the request: said")])
def test_no_failure_of_the_bus_reaches_who_committed(
    error: TriggerIQError, caplog: pytest.LogCaptureFixture
) -> None:
    relay = Relay(
        outbox=FakeOutbox(), bus=FailingBus(error), quarantine=FakeQuarantine(), now=now, grace=GRACE
    )
    relay.now_if_possible([event(1)])
    (record,) = caplog.records
    assert (record.getMessage(), record.events, record.ticket_ids) == ("left in the outbox", 1, ["t1"])
    assert "said" not in record.error


def test_nothing_to_tell_asks_nobody(caplog: pytest.LogCaptureFixture) -> None:
    relay = Relay(
        outbox=FakeOutbox(),
        bus=FailingBus(Unavailable("bus", "down")),
        quarantine=FakeQuarantine(),
        now=now,
        grace=GRACE,
    )
    relay.now_if_possible([])
    assert caplog.records == []


def test_no_failure_of_the_outbox_reaches_who_committed(caplog: pytest.LogCaptureFixture) -> None:
    outbox = FailingOutbox({"e1": event(1)})
    Relay(
        outbox=outbox, bus=FakeBus(dummies=True), quarantine=FakeQuarantine(), now=now, grace=GRACE
    ).now_if_possible([event(1)])
    assert list(outbox.events) == ["e1"]
    assert [record.getMessage() for record in caplog.records] == ["left in the outbox"]


def test_after_a_crash_between_bus_and_outbox_an_event_goes_out_again_with_its_id() -> None:
    relaying = Relaying(outbox=Crashing(1))
    tickets = InMemoryTickets(outbox=relaying.outbox.events)
    (taken,), _ = take_in(tickets, [said("a")], EARLIER)
    with pytest.raises(KeyboardInterrupt):
        relaying.relay(plenty)
    assert relaying.relay(plenty) == 1
    assert relaying.sent == [ticket_event_id(taken.ticket_id, 1, "ticket.created")] * 2
    assert relaying.bus.events[0] == relaying.bus.events[1]
    assert relaying.outbox.events == {}
