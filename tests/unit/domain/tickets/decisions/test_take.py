"""The decision alone; tests/functional/postgres has the same promises on the real store."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.tickets.decisions.take import take
from chalicelib.domain.tickets.plan import Known, Standing, Thread
from chalicelib.domain.tickets.ticket import Category, Priority, Triaged
from tests.in_memory_tickets import InMemoryTickets
from tests.said import START, said, take_in, triage
from triggeriq import Author

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def tickets() -> InMemoryTickets:
    return InMemoryTickets()


def test_the_first_feedback_opens_a_ticket_with_its_triage() -> None:
    message = said(
        "r1", "Broken", version=3, rating=2.0, author=Author(name="Zoë"), url="https://e.x/", kind="review"
    )
    plan = take([message], Known(), NOW)
    (ticket, row_version, human_set, connections), triage = (
        plan.tickets[message.message.key.ticket_id],
        message.triage,
    )
    assert (row_version, human_set, plan.taken[0].outcome) == (1, frozenset(), "created")
    assert connections == ("zendesk/default",)
    assert (ticket.title, ticket.category, ticket.tags) == (triage.title, triage.category, triage.tags)
    assert (ticket.text, ticket.rating, ticket.version, ticket.kind) == ("Broken", 2.0, 3, "review")
    assert (ticket.created_at, ticket.received_at, ticket.updated_at) == (START, START, NOW)
    assert (ticket.status, ticket.feedback_count, ticket.assignee) == ("open", 1, None)


def test_a_ticket_has_the_same_id_however_often_it_is_lost() -> None:
    ids = {take([said()], Known(), NOW).taken[0].ticket_id for _ in range(2)}
    assert len(ids) == 1


def test_said_by_the_customer_before_it_came_to_us() -> None:
    earlier = START - timedelta(days=2)
    plan = take([said(created_at=earlier)], Known(), NOW)
    assert next(iter(plan.tickets.values())).ticket.created_at == earlier


def test_nothing_is_planned_for_what_is_known(tickets: InMemoryTickets) -> None:
    take_in(tickets, [said()], NOW)
    plan = take([said()], Known(tickets.feedback, tickets.tickets), NOW)
    assert [taken.outcome for taken in plan.taken] == ["unchanged"]
    assert (plan.feedback, plan.former, plan.tickets, plan.logs, plan.events) == ({}, [], {}, [], [])


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_one_key_several_times_in_a_batch(tickets: InMemoryTickets, order: tuple[int, ...]) -> None:
    versions = [said(text=f"say {n}", version=n) for n in range(3)]
    take_in(tickets, [versions[n] for n in order], NOW)
    (kept,) = tickets.feedback.values()
    (standing,) = tickets.tickets.values()
    assert (kept.message.feedback.text, standing.ticket.text, standing.ticket.version) == (
        "say 2",
        "say 2",
        2,
    )
    assert sorted(message.feedback.text for message in tickets.former) == ["say 0", "say 1"]


def test_without_a_version_what_came_later_is_newer(tickets: InMemoryTickets) -> None:
    take_in(tickets, [said(text="edited", minutes=5), said(text="as first said", minutes=1)], NOW)
    assert [kept.message.feedback.text for kept in tickets.feedback.values()] == ["edited"]


def test_each_change_of_a_row_has_an_event_of_its_own(tickets: InMemoryTickets) -> None:
    _, events = take_in(tickets, [said(text="a"), said(text="b", version=1), said("r2")], NOW)
    assert [event.type for event in events] == ["ticket.created", "ticket.updated", "ticket.created"]
    assert len({event.id for event in events}) == 3


def test_a_late_item_of_a_ticket_changes_its_count_and_not_its_triage(tickets: InMemoryTickets) -> None:
    take_in(tickets, [said("m1", "Calm", thread="t")], NOW)
    furious = triage("Furious", priority=Priority(label="critical"), category=Category(label="spam"))
    take_in(tickets, [said("m2", "Furious", thread="t", answer=furious)], NOW + timedelta(hours=1))
    (standing,) = tickets.tickets.values()
    ticket = standing.ticket
    assert (ticket.feedback_count, ticket.text, ticket.priority.label) == (2, "Calm", "medium")
    assert ticket.updated_at == NOW + timedelta(hours=1)


def test_an_edit_of_such_an_item_leaves_the_lead_as_it_is(tickets: InMemoryTickets) -> None:
    take_in(tickets, [said("m1", "Calm", thread="t"), said("m2", "More", thread="t")], NOW)
    (taken,), _ = take_in(tickets, [said("m2", "More yet", thread="t", version=2)], NOW)
    (standing,) = tickets.tickets.values()
    assert (taken.outcome, standing.ticket.text, standing.ticket.feedback_count) == ("updated", "Calm", 2)


def test_a_closed_ticket_takes_its_leads_new_words_and_stays_closed(tickets: InMemoryTickets) -> None:
    (taken,), _ = take_in(tickets, [said(text="Bad", version=1)], NOW)
    before = tickets.tickets[taken.ticket_id]
    tickets.tickets[taken.ticket_id] = Standing(
        replace(before.ticket, status="closed"), 2, frozenset({"status"})
    )
    take_in(tickets, [said(text="Worse", version=2)], NOW)
    after = tickets.tickets[taken.ticket_id]
    assert (after.ticket.status, after.ticket.text, after.row_version) == ("closed", "Worse", 3)


def test_a_thread_is_known_within_the_batch() -> None:
    known = Known(threads={Thread("zendesk", "default", "other"): "elsewhere"})
    plan = take([said("m1", thread="t"), said("m2", thread="t"), said("m3")], known, NOW)
    assert [taken.outcome for taken in plan.taken] == ["created", "joined", "created"]


def test_a_redelivery_of_what_a_newer_one_replaced_changes_nothing_more(tickets: InMemoryTickets) -> None:
    batch = [said(text="a", version=1), said(text="b", version=2)]
    take_in(tickets, batch, NOW)
    tickets_before, logs_before = dict(tickets.tickets), dict(tickets.logs)
    assert [taken.outcome for taken in take_in(tickets, batch, NOW)[0]] == ["stale", "unchanged"]
    assert (tickets.tickets, tickets.logs) == (tickets_before, logs_before)


def reread(minutes: float, triaged: Triaged) -> Triaged:
    message = replace(triaged.message, reread_at=START + timedelta(minutes=minutes))
    return Triaged(message, triaged.triage)


@pytest.mark.parametrize("text", ["mended", "and otherwise mended"])  # whatever their digests' order
def test_the_same_bytes_read_again_and_otherwise_take_the_place_of_their_former_reading(
    tickets: InMemoryTickets, text: str
) -> None:
    take_in(tickets, [said(text="misread", version=7)], NOW)
    taken, _ = take_in(tickets, [reread(60, said(text=text, version=3))], NOW)
    (standing,) = tickets.tickets.values()
    assert (taken[0].outcome, standing.ticket.text, standing.ticket.version) == ("updated", text, 3)
    late, _ = take_in(tickets, [said(text="misread", version=7)], NOW)
    assert late[0].outcome == "stale"


def test_bytes_that_read_as_before_change_nothing(tickets: InMemoryTickets) -> None:
    take_in(tickets, [said()], NOW)
    taken, events = take_in(tickets, [reread(60, said())], NOW)
    assert (taken[0].outcome, events) == ("unchanged", [])


def test_the_same_words_with_more_found_beside_them_are_updated_without_a_former_version(
    tickets: InMemoryTickets,
) -> None:
    take_in(tickets, [said(author=Author(name="mailto:ada"))], NOW)
    better = said(author=Author(name="Ada"), threads=("a", "b"), quoted="> Hi")
    taken, events = take_in(tickets, [reread(60, better)], NOW)
    (kept,), (standing,) = tickets.feedback.values(), tickets.tickets.values()
    assert (taken[0].outcome, [event.type for event in events]) == ("updated", ["ticket.updated"])
    assert (kept.message.feedback, standing.ticket.author.name) == (better.message.feedback, "Ada")
    assert tickets.former == []
    assert take_in(tickets, [reread(60, better), better], NOW)[0][0].outcome == "unchanged"


def test_they_keep_the_place_that_a_later_event_gave_them(tickets: InMemoryTickets) -> None:
    take_in(tickets, [said(version=1)], NOW)
    repeated = said(version=7)
    take_in(tickets, [Triaged(replace(repeated.message, event_id="another"), repeated.triage)], NOW)
    take_in(tickets, [reread(60, said(version=1, author=Author(name="Ada")))], NOW)
    between = said(text="of before", version=5)
    late = Triaged(replace(between.message, event_id="a third"), between.triage)
    assert take_in(tickets, [late], NOW)[0][0].outcome == "stale"
    (kept,) = tickets.feedback.values()
    assert (kept.message.feedback.version, kept.message.feedback.author.name) == (7, "Ada")


def test_the_same_words_of_another_event_change_nothing(tickets: InMemoryTickets) -> None:
    take_in(tickets, [said(author=Author(name="Ada"))], NOW)
    other = said(author=Author(name="Eve"), minutes=5)
    taken, _ = take_in(tickets, [Triaged(replace(other.message, event_id="another"), other.triage)], NOW)
    (kept,) = tickets.feedback.values()
    assert (taken[0].outcome, kept.message.feedback.author.name) == ("unchanged", "Ada")


@pytest.mark.parametrize("newer", [{"version": 2}, {"minutes": 5}])
def test_a_reading_again_gives_way_to_what_is_really_newer(
    tickets: InMemoryTickets, newer: dict[str, int]
) -> None:
    take_in(tickets, [said(text="misread", version=1)], NOW)
    edited = said(text="edited", **{"version": 1, **newer})
    take_in(tickets, [Triaged(replace(edited.message, event_id="another"), edited.triage)], NOW)
    taken, _ = take_in(tickets, [reread(60, said(text="mended", version=1))], NOW)
    (standing,) = tickets.tickets.values()
    assert (taken[0].outcome, standing.ticket.text) == ("stale", "edited")


@pytest.mark.parametrize("text", ["mended", "and otherwise mended"])
def test_what_two_events_said_alike_is_mended_by_reading_the_later_one_again(
    tickets: InMemoryTickets, text: str
) -> None:
    take_in(tickets, [said(text="misread")], NOW)
    repeated = said(text="misread", minutes=5)
    take_in(tickets, [Triaged(replace(repeated.message, event_id="another"), repeated.triage)], NOW)
    mended = said(text=text, minutes=5)
    again = Triaged(replace(mended.message, event_id="another"), mended.triage)
    taken, _ = take_in(tickets, [reread(60, again)], NOW)
    assert taken[0].outcome == "updated"


def test_two_readings_of_one_event_s_several_versions_end_with_the_newest(tickets: InMemoryTickets) -> None:
    batch = [said(text="first", version=1), said(text="second", version=2)]
    take_in(tickets, batch, NOW)
    for order in (batch, batch[::-1]):
        take_in(tickets, [reread(60, one) for one in order], NOW)
        (standing,) = tickets.tickets.values()
        assert standing.ticket.text == "second"
