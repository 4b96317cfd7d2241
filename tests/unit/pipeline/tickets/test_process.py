"""What process does when what triage asks is down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from chalicelib.domain.intake.feedback_message import FeedbackMessage, to_json
from chalicelib.domain.operations.record import Record
from chalicelib.domain.tickets.plan import Known, Plan, Selection
from chalicelib.domain.tickets.ticket import Triage
from chalicelib.errors import Poison, Unavailable
from chalicelib.pipeline.tickets.amend import Amend
from chalicelib.pipeline.tickets.process import Process
from chalicelib.pipeline.tickets.relay import Relay
from chalicelib.ports.tickets import TicketStore
from tests.in_memory_tickets import InMemoryTickets
from tests.said import triage
from tests.unit.pipeline.fakes import NOW, FakeBus, FakeMetrics, now, plenty, record
from triggeriq import Feedback


class Triaging:
    """Its configurations are away from feedback number `down` on."""

    def __init__(self, down: int) -> None:
        self._down = down
        self.asked = 0

    def __call__(self, feedback: Feedback, source: str, connection: str) -> Triage:
        self.asked += 1
        if self.asked >= self._down:
            raise Unavailable("postgres", "down")
        return triage(feedback.text)


def message(number: int) -> Record:
    feedback = Feedback(external_id=str(number), text="It crashes")
    body = to_json(
        FeedbackMessage(source="csv", connection="c", event_id="e", received_at=NOW, feedback=feedback)
    )
    return record(str(number), body)


def processing(triaging: Triaging, tickets: TicketStore | None = None) -> Process:
    nothing: Any = None
    relay = Relay(outbox=nothing, bus=FakeBus(down=True), quarantine=nothing, now=now, grace=nothing)
    amend = Amend(tickets=tickets or InMemoryTickets(), relay=relay)
    return Process(
        triage=triaging, amend=amend, notice=nothing, artifacts=nothing, metrics=FakeMetrics(), now=now
    )


class Choosy(InMemoryTickets):
    """Can't store feedback 0, so no batch with it; each transaction takes eight of `left` seconds, and from
    the one numbered `down` on the database is away."""

    def __init__(self, down: int = 100) -> None:
        super().__init__()
        self._down = down
        self.asked = 0
        self.left = 50.0

    def amend(self, selection: Selection, decide: Callable[[Known], Plan]) -> Plan:
        self.asked += 1
        self.left -= 8
        if self.asked >= self._down:
            raise Unavailable("postgres", "down")
        if any(key.external_id == "0" for key in selection.feedback):
            raise Poison("postgres refused the data")
        return super().amend(selection, decide)


def test_a_dependency_that_is_down_is_waited_for_once_a_batch() -> None:
    """Each wait takes five seconds, and the function fifty: ten of them would be cut, with copies parked
    beside originals that come again."""
    triaging = Triaging(down=3)
    outcomes = list(processing(triaging)([message(number) for number in range(10)], plenty))
    failures = {one.id: error for one, error in outcomes}
    assert triaging.asked == 3
    assert [id for id, error in failures.items() if error is None] == ["0", "1"]
    assert sum(isinstance(error, Unavailable) for error in failures.values()) == 8


def test_what_there_is_no_time_to_take_is_not_begun() -> None:
    """The transaction may wait five seconds for a database that restarts, so that ten must be left."""
    triaging, left = Triaging(100), iter([30.0, 20.0, 9.9])
    outcomes = list(processing(triaging)([message(number) for number in range(5)], left.__next__))
    assert [(one.id, error) for one, error in outcomes] == [("0", None), ("1", None)]
    assert triaging.asked == 2


def test_records_taken_one_by_one_are_handed_back_where_time_is_short() -> None:
    """A bus that hangs takes some eight seconds of each."""
    tickets = Choosy()
    records = [message(number) for number in range(10)]
    outcomes = list(processing(Triaging(100), tickets)(records, lambda: tickets.left))
    assert tickets.left > 0
    assert [(one.id, type(error)) for one, error in outcomes] == [
        ("0", Poison),
        *((str(number), type(None)) for number in range(1, 5)),
    ]


def test_a_database_that_goes_away_is_waited_for_once_by_records_taken_one_by_one() -> None:
    tickets = Choosy(down=3)
    records = [message(number) for number in range(5)]
    outcomes = list(processing(Triaging(100), tickets)(records, plenty))
    assert tickets.asked == 3
    assert [type(error) for _, error in outcomes] == [Poison, *[Unavailable] * 4]


def test_what_is_committed_is_counted_before_the_bus_is_asked() -> None:
    """The bus may hang, and the function be killed: the tickets stand, and are counted."""
    counted: list[int] = []
    process = processing(Triaging(100))
    metrics = FakeMetrics()

    class Hanging(FakeBus):
        def publish(self, events: Any) -> Any:
            counted.append(metrics.counted["ticketed", "csv"])
            return super().publish(events)

    relay = replace(process.amend.relay, bus=Hanging(down=True))
    process = replace(process, amend=replace(process.amend, relay=relay), metrics=metrics)
    assert [error for _, error in process([message(1), message(2)], plenty)] == [None, None]
    assert counted == [2]
