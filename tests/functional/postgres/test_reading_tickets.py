from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.page import to_cursor
from chalicelib.domain.tickets.ticket import Category, Change, Priority, Sentiment, Ticket
from chalicelib.domain.tickets.ticket_filter import NEWEST, Direction, SortBy, TicketFilter, TicketOrder
from chalicelib.errors import Invalid, NotFound
from chalicelib.services.postgres.tickets import PostgresTickets
from tests.functional.postgres.desk import Desk
from tests.said import STAGES, START, said, take_in, triage
from triggeriq import App


def listed(desk: Desk, wanted: TicketFilter | None = None, limit: int = 100) -> list[str]:
    return [ticket.external_id for ticket in desk.read.search(wanted or TicketFilter(), limit, None).items]


def test_pages_hold_every_ticket_once_newest_first(
    tickets: PostgresTickets, desk: Desk, now: datetime
) -> None:
    take_in(
        tickets, [said(f"r{i:02}", minutes=i // 4) for i in range(23)], now
    )  # several came at the same time
    pages: list[tuple[Ticket, ...]] = []
    cursor = None
    while True:
        page = desk.read.search(TicketFilter(), 5, cursor)
        pages.append(page.items)
        if page.next is None:
            break
        cursor = page.next
        take_in(tickets, [said(f"late{len(pages)}", minutes=60)], now)  # what comes meanwhile moves nothing
    seen = [ticket for page in pages for ticket in page]
    assert [len(page) for page in pages] == [5, 5, 5, 5, 3]
    assert sorted(ticket.external_id for ticket in seen) == [f"r{i:02}" for i in range(23)]
    assert seen == sorted(seen, key=lambda ticket: (ticket.received_at, ticket.id), reverse=True)


def test_a_full_last_page_has_no_next(tickets: PostgresTickets, desk: Desk, now: datetime) -> None:
    take_in(tickets, [said(f"r{i}") for i in range(5)], now)
    assert desk.read.search(TicketFilter(), 5, None).next is None
    assert desk.read.search(TicketFilter(), 4, None).next is not None


@pytest.mark.parametrize(
    "wanted",
    [
        TicketFilter(query="burning"),
        TicketFilter(query='"printer is burning"'),
        TicketFilter(query="BURNING -flood"),
        TicketFilter(status=("pending",)),
        TicketFilter(category=("bug_report",)),
        TicketFilter(priority=("critical",)),
        TicketFilter(sentiment=("positive",)),
        TicketFilter(source=("intercom",)),
        TicketFilter(connection=("second",)),
        TicketFilter(source=("intercom",), connection=("second",)),
        TicketFilter(assignee=("ann",)),
        TicketFilter(tag=("fire",)),
        TicketFilter(needs_review=True),
        TicketFilter(since=START + timedelta(minutes=9), until=START + timedelta(minutes=10, microseconds=1)),
        TicketFilter(status=("pending", "closed")),
        TicketFilter(category=("praise", "bug_report")),
        TicketFilter(source=("intercom", "csv")),
        TicketFilter(source=("zendesk", "intercom"), connection=("second", "third")),
        TicketFilter(tag=("nothing", "fire")),
        TicketFilter(tag=("a,b",)),
        TicketFilter(rating=(4.5,)),
        TicketFilter(rating=(1, 4.5)),
        TicketFilter(language=("pt-BR",)),
        TicketFilter(language=("de", "pt-BR")),
        TicketFilter(version=("2.1-Beta",)),
        TicketFilter(version=("9", "2.1-beta")),
        TicketFilter(rating=(4.5,), version=("2.1-beta",), language=("pt-BR",), query="burning"),
        TicketFilter(
            query="printer", status=("pending",), tag=("fire",), assignee=("ann",), priority=("critical",)
        ),
    ],
    ids=repr,
)
def test_each_filter_finds_what_it_names(
    tickets: PostgresTickets, desk: Desk, now: datetime, wanted: TicketFilter
) -> None:
    answer = triage(
        "The printer is burning",
        category=Category(label="bug_report"),
        priority=Priority(label="critical"),
        sentiment=Sentiment(label="positive"),
        tags=("fire", "a,b"),
        needs_review=True,
        language="pt-BR",
    )
    wanted_one = said(
        "this",
        "The printer is burning",
        source="intercom",
        connection="second",
        minutes=10,
        answer=answer,
        rating=4.5,
        app=App(version="2.1-beta"),
    )
    (taken, *_), _ = take_in(tickets, [wanted_one, said("other", "A flood"), said("third", minutes=30)], now)
    desk.change(taken.ticket_id, Change({"assignee": "ann"}, "bob"), None, now)
    if wanted.status:
        desk.change(taken.ticket_id, Change({"status": "pending"}, "bob"), None, now)
    assert listed(desk, wanted) == ["this"]
    assert "this" not in listed(desk, TicketFilter(needs_review=False)) or wanted.status


@pytest.mark.parametrize("direction", ["desc", "asc"])
@pytest.mark.parametrize("by", ["received_at", "created_at", "updated_at", "priority"])
def test_pages_hold_every_ticket_once_in_any_order(
    tickets: PostgresTickets, desk: Desk, now: datetime, by: SortBy, direction: Direction
) -> None:
    urgency = ("low", "medium", "high", "critical")
    for number in range(14):
        answer = triage(priority=Priority(label=urgency[number % 4]))
        one = said(
            f"r{number}",
            minutes=number // 3,
            answer=answer,
            created_at=START - timedelta(minutes=number * 5 % 7),
        )
        take_in(tickets, [one], now + timedelta(minutes=number * 3 % 5))

    def key(ticket: Ticket) -> tuple[Any, ...]:
        if by == "priority":
            return urgency.index(ticket.priority.label), ticket.received_at, ticket.id
        return getattr(ticket, by), ticket.id

    seen: list[Ticket] = []
    cursor = None
    while True:
        page = desk.read.search(TicketFilter(), 4, cursor, TicketOrder(by, direction))
        seen += page.items
        cursor = page.next
        if cursor is None:
            break
    assert len(seen) == 14
    assert seen == sorted(seen, key=key, reverse=direction == "desc")


def test_a_cursor_goes_on_in_its_own_order_only(tickets: PostgresTickets, desk: Desk, now: datetime) -> None:
    take_in(tickets, [said("a"), said("b")], now)
    cursor = desk.read.search(TicketFilter(), 1, None, TicketOrder("created_at")).next
    for other in (
        NEWEST,
        TicketOrder("created_at", "asc"),
        TicketOrder("updated_at"),
        TicketOrder("priority"),
    ):
        with pytest.raises(Invalid):
            desk.read.search(TicketFilter(), 1, cursor, other)


def test_source_and_connection_hold_of_any_item(tickets: PostgresTickets, desk: Desk, now: datetime) -> None:
    (one, two), _ = take_in(tickets, [said("a"), said("b", source="intercom", connection="second")], now)
    desk.merge(one.ticket_id, [two.ticket_id], "ann", None, now)
    assert listed(desk, TicketFilter(source=("intercom",))) == ["a"]
    assert listed(desk, TicketFilter(source=("zendesk",))) == ["a"]
    assert listed(desk, TicketFilter(source=("intercom",), connection=("default",))) == []


HOSTILE = [
    "'; drop table tickets; --",
    "a & | ! ( : * <->",
    '"unbalanced',
    "\x00\x01",
    "\ud800",
    "%_\\",
    ":query :limit $1",
    "or and not - -- ---",
    "😀" * 5_000,
    " ",
    "a" * 100_000,
    "(" * 10_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_only_text(tickets: PostgresTickets, desk: Desk, now: datetime, text: str) -> None:
    take_in(tickets, [said()], now)
    assert listed(desk, TicketFilter(query=text)) in ([], ["r1"])
    for name in (
        "status",
        "category",
        "priority",
        "sentiment",
        "source",
        "connection",
        "customer",
        "assignee",
        "tag",
    ):
        assert listed(desk, replace(TicketFilter(), **{name: (text,)})) == []
    with pytest.raises(NotFound):
        desk.read.find(text)


NEWEST_FIRST = "received_at desc"
NOBODY = "5e9b3a9e-7e5b-4b43-9f5c-0c8f0a8f8d11"
CURSORS = [
    "x",
    "",
    to_cursor(1),
    to_cursor("2026-01-01T00:00:00+00:00", NOBODY),
    to_cursor(NEWEST_FIRST, "2026-01-01T00:00:00+00:00"),
    to_cursor(NEWEST_FIRST, "2026-01-01T00:00:00+00:00", "x"),
    to_cursor(NEWEST_FIRST, "yesterday", NOBODY),
    to_cursor(NEWEST_FIRST, "2026-01-01T00:00:00", NOBODY),
    to_cursor(NEWEST_FIRST, "0001-01-01T00:00:00+14:00", NOBODY),
    to_cursor(NEWEST_FIRST, "9999-12-31T23:59:59-14:00", NOBODY),
    to_cursor("received_at asc", "2026-01-01T00:00:00+00:00", NOBODY),
]


@pytest.mark.parametrize("cursor", CURSORS)
def test_a_cursor_that_no_list_gave_is_invalid(desk: Desk, cursor: str) -> None:
    with pytest.raises(Invalid) as caught:
        desk.read.search(TicketFilter(), 10, cursor)
    assert caught.value.field == "cursor"


@pytest.mark.parametrize("far", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_the_ends_of_time_are_times(tickets: PostgresTickets, desk: Desk, far: datetime) -> None:
    take_in(tickets, [said()], far.replace(year=2026))
    cursor = to_cursor(NEWEST_FIRST, far.isoformat(), NOBODY)
    desk.read.search(TicketFilter(since=far, until=far), 10, cursor)
    assert len(listed(desk, TicketFilter(since=far) if far.year == 1 else TicketFilter(until=far))) == 1


def test_what_was_said_comes_in_pages_oldest_first(
    tickets: PostgresTickets, desk: Desk, now: datetime
) -> None:
    replies = [said(f"r{i}", f"Reply {i}", minutes=i // 3, thread="t") for i in range(7)]
    (first, *_), _ = take_in(tickets, [*replies, said("other", "Of another ticket")], now)
    seen, page = [], desk.read.feedback(first.ticket_id, 2, None)
    while page.next is not None:
        seen += page.items
        page = desk.read.feedback(first.ticket_id, 2, page.next)
    seen += page.items
    assert [(one.external_id, one.text) for one in seen] == [(f"r{i}", f"Reply {i}") for i in range(7)]
    assert {(one.source, one.connection, one.thread) for one in seen} == {("zendesk", "default", "t")}
    assert seen[-1].received_at == START + timedelta(minutes=2)


def order_of(desk: Desk, ticket_id: str) -> list[str]:
    return [one.external_id for one in desk.read.feedback(ticket_id, 100, None).items]


def test_an_edit_or_a_redelivery_moves_nothing_behind_what_came_later(
    tickets: PostgresTickets, desk: Desk, now: datetime
) -> None:
    (opener,), _ = take_in(tickets, [said("opener", "opener", version=1, thread="t")], now)
    take_in(tickets, [said("reply", "reply", thread="t", minutes=1)], now)
    take_in(tickets, [said("last", "last", thread="t", minutes=2)], now)
    id = opener.ticket_id
    for again in (
        said("opener", "opener, edited", version=2, thread="t", minutes=3),
        said("reply", "reply", thread="t", minutes=4),
        said("reply", "reply, edited", thread="t", minutes=5),
        said("opener", "opener, edited once more", version=3, thread="t", minutes=6),
        said("opener", "a version that comes late", version=1, thread="t", minutes=7),
    ):
        take_in(tickets, [again], now)
        assert order_of(desk, id) == ["opener", "reply", "last"]
    assert desk.read.feedback(id, 1, None).items[0].text == "opener, edited once more"
    assert desk.read.feedback(id, 1, None).items[0].received_at == START
    first = desk.read.feedback(id, 1, None)
    assert [one.external_id for one in desk.read.feedback(id, 5, first.next).items] == ["reply", "last"]


def test_what_an_older_release_took_in_keeps_its_place(
    tickets: PostgresTickets, desk: Desk, now: datetime
) -> None:
    (opener, _), _ = take_in(
        tickets, [said("opener", version=1, thread="t"), said("reply", thread="t", minutes=1)], now
    )
    tickets.database.run("update feedback set first_received_at = null")
    take_in(tickets, [said("opener", "edited", version=2, thread="t", minutes=2)], now)
    assert order_of(desk, opener.ticket_id) == ["opener", "reply"]


@pytest.mark.parametrize(
    "cursor",
    [
        to_cursor("2026-03-01T09:00:00", "zendesk", "default", "r1"),
        to_cursor("yesterday", "zendesk", "default", "r1"),
        to_cursor(START.isoformat(), "zendesk", "Default", "r1"),
        to_cursor(START.isoformat(), "zendesk", "default", "r\0"),
        to_cursor(START.isoformat(), "zendesk", "default", "r\ud800"),
        to_cursor(START.isoformat(), "zendesk", "default", 1),
        to_cursor(START.isoformat(), "zendesk"),
        "!",
    ],
)
def test_a_cursor_of_feedback_that_no_list_gave_is_invalid(
    tickets: PostgresTickets, desk: Desk, now: datetime, cursor: str
) -> None:
    (taken,), _ = take_in(tickets, [said()], now)
    with pytest.raises(Invalid):
        desk.read.feedback(taken.ticket_id, 10, cursor)


def test_history_comes_in_pages_oldest_first(tickets: PostgresTickets, desk: Desk, now: datetime) -> None:
    (taken,), _ = take_in(tickets, [said()], now)
    desk.change(taken.ticket_id, Change({"status": "resolved"}, "ann"), None, now + timedelta(hours=1))
    first = desk.read.history(taken.ticket_id, 4, None)
    rest = desk.read.history(taken.ticket_id, 4, first.next)
    assert [entry.stage for entry in (*first.items, *rest.items)] == [*STAGES, "human"]
    assert rest.next is None
    assert rest.items[-1].data == {"status": {"from": "open", "to": "resolved"}}
    assert (rest.items[-1].by, rest.items[-1].at) == ("ann", now + timedelta(hours=1))


@pytest.mark.parametrize("cursor", [to_cursor(-1), to_cursor(2**63), to_cursor("a"), "!"])
def test_a_history_cursor_that_no_list_gave_is_invalid(
    tickets: PostgresTickets, desk: Desk, now: datetime, cursor: str
) -> None:
    (taken,), _ = take_in(tickets, [said()], now)
    with pytest.raises(Invalid):
        desk.read.history(taken.ticket_id, 10, cursor)


@pytest.mark.parametrize("id", ["5e9b3a9e-7e5b-4b43-9f5c-0c8f0a8f8d11", "nonsense", "", "../.."])
def test_what_there_is_not_is_not_found(desk: Desk, now: datetime, id: str) -> None:
    with pytest.raises(NotFound):
        desk.read.find(id)
    with pytest.raises(NotFound):
        desk.read.history(id, 10, None)
    with pytest.raises(NotFound):
        desk.read.feedback(id, 10, None)
    with pytest.raises(NotFound):
        desk.change(id, Change({"status": "open"}, "ann"), None, now)
    with pytest.raises(NotFound):
        desk.merge(id, [], "ann", None, now)
    with pytest.raises(NotFound):
        desk.split(id, [("a", "b", "c")], "ann", None, now)


def test_the_last_event_of_each_source_is_known(tickets: PostgresTickets, desk: Desk, now: datetime) -> None:
    take_in(tickets, [said("a", source="csv"), said("b", source="csv", minutes=60), said("c")], now)
    known = desk.read.tickets.last_received(["csv", "zendesk", "app_store"])
    assert known == {"csv": START + timedelta(hours=1), "zendesk": START}


@pytest.mark.parametrize("query", ["-" * 500, "crash " + "- " * 40 + "app", "-!" * 40 + "crash"])
def test_a_pasted_line_of_hyphens_is_no_word(
    tickets: PostgresTickets, desk: Desk, now: datetime, query: str
) -> None:
    take_in(tickets, [said("r1", "the app does crash"), said("r2", "praise")], now)
    assert listed(desk, TicketFilter(query=query)) == (["r1"] if "crash" in query else [])
    assert listed(desk, TicketFilter(query="app -praise -crash")) == []
