from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.page import to_cursor
from chalicelib.domain.tickets.ticket import Category, Change, Priority, Sentiment, Ticket
from chalicelib.domain.tickets.ticket_filter import TicketFilter
from chalicelib.errors import Invalid, NotFound
from chalicelib.services.postgres.tickets import PostgresTickets
from tests.functional.postgres.desk import Desk
from tests.said import STAGES, START, said, take_in, triage


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
        TicketFilter(status="pending"),
        TicketFilter(category="bug_report"),
        TicketFilter(priority="critical"),
        TicketFilter(sentiment="positive"),
        TicketFilter(source="intercom"),
        TicketFilter(connection="second"),
        TicketFilter(source="intercom", connection="second"),
        TicketFilter(assignee="ann"),
        TicketFilter(tag="fire"),
        TicketFilter(needs_review=True),
        TicketFilter(since=START + timedelta(minutes=9), until=START + timedelta(minutes=10, microseconds=1)),
        TicketFilter(query="printer", status="pending", tag="fire", assignee="ann", priority="critical"),
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
        tags=("fire",),
        needs_review=True,
    )
    wanted_one = said(
        "this", "The printer is burning", source="intercom", connection="second", minutes=10, answer=answer
    )
    (taken, *_), _ = take_in(tickets, [wanted_one, said("other", "A flood"), said("third", minutes=30)], now)
    desk.change(taken.ticket_id, Change({"assignee": "ann"}, "bob"), None, now)
    if wanted.status:
        desk.change(taken.ticket_id, Change({"status": "pending"}, "bob"), None, now)
    assert listed(desk, wanted) == ["this"]
    assert "this" not in listed(desk, TicketFilter(needs_review=False)) or wanted.status


def test_source_and_connection_hold_of_any_item(tickets: PostgresTickets, desk: Desk, now: datetime) -> None:
    (one, two), _ = take_in(tickets, [said("a"), said("b", source="intercom", connection="second")], now)
    desk.merge(one.ticket_id, [two.ticket_id], "ann", None, now)
    assert listed(desk, TicketFilter(source="intercom")) == ["a"]
    assert listed(desk, TicketFilter(source="zendesk")) == ["a"]
    assert listed(desk, TicketFilter(source="intercom", connection="default")) == []


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
        assert listed(desk, replace(TicketFilter(), **{name: text})) == []
    with pytest.raises(NotFound):
        desk.read.find(text)


CURSORS = [
    "x",
    "",
    to_cursor(1),
    to_cursor("2026-01-01", "x"),
    to_cursor("yesterday", "5e9b3a9e-7e5b-4b43-9f5c-0c8f0a8f8d11"),
    to_cursor("2026-01-01T00:00:00", "5e9b3a9e-7e5b-4b43-9f5c-0c8f0a8f8d11"),
    to_cursor("0001-01-01T00:00:00+14:00", "00000000-0000-0000-0000-000000000000"),
    to_cursor("9999-12-31T23:59:59-14:00", "00000000-0000-0000-0000-000000000000"),
]


@pytest.mark.parametrize("cursor", CURSORS)
def test_a_cursor_that_no_list_gave_is_invalid(desk: Desk, cursor: str) -> None:
    with pytest.raises(Invalid) as caught:
        desk.read.search(TicketFilter(), 10, cursor)
    assert caught.value.field == "cursor"


@pytest.mark.parametrize("far", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_the_ends_of_time_are_times(tickets: PostgresTickets, desk: Desk, far: datetime) -> None:
    take_in(tickets, [said()], far.replace(year=2026))
    cursor = to_cursor(far.isoformat(), "00000000-0000-0000-0000-000000000000")
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
