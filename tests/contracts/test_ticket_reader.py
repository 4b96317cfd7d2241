"""What every TicketReader promises. No test has a fake of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.operations.access import Restriction
from chalicelib.domain.page import Page
from chalicelib.domain.tickets.decisions.change import change
from chalicelib.domain.tickets.plan import Selection
from chalicelib.domain.tickets.ticket import Change, Triaged
from chalicelib.domain.tickets.ticket_feedback import VERSIONS_MOST
from chalicelib.domain.tickets.ticket_filter import TicketFilter
from chalicelib.errors import Invalid, Unavailable
from chalicelib.ports.tickets import TicketReader
from chalicelib.services.postgres.connection import Database
from chalicelib.services.postgres.ticket_reader import PostgresTicketReader
from chalicelib.services.postgres.tickets import PostgresTickets
from tests.said import STAGES, START, said, take_in
from triggeriq import Attachment

ABSENT = "5e9b3a9e-7e5b-4b43-9f5c-0c8f0a8f8d11"


@pytest.fixture(params=["PostgreSQL"])
def reader(request: pytest.FixtureRequest) -> TicketReader:
    return PostgresTicketReader(request.getfixturevalue("database"))


@pytest.fixture
def tickets(database: Database) -> PostgresTickets:
    return PostgresTickets(database)


def all_of(ask: Callable[[str | None], Page[Any]]) -> list[Any]:
    """What the pages hold, one after the other."""
    found, page = [], ask(None)
    while page.next is not None:
        found += page.items
        page = ask(page.next)
    return [*found, *page.items]


def test_a_ticket_is_found_by_its_id(reader: TicketReader, tickets: PostgresTickets, now: datetime) -> None:
    (taken,), _ = take_in(tickets, [said("a")], now)
    found = reader.find(taken.ticket_id)
    assert found is not None
    assert (found.ticket.id, found.ticket.external_id, found.row_version) == (taken.ticket_id, "a", 1)


@pytest.mark.parametrize("id", [ABSENT, "no id", ""])
def test_a_ticket_that_there_is_not_is_none(reader: TicketReader, id: str) -> None:
    assert reader.find(id) is None


def test_the_last_time_of_each_source_that_ever_gave_feedback(
    reader: TicketReader, tickets: PostgresTickets, now: datetime
) -> None:
    take_in(tickets, [said("a", source="csv"), said("b", source="csv", minutes=60), said("c")], now)
    assert reader.last_received(["csv", "zendesk", "app_store"]) == {
        "csv": START + timedelta(hours=1),
        "zendesk": START,
    }


def test_only_connections_within_count_for_the_last_time(
    reader: TicketReader, tickets: PostgresTickets, now: datetime
) -> None:
    take_in(tickets, [said("a"), said("b", connection="shop", minutes=60)], now)
    within = Restriction(("zendesk/default",))
    assert reader.last_received(["zendesk"], within) == {"zendesk": START}
    assert reader.last_received(["zendesk"], Restriction(("csv/*",))) == {}


def test_what_each_source_gave_is_counted_since_a_time(
    reader: TicketReader, tickets: PostgresTickets, now: datetime
) -> None:
    take_in(tickets, [said("a"), said("b", minutes=60), said("c", minutes=90), said("d", source="csv")], now)
    since = START + timedelta(hours=1)
    sources = ["zendesk", "csv", "app_store"]
    assert reader.received(sources, since) == {"zendesk": 2, "csv": 0, "app_store": 0}
    assert reader.received(sources, START)["csv"] == 1


def test_only_connections_within_are_counted(
    reader: TicketReader, tickets: PostgresTickets, now: datetime
) -> None:
    take_in(tickets, [said("a"), said("b", connection="shop"), said("c", connection="shop")], now)
    sources = ["zendesk", "csv"]
    assert reader.received(sources, START, Restriction(("zendesk/shop",))) == {"zendesk": 2}
    assert reader.received(sources, START, Restriction(("zendesk/*", "csv/*"))) == {"zendesk": 3, "csv": 0}


def test_tickets_are_found_newest_first(
    reader: TicketReader, tickets: PostgresTickets, now: datetime
) -> None:
    take_in(tickets, [said(f"{number}", minutes=number) for number in (1, 3, 0, 2)], now)
    found = all_of(lambda cursor: reader.search(TicketFilter(), 3, cursor))
    assert [ticket.external_id for ticket in found] == ["3", "2", "1", "0"]


def test_no_more_are_found_than_are_wanted(
    reader: TicketReader, tickets: PostgresTickets, now: datetime
) -> None:
    take_in(tickets, [said("a"), said("b", source="csv")], now)
    found = all_of(lambda cursor: reader.search(TicketFilter(source=("csv",)), 3, cursor))
    assert [ticket.external_id for ticket in found] == ["b"]


def test_the_history_is_told_oldest_first(
    reader: TicketReader, tickets: PostgresTickets, now: datetime
) -> None:
    (taken,), _ = take_in(tickets, [said("a")], now)
    id, later = taken.ticket_id, now + timedelta(hours=1)
    resolve = Change({"status": "resolved"}, "ann")
    tickets.amend(Selection(tickets=(id,)), lambda known: change(known.alive(id), resolve, later))
    history = all_of(lambda cursor: reader.history(id, 2, cursor))
    assert [entry.stage for entry in history] == [*STAGES, "human"]
    assert (history[-1].at, history[-1].by) == (later, "ann")


def test_what_was_said_comes_oldest_first(
    reader: TicketReader, tickets: PostgresTickets, now: datetime
) -> None:
    replies = [said(f"{number}", minutes=number, thread="t") for number in range(4)]
    (taken, *_), _ = take_in(tickets, replies, now)
    feedback = all_of(lambda cursor: reader.feedback(taken.ticket_id, 3, cursor))
    assert [one.external_id for one in feedback] == ["0", "1", "2", "3"]


def test_a_ticket_that_there_is_not_has_no_history_and_nothing_said(reader: TicketReader) -> None:
    assert reader.history(ABSENT, 10, None) == Page(())
    assert reader.feedback(ABSENT, 10, None) == Page(())


def test_a_cursor_that_no_list_gave_is_invalid(reader: TicketReader) -> None:
    for ask in (
        lambda: reader.search(TicketFilter(), 10, "x"),
        lambda: reader.history(ABSENT, 10, "x"),
        lambda: reader.feedback(ABSENT, 10, "x"),
        lambda: reader.attachments(ABSENT, 10, "x"),
    ):
        with pytest.raises(Invalid) as invalid:
            ask()
        assert invalid.value.field == "cursor"


def test_a_database_that_is_down_is_unavailable(unreachable: Database) -> None:
    reader = PostgresTicketReader(unreachable)
    for ask in (
        lambda: reader.find(ABSENT),
        lambda: reader.last_received(["csv"]),
        lambda: reader.received(["csv"], START),
        lambda: reader.search(TicketFilter(), 10, None),
        lambda: reader.history(ABSENT, 10, None),
        lambda: reader.feedback(ABSENT, 10, None),
        lambda: reader.attachments(ABSENT, 10, None),
    ):
        with pytest.raises(Unavailable):
            ask()


def test_feedback_is_listed_with_what_it_said_before(
    reader: TicketReader, tickets: PostgresTickets, now: datetime
) -> None:
    for version, text, rating in ((1, "One star", 1.0), (3, "Five stars", 5.0), (2, "Three, late", 3.0)):
        take_in(tickets, [said("a", text, version=version, minutes=version, rating=rating)], now)
    take_in(tickets, [said("b", "Never edited")], now)
    (edited,) = reader.feedback(said("a").message.key.ticket_id, 10, None).items
    assert (edited.text, [(one.version, one.text, one.rating, one.at) for one in edited.versions]) == (
        "Five stars",
        [
            (1, "One star", 1.0, START + timedelta(minutes=1)),
            (2, "Three, late", 3.0, START + timedelta(minutes=2)),
        ],
    )
    (other,) = reader.feedback(said("b").message.key.ticket_id, 10, None).items
    assert other.versions == ()


def test_of_many_versions_the_newest_are_listed(
    reader: TicketReader, tickets: PostgresTickets, now: datetime
) -> None:
    for version in range(1, VERSIONS_MOST + 4):
        take_in(tickets, [said("a", f"edit {version}", version=version)], now)
    (edited,) = reader.feedback(said("a").message.key.ticket_id, 10, None).items
    assert [one.version for one in edited.versions] == list(range(3, VERSIONS_MOST + 3))


def test_files_come_in_the_order_of_their_feedback_page_by_page(
    reader: TicketReader, tickets: PostgresTickets, now: datetime
) -> None:
    later = said("m2", thread="t", minutes=5, attachments=(Attachment(name="c.txt", bytes=3),))
    files = tuple(Attachment(name=f"{n}.png", content_type="image/png", bytes=n) for n in range(11))
    first = said("m1", thread="t", attachments=files)
    batch = [
        Triaged(
            replace(one.message, attachments_key=f"attachments/{one.message.feedback.external_id}"),
            one.triage,
        )
        for one in (later, first, said("m3", thread="t", minutes=9))
    ]
    (taken, *_), _ = take_in(tickets, batch, now)
    other = said("other", attachments=(Attachment(name="not mine", bytes=1),))
    take_in(tickets, [other], now)
    found = all_of(lambda cursor: reader.attachments(taken.ticket_id, 5, cursor))
    assert [(one.file, one.feedback.external_id, one.key) for one in found] == [
        *((file, "m1", f"attachments/m1/{place}") for place, file in enumerate(files)),
        (Attachment(name="c.txt", bytes=3), "m2", "attachments/m2/0"),
    ]
    assert {(one.feedback.source, one.feedback.connection) for one in found} == {("zendesk", "default")}
