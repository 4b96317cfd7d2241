"""What every Outbox promises."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.errors import Unavailable
from chalicelib.ports.tickets import Outbox, TicketStore
from chalicelib.services.postgres.connection import Database
from chalicelib.services.postgres.outbox import PostgresOutbox
from chalicelib.services.postgres.tickets import PostgresTickets
from tests.in_memory_tickets import InMemoryTickets
from tests.said import said, take_in
from tests.unit.pipeline.fakes import FakeOutbox

MINUTE = timedelta(minutes=1)
ABSENT = "5e9b3a9e-7e5b-4b43-9f5c-0c8f0a8f8d11"


class Telling:
    """An outbox, and the store that writes into it."""

    def __init__(self, outbox: Outbox, store: TicketStore) -> None:
        self.outbox, self._store = outbox, store

    def tell(self, *external_ids: str, at: datetime) -> Sequence[CloudEvent]:
        """One event a feedback, written then."""
        return take_in(self._store, [said(external_id) for external_id in external_ids], at)[1]


@pytest.fixture(params=["PostgreSQL", "fake"])
def telling(request: pytest.FixtureRequest) -> Telling:
    if request.param == "fake":
        tickets = InMemoryTickets()
        return Telling(FakeOutbox(tickets.outbox), tickets)
    database: Database = request.getfixturevalue("database")
    return Telling(PostgresOutbox(database), PostgresTickets(database))


def ids(events: Sequence[CloudEvent]) -> list[str]:
    return [event.id for event in events]


def test_an_event_waits_as_it_was_written(telling: Telling, now: datetime) -> None:
    (told,) = telling.tell("a", at=now)
    assert list(telling.outbox.pending(10, now + MINUTE)) == [told]


def test_events_come_oldest_first_and_no_more_than_asked_for(telling: Telling, now: datetime) -> None:
    told = [event for number in range(3) for event in telling.tell(f"{number}", at=now + number * MINUTE)]
    assert ids(telling.outbox.pending(10, now + 5 * MINUTE)) == ids(told)
    assert ids(telling.outbox.pending(2, now + 5 * MINUTE)) == ids(told[:2])


def test_what_was_written_since_is_left_to_who_wrote_it(telling: Telling, now: datetime) -> None:
    (old,) = telling.tell("a", at=now)
    telling.tell("b", at=now + MINUTE)
    assert ids(telling.outbox.pending(10, now + MINUTE)) == [old.id]


def test_what_is_on_the_bus_waits_no_more(telling: Telling, now: datetime) -> None:
    one, other = telling.tell("a", "b", at=now)
    telling.outbox.relayed([one.id])
    assert ids(telling.outbox.pending(10, now + MINUTE)) == [other.id]


def test_what_was_relayed_may_be_said_again(telling: Telling, now: datetime) -> None:
    one, other = telling.tell("a", "b", at=now)
    for event_ids in ([one.id], [one.id, ABSENT], []):
        telling.outbox.relayed(event_ids)
    assert ids(telling.outbox.pending(10, now + MINUTE)) == [other.id]


def test_a_database_that_is_down_is_unavailable(unreachable: Database, now: datetime) -> None:
    outbox = PostgresOutbox(unreachable)
    with pytest.raises(Unavailable):
        outbox.pending(10, now)
    with pytest.raises(Unavailable):
        outbox.relayed([ABSENT])
