"""Words that were taken back are in no table of PostgreSQL, nor found, nor told, and do not come back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from pg8000.exceptions import DatabaseError

from chalicelib.domain.tickets.removal import REMOVED
from chalicelib.domain.tickets.ticket_filter import TicketFilter
from chalicelib.services.postgres.connection import Database
from chalicelib.services.postgres.outbox import PostgresOutbox
from chalicelib.services.postgres.tickets import PostgresTickets
from tests.functional.postgres.desk import Desk
from tests.said import Noticing, answered, said, take_in, taken_back, triage, version
from tests.unit.domain.tickets.decisions.test_redact import SECRET, secret


def everything(database: Database) -> str:
    """All that all tables hold, as text: search and the outbox among it."""
    tables = database.run("select tablename::text from pg_tables where schemaname = 'public'")
    rows = (row for (table,) in tables for row in database.run(f"select t::text from {table} t"))
    return "\n".join(str(row) for row in rows).lower()


@pytest.fixture
def tell(tickets: PostgresTickets, now: datetime) -> Noticing:
    return Noticing(tickets, now)


def found(desk: Desk, word: str) -> int:
    return len(desk.read.search(TicketFilter(query=word), 10, None).items)


def test_they_are_nowhere_and_nobody_finds_them(
    database: Database, tickets: PostgresTickets, desk: Desk, tell: Noticing, now: datetime
) -> None:
    for minutes in (-2, -1, 0):
        take_in(tickets, [secret(minutes=minutes, thread="t")], now)
    take_in(tickets, [said("b", "The kettle leaks", thread="t", minutes=1)], now)
    assert everything(database).count(SECRET.lower()) > 20
    assert found(desk, SECRET) == 1
    tell(taken_back("a"))
    assert SECRET.lower() not in everything(database)
    assert (found(desk, SECRET), found(desk, "kettle")) == (0, 1)
    waiting = PostgresOutbox(database).pending(100, now + timedelta(days=1))
    assert {event.data["title"] for event in waiting} == {"The kettle leaks"}
    created, joined, *_ = [(event.type, event.data["changed"]) for event in waiting]
    assert (created, joined) == (("ticket.created", []), ("ticket.updated", ["feedback_count"]))


def test_of_a_ticket_that_holds_nothing_else_search_knows_the_author(
    tickets: PostgresTickets, desk: Desk, tell: Noticing, now: datetime
) -> None:
    take_in(tickets, [secret()], now)
    tell(taken_back("a"))
    (ticket,) = desk.read.search(TicketFilter(customer=("Ada",)), 10, None).items
    assert (ticket.title, ticket.author.name, found(desk, SECRET)) == (REMOVED, "Ada", 0)
    assert [one.text for one in desk.read.feedback(ticket.id, 10, None).items] == [REMOVED]


def test_a_split_takes_none_of_the_words_along(
    database: Database, tickets: PostgresTickets, desk: Desk, tell: Noticing, now: datetime
) -> None:
    batch = [secret(thread="t"), said("b", "The kettle leaks", thread="t", minutes=1)]
    (taken, _), _ = take_in(tickets, batch, now)
    desk.split(taken.ticket_id, [("zendesk", "default", "b")], "ann", None, now)
    tell(taken_back("a"))
    assert SECRET.lower() not in everything(database)


def test_redacted_while_it_is_edited_and_told_again_nothing_comes_back(
    database: Database, tickets: PostgresTickets, now: datetime
) -> None:
    """Each time anew, in whatever order the database lets them in."""
    for attempt in range(8):
        id, thread = f"a{attempt}", f"t{attempt}"
        take_in(tickets, [secret(id, thread=thread)], now)

        def edit(minutes: int, id: str = id) -> None:
            take_in(tickets, [secret(id, minutes=minutes)], now)

        def take_back(by_thread: bool, id: str = id, thread: str = thread) -> None:
            notice = taken_back(threads=(thread,)) if by_thread else taken_back(id)
            Noticing(tickets, now)(notice)

        with ThreadPoolExecutor(4) as pool:
            done = [
                pool.submit(edit, 3),
                pool.submit(take_back, attempt % 2 == 0),
                pool.submit(edit, 4),
                pool.submit(edit, 2),
            ]
        for one in done:
            one.result()
    assert SECRET.lower() not in everything(database)


def test_a_large_conversation_goes_whole(
    database: Database, tickets: PostgresTickets, tell: Noticing, now: datetime
) -> None:
    take_in(tickets, [secret(f"r{n}", thread="t", minutes=n / 100) for n in range(250)], now)
    tell(taken_back(threads=("t",)))
    assert SECRET.lower() not in everything(database)


def test_answers_that_nothing_came_for_are_forgotten(
    database: Database, tickets: PostgresTickets, now: datetime
) -> None:
    Noticing(tickets, now)(answered("old"))
    Noticing(tickets, now + timedelta(days=91))(answered("new"))
    assert database.run("select thread from early_answers") == [["new"]]


def test_the_audit_trail_is_rewritten_by_nothing_else(
    database: Database, tickets: PostgresTickets, tell: Noticing, now: datetime
) -> None:
    take_in(tickets, [secret()], now)
    tell(taken_back("a"))
    with pytest.raises(DatabaseError, match="append-only"):
        database.run("update processing_logs set data = '{}'")


def test_the_stages_of_what_stands_keep_what_they_said(
    database: Database, tickets: PostgresTickets, tell: Noticing, now: datetime
) -> None:
    take_in(tickets, [secret()], now)
    edited = said("a", "All is well", version=version(11), minutes=11, answer=triage("All is well"))
    take_in(tickets, [edited], now)
    tell(taken_back("a"))
    rows = database.run("select data from processing_logs where stage = 'classify' order by id")
    assert [data for (data,) in rows] == [{"note": REMOVED}, {"text": "All is well"}]
