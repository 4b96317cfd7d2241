"""What a person sets; tests/functional/postgres has the same on the real store."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.api.tickets.shapes import TicketChange
from chalicelib.domain.tickets.decisions import change as decision
from chalicelib.domain.tickets.decisions.change import change
from chalicelib.domain.tickets.plan import Plan, Standing
from chalicelib.domain.tickets.ticket import Change, Link
from chalicelib.errors import Invalid
from tests.in_memory_tickets import InMemoryTickets
from tests.said import said, take_in
from tests.unit.pipeline.fakes import NOW


@pytest.fixture
def standing() -> Standing:
    tickets = InMemoryTickets()
    take_in(tickets, [said()], NOW)
    (standing,) = tickets.tickets.values()
    return standing


def changed(standing: Standing, **fields: Any) -> Plan:
    return change(standing, Change(fields, "ann"), NOW)


def test_what_a_person_may_set_is_what_the_api_takes(standing: Standing) -> None:
    sets = [set(table) for table in (decision._READ, decision._SET, decision._plain(standing.ticket))]
    assert sets == [set(TicketChange.model_fields)] * 3


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("status", "pending", "pending"),
        ("assignee", " bob ", "bob"),
        ("assignee", None, None),
        ("tags", ["b", "a", "b", " "], ("b", "a")),
        ("links", [{"kind": "issue", "url": "https://a.example/1"}], (Link("issue", "https://a.example/1"),)),
        ("links", [], ()),
    ],
)
def test_a_value_is_kept_clean(standing: Standing, field: str, value: Any, kept: Any) -> None:
    (shown,) = changed(standing, **{field: value}).shown
    assert getattr(shown.ticket, field) == kept
    assert field in shown.human_set


def test_a_verdict_of_a_person_names_him(standing: Standing) -> None:
    (shown,) = changed(standing, category="question", priority="low").shown
    ticket = shown.ticket
    assert (ticket.category.label, ticket.category.confidence, ticket.category.by) == ("question", 1.0, "ann")
    assert (ticket.category.evidence, ticket.priority.reasons) == ((), ("set by ann",))


def test_who_has_looked_takes_the_mark_for_review_off(standing: Standing) -> None:
    marked = standing._replace(ticket=replace(standing.ticket, needs_review=True))
    assert changed(marked, category="question").shown[0].ticket.needs_review is False
    assert changed(marked, tags=["x"]).shown[0].ticket.needs_review is True


def test_the_same_value_again_is_an_empty_plan(standing: Standing) -> None:
    (once,) = changed(standing, status="pending").shown
    again = changed(once, status="pending")
    assert (again.shown, again.tickets, again.events, again.logs, again.days) == ((once,), {}, [], [], set())


def test_saying_what_triage_said_keeps_it_from_triage(standing: Standing) -> None:
    label = standing.ticket.priority.label
    (shown,) = changed(standing, priority=label).shown
    assert shown.ticket.priority == standing.ticket.priority
    assert shown.human_set == {"priority"}


def test_what_can_not_be_set_is_refused_by_name(standing: Standing) -> None:
    with pytest.raises(Invalid) as refused:
        changed(standing, merged_into="x")
    assert refused.value.field == "merged_into"
