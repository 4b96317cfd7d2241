"""What every TicketStore promises."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.intake.feedback import FeedbackKey
from chalicelib.domain.tickets.decisions.change import change
from chalicelib.domain.tickets.decisions.merge import merge
from chalicelib.domain.tickets.decisions.split import selection as selection_to_split
from chalicelib.domain.tickets.decisions.split import split
from chalicelib.domain.tickets.plan import Kept, Known, Plan, Selection, Thread
from chalicelib.domain.tickets.ticket import Change, Link
from chalicelib.errors import Conflict, Poison, Unavailable
from chalicelib.ports.tickets import TicketStore
from chalicelib.services.postgres.connection import Database
from chalicelib.services.postgres.outbox import PostgresOutbox
from chalicelib.services.postgres.tickets import PostgresTickets
from tests.in_memory_tickets import InMemoryTickets
from tests.said import START, Noticing, answered, said, take_in, taken_back, version

A, B = FeedbackKey("zendesk", "default", "a"), FeedbackKey("csv", "shop", "b")
ABSENT = "5e9b3a9e-7e5b-4b43-9f5c-0c8f0a8f8d11"


@pytest.fixture(params=["postgres", "in memory"])
def store(request: pytest.FixtureRequest) -> TicketStore:
    if request.param == "postgres":
        return PostgresTickets(request.getfixturevalue("database"))
    return InMemoryTickets()


@pytest.fixture
def two(store: TicketStore, now: datetime) -> tuple[str, str]:
    """The ids of two tickets, of a connection each."""
    messages = [said("a", thread="t"), said("b", source="csv", connection="shop", minutes=1)]
    one, other = take_in(store, messages, now)[0]
    return one.ticket_id, other.ticket_id


def looked_up(store: TicketStore, selection: Selection, now: datetime) -> Known:
    """What a decision is told; it decides for nothing."""
    seen: list[Known] = []

    def look(known: Known) -> Plan:
        seen.append(known)
        return Plan(now)

    store.amend(selection, look)
    return seen[-1]


def test_nothing_is_known_of_what_there_is_not(store: TicketStore, now: datetime) -> None:
    selection = Selection(
        feedback=frozenset({A}),
        threads=frozenset({Thread("zendesk", "default", "t")}),
        tickets=(ABSENT, "no id", "\ud800"),
        items=True,
    )
    known = looked_up(store, selection, now)
    assert (dict(known.feedback), dict(known.tickets), dict(known.threads)) == ({}, {}, {})


def test_feedback_brings_its_ticket_and_no_other(
    store: TicketStore, two: tuple[str, str], now: datetime
) -> None:
    known = looked_up(store, Selection(feedback=frozenset({B})), now)
    assert {key: kept.ticket_id for key, kept in known.feedback.items()} == {B: two[1]}
    assert [*known.tickets] == [two[1]]
    assert known.tickets[two[1]].connections == ("csv/shop",)


def test_a_thread_brings_its_open_ticket(store: TicketStore, two: tuple[str, str], now: datetime) -> None:
    thread = Thread("zendesk", "default", "t")
    assert looked_up(store, Selection(threads=frozenset({thread})), now).threads == {thread: two[0]}


def test_every_name_of_a_conversation_brings_its_open_ticket(store: TicketStore, now: datetime) -> None:
    (taken, _), _ = take_in(store, [said("m", thread="shown", threads=("one", "two")), said("n")], now)
    asked = [Thread("zendesk", "default", name) for name in ("one", "two", "shown", "three")]
    asked += [Thread("zendesk", "second", "one"), Thread("csv", "default", "one")]
    known = looked_up(store, Selection(threads=frozenset(asked)), now)
    assert known.threads == dict.fromkeys(asked[:2], taken.ticket_id)
    assert [*known.tickets] == [taken.ticket_id]


@pytest.mark.parametrize("items", [True, False])
def test_a_ticket_brings_its_items_where_they_are_asked_for(
    store: TicketStore, two: tuple[str, str], now: datetime, items: bool
) -> None:
    known = looked_up(store, Selection(tickets=(two[0],), items=items), now)
    assert ([*known.tickets], [*known.feedback]) == ([two[0]], [A] if items else [])


def test_what_was_planned_is_what_is_known_next(
    store: TicketStore, two: tuple[str, str], now: datetime
) -> None:
    fields = {"status": "pending", "tags": ["x"], "links": [{"kind": "issue", "url": "https://a.example/1"}]}
    plan = store.amend(
        Selection(tickets=(two[0],)), lambda known: change(known.alive(two[0]), Change(fields, "ann"), now)
    )
    known = looked_up(store, Selection(tickets=(two[0],)), now)
    assert known.tickets[two[0]] == plan.tickets[two[0]]
    assert known.tickets[two[0]].ticket.links == (Link("issue", "https://a.example/1"),)
    assert known.tickets[two[0]].human_set == {"status", "tags", "links"}


def merged(store: TicketStore, two: tuple[str, str], now: datetime) -> Plan:
    return store.amend(
        Selection(tickets=two, moves=True),
        lambda known: merge(known.alive(two[0]), [known.alive(two[1])], "ann", now),
    )


def test_feedback_moves_with_a_merge_and_back_with_a_split(
    store: TicketStore, two: tuple[str, str], now: datetime
) -> None:
    merged(store, two, now)
    known = looked_up(store, Selection(tickets=two, items=True), now)
    assert {kept.ticket_id for kept in known.feedback.values()} == {two[0]}
    assert known.tickets[two[0]].connections == known.tickets[two[1]].connections
    assert known.tickets[two[0]].connections == ("csv/shop", "zendesk/default")
    assert known.tickets[two[1]].ticket.merged_into == two[0]
    store.amend(
        selection_to_split(two[0], [B]), lambda known: split(known.alive(two[0]), [B], known, "ann", now)
    )
    known = looked_up(store, Selection(tickets=two, items=True), now)
    assert {key: kept.ticket_id for key, kept in known.feedback.items()} == {A: two[0], B: two[1]}
    assert known.tickets[two[0]].connections == ("zendesk/default",)
    assert known.tickets[two[1]].connections == ("csv/shop",)
    assert known.tickets[two[1]].ticket.merged_into is None


def test_the_events_of_a_plan_are_in_the_outbox(
    store: TicketStore, two: tuple[str, str], now: datetime
) -> None:
    plan = merged(store, two, now)
    if isinstance(store, InMemoryTickets):
        waiting = list(store.outbox.values())
    else:
        waiting = [*PostgresOutbox(store.database).pending(10, now + timedelta(minutes=1))]
    assert waiting[-len(plan.events) :] == list(plan.events)
    assert len(plan.events) == 2


def test_a_plan_that_can_not_be_stored_is_poison_and_changes_nothing(
    store: TicketStore, two: tuple[str, str], now: datetime
) -> None:
    with pytest.raises(Poison):
        take_in(store, [said("c"), said("no\0text")], now)
    key = FeedbackKey("zendesk", "default", "c")
    assert looked_up(store, Selection(feedback=frozenset({key})), now) == Known()


def test_a_database_that_is_down_is_unavailable(unreachable: Database, now: datetime) -> None:
    with pytest.raises(Unavailable):
        looked_up(PostgresTickets(unreachable), Selection(feedback=frozenset({A})), now)


def test_a_decision_that_refuses_changes_nothing(
    store: TicketStore, two: tuple[str, str], now: datetime
) -> None:
    def refuse(known: Known) -> Plan:
        raise Conflict("no")

    with pytest.raises(Conflict):
        store.amend(Selection(tickets=two, moves=True), refuse)
    assert looked_up(store, Selection(tickets=(two[0],)), now).tickets[two[0]].row_version == 1


@pytest.fixture
def days(request: pytest.FixtureRequest, store: TicketStore) -> Callable[[], list[date]]:
    """The days that were touched since it was asked last."""
    if isinstance(store, InMemoryTickets):

        def in_memory() -> list[date]:
            touched, store.days = store.days, []
            return touched

        return in_memory
    database: Database = request.getfixturevalue("database")
    statement = "delete from touched_days returning day"
    return lambda: sorted(day for (day,) in database.run(statement))


def test_the_days_whose_figures_change_are_marked(
    store: TicketStore, days: Callable[[], list[date]], now: datetime
) -> None:
    """now is the first of March 2026, and everything came then."""
    (one, other), _ = take_in(store, [said("a", created_at=datetime(2026, 2, 3, tzinfo=UTC)), said("b")], now)
    assert {*days()} == {date(2026, 2, 3), date(2026, 3, 1)}
    later = now + timedelta(days=4)
    ids = (one.ticket_id, other.ticket_id)

    def changed(**fields: Any) -> list[date]:
        decide = lambda known: change(known.alive(ids[0]), Change(fields, "ann"), later)  # noqa: E731
        store.amend(Selection(tickets=(ids[0],)), decide)
        return days()

    assert changed(category="question") == [date(2026, 2, 3), date(2026, 3, 1)]
    assert changed(category="question") == []
    assert changed(status="resolved") == [date(2026, 2, 3), date(2026, 3, 1), date(2026, 3, 5)]
    merged(store, ids, later)
    assert days() == [date(2026, 2, 3), date(2026, 3, 1), date(2026, 3, 5)]


def test_what_comes_again_marks_no_day(
    store: TicketStore, days: Callable[[], list[date]], now: datetime
) -> None:
    take_in(store, [said("a")], now)
    days()
    take_in(store, [said("a")], now)
    assert days() == []


def test_kept_feedback_comes_back_as_it_was(store: TicketStore, now: datetime) -> None:
    message = said("a", "Größe \U0001f680 \"'{a,b}", version=2**53, rating=1.0, thread="t").message
    (taken,), _ = take_in(
        store, [said("a", message.feedback.text, version=2**53, rating=1.0, thread="t")], now
    )
    known = looked_up(store, Selection(feedback=frozenset({A})), now)
    assert known.feedback == {A: Kept(message, taken.ticket_id)}


def test_a_thread_brings_its_latest_ticket_where_that_is_asked_for(store: TicketStore, now: datetime) -> None:
    (old,), _ = take_in(store, [said("a", thread="t")], now)
    close = Change({"status": "closed"}, "ann")
    store.amend(
        Selection(tickets=(old.ticket_id,)), lambda known: change(known.alive(old.ticket_id), close, now)
    )
    thread = Thread("zendesk", "default", "t")
    asked = Selection(threads=frozenset({thread}))
    assert looked_up(store, asked, now).threads == {}
    assert looked_up(store, asked._replace(latest=True), now).threads == {thread: old.ticket_id}
    (new,), _ = take_in(store, [said("b", thread="t", minutes=1)], now)
    assert looked_up(store, asked._replace(latest=True), now).threads == {thread: new.ticket_id}


def test_a_thread_brings_all_that_was_said_where_that_is_asked_for(store: TicketStore, now: datetime) -> None:
    batch = [said("a", thread="t"), said("b", threads=("t", "u")), said("c", thread="u"), said("d")]
    take_in(store, [*batch, said("e", source="csv", thread="t")], now)
    asked = Selection(threads=frozenset({Thread("zendesk", "default", "t")}), said=True)
    known = looked_up(store, asked, now)
    assert {key.external_id for key in known.feedback} == {"a", "b"}
    assert {kept.ticket_id for kept in known.feedback.values()} <= known.tickets.keys()


def test_tickets_that_were_merged_away_come_where_they_are_asked_for(
    store: TicketStore, two: tuple[str, str], now: datetime
) -> None:
    merged(store, two, now)
    asked = Selection(feedback=frozenset({B}), items=True, former=True)
    known = looked_up(store, asked, now)
    assert ({*known.tickets}, {*known.feedback}) == ({*two}, {A, B})
    assert {*looked_up(store, asked._replace(former=False), now).tickets} == {two[0]}


def test_an_answer_waits_for_its_ticket_and_then_no_more(store: TicketStore, now: datetime) -> None:
    thread = Thread("zendesk", "default", "t")
    tell, asked = Noticing(store, now), Selection(threads=frozenset({thread}))
    tell(answered("t", minutes=10))
    tell(answered("t", minutes=20))
    tell(answered("t", minutes=15))
    assert looked_up(store, asked, now).answers == {thread: START + timedelta(minutes=20)}
    (taken,), _ = take_in(store, [said("a", thread="t")], now)
    known = looked_up(store, asked, now)
    assert known.answers == {}
    assert known.tickets[taken.ticket_id].ticket.answered_at == START + timedelta(minutes=20)


def test_a_mark_of_words_taken_back_stays_with_its_latest_time(store: TicketStore, now: datetime) -> None:
    tell, thread = Noticing(store, now), Thread("zendesk", "default", "t")
    for minutes in (10, 20, 15):
        tell(taken_back("a", minutes=minutes))
        tell(taken_back(threads=("t",), minutes=minutes))
    take_in(store, [said("a", minutes=30, thread="t")], now)
    latest = START + timedelta(minutes=20)
    known = looked_up(store, Selection(feedback=frozenset({A, B}), threads=frozenset({thread})), now)
    assert (known.redacted, known.redacted_threads) == ({A: latest}, {thread: latest})


def test_former_versions_and_what_quotes_them_go(store: TicketStore, now: datetime) -> None:
    batch = [
        said("a", f"Xylophone {minutes}", version=version(minutes), minutes=minutes) for minutes in (1, 2, 3)
    ]
    for one in batch:
        take_in(store, [one], now)
    (taken,), _ = take_in(store, [said("a", "It works", version=version(11), minutes=11)], now)
    Noticing(store, now)(taken_back("a"))
    if isinstance(store, InMemoryTickets):
        left = repr((store.feedback, store.former, store.logs, store.tickets, store.outbox))
    else:
        left = "".join(
            text
            for table in ("feedback", "feedback_versions", "processing_logs", "tickets", "outbox")
            for (text,) in store.database.run(f"select t::text from {table} t")
        )
    assert "xylophone" not in left.lower()
    assert "It works" in left
    known = looked_up(store, Selection(tickets=(taken.ticket_id,)), now)
    assert known.tickets[taken.ticket_id].ticket.text == "It works"
