"""A staff reply elsewhere: the ticket learns when it was answered, and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from chalicelib.domain.tickets.decisions.change import change
from chalicelib.domain.tickets.decisions.merge import merge
from chalicelib.domain.tickets.plan import Selection
from chalicelib.domain.tickets.ticket import Change, Ticket
from tests.in_memory_tickets import InMemoryTickets
from tests.said import START, Noticing, answered, said, take_in

NOW = START + timedelta(hours=1)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


@pytest.fixture
def store() -> InMemoryTickets:
    return InMemoryTickets()


@pytest.fixture
def tell(store: InMemoryTickets) -> Noticing:
    return Noticing(store, NOW)


def ticket(store: InMemoryTickets, id: str) -> Ticket:
    return store.tickets[id].ticket


def opened(store: InMemoryTickets, external_id: str = "a", minutes: float = 0, thread: str = "t") -> str:
    taken, _ = take_in(store, [said(external_id, thread=thread, minutes=minutes)], NOW)
    return taken[0].ticket_id


def test_the_ticket_learns_when_it_was_answered(store: InMemoryTickets, tell: Noticing) -> None:
    id = opened(store)
    assert ticket(store, id).answered_at is None
    tell(answered("t", minutes=10))
    assert ticket(store, id).answered_at == at(10)
    assert [event.type for event in tell.told] == ["ticket.updated", "ticket.answered"]
    assert tell.told[1].data["answered_at"] == "2026-03-01T09:10:00Z"
    (log,) = [log.log for log in store.logs.values() if log.log.stage == "answer"]
    assert (log.by, log.data) == ("zendesk/default", {"at": "2026-03-01T09:10:00Z"})


def test_the_latest_answer_counts_and_one_that_comes_late_changes_nothing(
    store: InMemoryTickets, tell: Noticing
) -> None:
    id = opened(store)
    tell(answered("t", minutes=20))
    before = store.tickets[id]
    tell(answered("t", minutes=10))
    tell(answered("t", minutes=20))
    assert store.tickets[id] == before
    tell(answered("t", minutes=30))
    assert ticket(store, id).answered_at == at(30)
    assert [event.type for event in tell.told].count("ticket.answered") == 2


def test_a_conversation_is_found_by_each_form_of_its_name(store: InMemoryTickets, tell: Noticing) -> None:
    id = opened(store)
    tell(answered("another form", "t"))
    assert ticket(store, id).answered_at == at(10)


def test_it_is_told_to_the_newest_ticket_open_or_not(store: InMemoryTickets, tell: Noticing) -> None:
    old = opened(store)
    close = Change({"status": "closed"}, "ann")
    store.amend(Selection(tickets=(old,)), lambda known: change(known.alive(old), close, NOW))
    tell(answered("t", minutes=1))
    assert ticket(store, old).answered_at == at(1)
    new = opened(store, "b", minutes=5)
    assert new != old
    assert ticket(store, new).answered_at is None
    tell(answered("t", minutes=10))
    assert (ticket(store, old).answered_at, ticket(store, new).answered_at) == (at(1), at(10))
    assert ticket(store, old).status == "closed"


def test_an_answer_that_comes_before_its_ticket_waits_for_it(store: InMemoryTickets, tell: Noticing) -> None:
    tell(answered("t", minutes=10))
    tell(answered("t", minutes=5))
    assert tell.told == []
    taken, events = take_in(store, [said("a", thread="t", created_at=at(2))], NOW)
    assert ticket(store, taken[0].ticket_id).answered_at == at(10)
    assert [event.type for event in events] == ["ticket.created", "ticket.answered"]
    assert "answer" in {log.log.stage for log in store.logs.values()}
    assert store.answers == {}


def test_an_answer_from_before_it_was_said_is_none_to_it(store: InMemoryTickets, tell: Noticing) -> None:
    tell(answered("t", minutes=10))
    taken, events = take_in(store, [said("late", thread="t", created_at=at(11))], NOW)
    assert ticket(store, taken[0].ticket_id).answered_at is None
    assert [event.type for event in events] == ["ticket.created"]
    take_in(store, [said("early", thread="t", created_at=at(9))], NOW)
    assert ticket(store, taken[0].ticket_id).answered_at == at(10)


def test_what_the_customer_writes_after_it_does_not_change_it(store: InMemoryTickets, tell: Noticing) -> None:
    id = opened(store)
    tell(answered("t", minutes=10))
    assert opened(store, "b", minutes=20) == id
    assert (ticket(store, id).answered_at, ticket(store, id).feedback_count) == (at(10), 2)


def test_tickets_that_become_one_have_the_latest_answer(store: InMemoryTickets, tell: Noticing) -> None:
    one, other = opened(store), opened(store, "b", thread="u")
    tell(answered("u", minutes=10))
    both = Selection(tickets=(one, other), moves=True)
    store.amend(both, lambda known: merge(known.alive(one), [known.alive(other)], "ann", NOW))
    assert ticket(store, one).answered_at == at(10)
