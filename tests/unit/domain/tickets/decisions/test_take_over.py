"""A ticket opens as another system had left it, and stays so."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from chalicelib.domain.tickets.ticket import Priority
from tests.in_memory_tickets import InMemoryTickets
from tests.said import said, take_in, triage
from triggeriq import Handled

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CHANGED, CREATED = datetime(2024, 6, 3, 8, tzinfo=UTC), datetime(2024, 6, 1, 8, tzinfo=UTC)
DONE = Handled(status="resolved", priority="low", assignee="ada", updated_at=CHANGED)


@pytest.fixture
def tickets() -> InMemoryTickets:
    return InMemoryTickets()


def test_it_opens_as_it_was_there(tickets: InMemoryTickets) -> None:
    answer = triage("It crashes", priority=Priority(label="critical"), needs_review=True)
    old = said(handled=DONE, created_at=CREATED, answer=answer, source="csv", connection="old")
    (taken,), events = take_in(tickets, [old], NOW)
    standing = tickets.tickets[taken.ticket_id]
    ticket = standing.ticket
    assert (ticket.status, ticket.priority.label, ticket.assignee) == ("resolved", "low", "ada")
    assert ticket.priority.reasons == ("as it was in csv",)
    assert (ticket.created_at, ticket.updated_at, ticket.needs_review) == (CREATED, CHANGED, False)
    assert standing.human_set == {"status", "priority", "assignee"}
    assert [(event.type, event.data["status"]) for event in events] == [("ticket.created", "resolved")]
    assert {date(2024, 6, 1), date(2024, 6, 3), NOW.date()} <= set(tickets.days)


def test_the_audit_trail_says_where_it_is_from(tickets: InMemoryTickets) -> None:
    take_in(tickets, [said(handled=DONE, source="csv", connection="old")], NOW)
    (log,) = [one.log for one in tickets.logs.values() if one.log.stage == "migrate"]
    assert (log.by, log.data) == (
        "csv/old",
        {"status": "resolved", "priority": "low", "assignee": "ada", "updated_at": "2024-06-03T08:00:00Z"},
    )


@pytest.mark.parametrize(
    ("handled", "human_set"),
    [
        (Handled(), set()),
        (Handled(updated_at=CHANGED), set()),
        (Handled(status="pending"), {"status"}),
        (Handled(priority="high"), {"priority"}),
        (Handled(assignee="ada"), {"assignee"}),
    ],
)
def test_what_it_does_not_say_is_triage_s(
    tickets: InMemoryTickets, handled: Handled, human_set: set[str]
) -> None:
    answer = triage("It crashes", needs_review=True)
    (taken,), _ = take_in(tickets, [said(handled=handled, answer=answer)], NOW)
    standing = tickets.tickets[taken.ticket_id]
    assert standing.human_set == human_set
    assert standing.ticket.status == (handled.status or "open")
    assert standing.ticket.priority.label == (handled.priority or "medium")
    assert standing.ticket.needs_review == (not human_set & {"status", "priority"})


def test_an_edit_undoes_nothing_of_it(tickets: InMemoryTickets) -> None:
    (taken,), _ = take_in(tickets, [said(handled=DONE, version=1)], NOW)
    urgent = triage("Worse", priority=Priority(label="critical"))
    edited = said(
        text="Worse", version=2, handled=Handled(status="open", priority="high"), answer=urgent, minutes=1
    )
    assert take_in(tickets, [edited], NOW)[0][0].outcome == "updated"
    ticket = tickets.tickets[taken.ticket_id].ticket
    assert (ticket.status, ticket.priority.label, ticket.assignee) == ("resolved", "low", "ada")
    assert (ticket.text, ticket.updated_at) == ("Worse", NOW)


def test_a_change_of_tomorrow_is_one_of_now(tickets: InMemoryTickets) -> None:
    late = Handled(updated_at=datetime(2999, 1, 1, tzinfo=UTC))
    (taken,), _ = take_in(tickets, [said(handled=late)], NOW)
    assert tickets.tickets[taken.ticket_id].ticket.updated_at == NOW


def test_a_settled_ticket_of_the_same_batch_takes_no_reply(tickets: InMemoryTickets) -> None:
    old = said("old", thread="t", handled=Handled(status="closed"))
    taken, _ = take_in(tickets, [old, said("new", "And again", thread="t")], NOW)
    assert [one.outcome for one in taken] == ["created", "created"]


def test_one_that_is_still_open_there_takes_replies_here(tickets: InMemoryTickets) -> None:
    old = said("old", thread="t", handled=Handled(status="pending", priority="high"))
    taken, _ = take_in(tickets, [old, said("new", "And again", thread="t")], NOW)
    assert [one.outcome for one in taken] == ["created", "joined"]
    assert tickets.tickets[taken[0].ticket_id].ticket.status == "pending"
