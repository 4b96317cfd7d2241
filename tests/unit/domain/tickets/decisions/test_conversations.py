"""Feedback that shares a name stands in one ticket, in whatever order it comes."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.intake.feedback import FeedbackKey
from chalicelib.domain.tickets.decisions.change import change
from chalicelib.domain.tickets.decisions.split import selection as selection_to_split
from chalicelib.domain.tickets.decisions.split import split
from chalicelib.domain.tickets.plan import Selection
from chalicelib.domain.tickets.ticket import OPEN, Change, Triaged
from tests.in_memory_tickets import InMemoryTickets
from tests.said import said, take_in

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
QUESTION = said("q", "The printer burns", threads=("q",))
ANSWER = said("a", "Which one?", threads=("q", "a"), minutes=1)
REPLY = said("r", "The red one", threads=("a", "r"), minutes=2)
THANKS = said("t", "Thank you", threads=("r", "t"), minutes=3)
STRANGER = said("s", "Where is my order?", threads=("s",), minutes=1)
ORDERS = [*itertools.permutations([QUESTION, ANSWER, REPLY, THANKS, STRANGER])]


@pytest.fixture
def tickets() -> InMemoryTickets:
    return InMemoryTickets()


def of_tickets(tickets: InMemoryTickets) -> set[frozenset[str]]:
    """Which feedback stands together, by its ids; each ticket counts what it holds."""
    held = defaultdict(set)
    for key, kept in tickets.feedback.items():
        held[kept.ticket_id].add(key.external_id)
    for id, standing in tickets.tickets.items():
        assert standing.ticket.feedback_count == len(held[id])
        assert (standing.ticket.merged_into is None) == bool(held[id])
    return {frozenset(ids) for ids in held.values() if ids}


@pytest.mark.parametrize("order", ORDERS)
def test_a_chain_is_one_ticket_in_whatever_order_it_comes(
    tickets: InMemoryTickets, order: tuple[Triaged, ...]
) -> None:
    for one in order:
        take_in(tickets, [one], NOW)
    assert of_tickets(tickets) == {frozenset("qart"), frozenset("s")}


@pytest.mark.parametrize("order", ORDERS)
def test_a_chain_is_one_ticket_within_one_batch(tickets: InMemoryTickets, order: tuple[Triaged, ...]) -> None:
    take_in(tickets, order, NOW)
    assert of_tickets(tickets) == {frozenset("qart"), frozenset("s")}


def together(names: Mapping[str, Iterable[str]]) -> set[frozenset[str]]:
    """The ids that share names, directly or by others."""
    groups = [({id}, set(names)) for id, names in names.items()]
    for at in range(len(groups)):
        for other in groups[at + 1 :]:
            if groups[at][1] & other[1]:
                other[0].update(groups[at][0])
                other[1].update(groups[at][1])
                groups[at] = (set(), set())
                break
    return {frozenset(ids) for ids, _ in groups if ids}


@given(
    st.dictionaries(st.sampled_from("abcdefghij"), st.sets(st.sampled_from("123456789"), min_size=1)),
    st.data(),
)
def test_whoever_shares_a_name_stands_together_however_it_is_batched(
    names: dict[str, set[str]], data: st.DataObject
) -> None:
    tickets = InMemoryTickets()
    minutes = data.draw(st.permutations(range(len(names))))
    mails = [
        said(id, threads=tuple(sorted(given)), minutes=at)
        for (id, given), at in zip(names.items(), minutes, strict=True)
    ]
    while mails:
        size = data.draw(st.integers(1, len(mails)))
        take_in(tickets, mails[:size], NOW)
        mails = mails[size:]
    assert of_tickets(tickets) == together(names)


def test_the_ticket_that_was_there_first_takes_the_others(tickets: InMemoryTickets) -> None:
    (question,), _ = take_in(tickets, [QUESTION], NOW)
    (reply,), _ = take_in(tickets, [REPLY], NOW)
    (answer,), events = take_in(tickets, [ANSWER], NOW)
    assert (answer.outcome, answer.ticket_id) == ("joined", question.ticket_id)
    merged = tickets.tickets[reply.ticket_id].ticket
    assert (merged.status, merged.merged_into) == ("closed", question.ticket_id)
    assert [event.subject for event in events] == [question.ticket_id, reply.ticket_id, question.ticket_id]
    trail = {
        (log.ticket_id, log.log.by): log.log.data for log in tickets.logs.values() if log.log.stage == "merge"
    }
    assert trail == {
        (question.ticket_id, "core"): {"merged": [reply.ticket_id]},
        (reply.ticket_id, "core"): {"into": question.ticket_id},
    }


def test_an_edit_in_the_same_batch_finds_its_feedback_where_it_went(tickets: InMemoryTickets) -> None:
    (question,), _ = take_in(tickets, [QUESTION], NOW)
    take_in(tickets, [REPLY], NOW)
    edited = said("r", "The blue one", threads=("a", "r"), minutes=9)
    taken, _ = take_in(tickets, [ANSWER, edited], NOW)
    assert [(one.outcome, one.ticket_id) for one in taken] == [
        ("joined", question.ticket_id),
        ("updated", question.ticket_id),
    ]
    assert of_tickets(tickets) == {frozenset("qar")}


def set_by_a_person(tickets: InMemoryTickets, id: str, **fields: str) -> None:
    tickets.amend(Selection(tickets=(id,)), lambda known: change(known.alive(id), Change(fields, "ann"), NOW))


def test_a_ticket_on_which_a_person_decided_is_not_merged_away(tickets: InMemoryTickets) -> None:
    (question,), _ = take_in(tickets, [QUESTION], NOW)
    (reply,), _ = take_in(tickets, [REPLY], NOW)
    set_by_a_person(tickets, reply.ticket_id, assignee="bob")
    (answer,), _ = take_in(tickets, [ANSWER], NOW)
    assert answer.ticket_id == reply.ticket_id
    assert tickets.tickets[question.ticket_id].ticket.merged_into == reply.ticket_id
    assert of_tickets(tickets) == {frozenset("qar")}


def test_of_two_on_which_people_decided_none_is_merged_away(tickets: InMemoryTickets) -> None:
    ids = [take_in(tickets, [one], NOW)[0][0].ticket_id for one in (QUESTION, REPLY)]
    for id in ids:
        set_by_a_person(tickets, id, priority="high")
    (answer,), _ = take_in(tickets, [ANSWER], NOW)
    assert (answer.outcome, answer.ticket_id in ids) == ("joined", True)
    assert all(tickets.tickets[id].ticket.merged_into is None for id in ids)


@pytest.mark.parametrize("status", ["resolved", "closed"])
def test_a_settled_ticket_neither_takes_nor_is_merged(tickets: InMemoryTickets, status: str) -> None:
    (question,), _ = take_in(tickets, [QUESTION], NOW)
    set_by_a_person(tickets, question.ticket_id, status=status)
    (answer,), _ = take_in(tickets, [ANSWER], NOW)
    assert answer.outcome == "created"
    assert tickets.tickets[question.ticket_id].ticket.status == status


def test_no_mail_joins_again_what_a_person_took_apart(tickets: InMemoryTickets) -> None:
    (question, *_), _ = take_in(tickets, [QUESTION, ANSWER, REPLY], NOW)
    wanted = [FeedbackKey("zendesk", "default", "r")]
    tickets.amend(
        selection_to_split(question.ticket_id, wanted),
        lambda known: split(known.alive(question.ticket_id), wanted, known, "ann", NOW),
    )
    take_in(tickets, [said("x", "And now?", threads=("q", "a", "r", "x"), minutes=9)], NOW)
    assert of_tickets(tickets) in ({frozenset("qa"), frozenset("rx")}, {frozenset("qax"), frozenset("r")})


def test_a_thread_that_people_are_shown_joins_only_where_there_are_no_names(
    tickets: InMemoryTickets,
) -> None:
    take_in(tickets, [said("1", thread="shown", threads=("1",)), said("2", thread="shown")], NOW)
    assert of_tickets(tickets) == {frozenset("1"), frozenset("2")}
    take_in(tickets, [said("3", thread="shown"), said("4", threads=("1",))], NOW)
    assert of_tickets(tickets) == {frozenset("14"), frozenset("23")}


def test_a_name_of_another_connection_is_another_name(tickets: InMemoryTickets) -> None:
    take_in(tickets, [said("1", threads=("n",)), said("2", threads=("n",), connection="second")], NOW)
    assert of_tickets(tickets) == {frozenset("1"), frozenset("2")}


def test_what_came_by_a_settled_ticket_s_name_is_in_a_ticket_that_takes_replies(
    tickets: InMemoryTickets,
) -> None:
    (question,), _ = take_in(tickets, [QUESTION], NOW)
    set_by_a_person(tickets, question.ticket_id, status="closed")
    taken, _ = take_in(tickets, [ANSWER, REPLY], NOW)
    assert [one.outcome for one in taken] == ["created", "joined"]
    assert tickets.tickets[taken[0].ticket_id].ticket.status in OPEN
