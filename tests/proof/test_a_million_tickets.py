"""A million tickets: those that an older release left are indexed, and lists are right. Their times are told,
not held: they are this machine's. TICKETS sets another number."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from chalicelib.domain.page import Page
from chalicelib.domain.tickets.ticket import Ticket
from chalicelib.domain.tickets.ticket_filter import NEWEST, TicketFilter, TicketOrder
from chalicelib.services.postgres.connection import Database
from chalicelib.services.postgres.migrate import migrate, packaged
from chalicelib.services.postgres.ticket_index import PostgresTicketIndex
from chalicelib.services.postgres.ticket_reader import PostgresTicketReader
from tests.functional.postgres.conftest import started
from tests.proof.million import TICKETS, fill
from tests.proof.progress import Progress

LISTS = 60
"""Of each kind."""
WORDS = (
    "crash",
    "refund",
    "printer",
    "zebra",
    "remboursement",
    "заказ",
    "返金",
    "환불",
    "terrible battery",
    "the",
)


@pytest.fixture(scope="module")
def reader() -> Iterator[PostgresTicketReader]:
    with started() as url:
        before = [migration for migration in packaged() if migration.name < "0008"]
        migrate(url, before)
        database = Database(url, statement_seconds=3_600)
        fill(database, TICKETS)
        migrate(url)
        index, progress, indexed = PostgresTicketIndex(database), Progress("tickets indexed", TICKETS), 0
        while batch := index.catch_up(500):
            indexed += batch
            progress.tell(indexed)
        assert indexed == TICKETS
        database.run("vacuum analyze")
        yield PostgresTicketReader(database)
        database.close()


Wanted = tuple[TicketFilter, Callable[[Ticket], bool]]
"""What is asked for, and what must hold of every ticket that is found."""


def three_filters(chance: random.Random) -> Wanted:
    status = chance.choice(("open", "pending", "resolved", "closed"))
    category = chance.choice(("complaint", "bug_report", "praise", "question", "spam"))
    source, connection = chance.choice(("zendesk", "csv")), f"shop{chance.randrange(20)}"
    tag, assignee, rating = f"tag{chance.randrange(54)}", f"agent{chance.randrange(40)}", chance.randint(1, 5)
    some: dict[str, tuple[Any, Callable[[Ticket], bool]]] = {
        "status": ((status,), lambda ticket: ticket.status == status),
        "category": ((category,), lambda ticket: ticket.category.label == category),
        "source": ((source,), lambda ticket: ticket.source == source),
        "connection": ((connection,), lambda ticket: ticket.connection == connection),
        "tag": ((tag, "rare"), lambda ticket: tag in ticket.tags or "rare" in ticket.tags),
        "assignee": ((assignee,), lambda ticket: ticket.assignee == assignee),
        "rating": ((float(rating),), lambda ticket: ticket.rating == rating),
        "needs_review": (True, lambda ticket: ticket.needs_review),
        "query": (chance.choice(WORDS), lambda ticket: True),
    }
    chosen = {name: some[name] for name in chance.sample(sorted(some), 3)}
    return (
        TicketFilter(**{name: value for name, (value, _) in chosen.items()}),
        lambda ticket: all(holds(ticket) for _, holds in chosen.values()),
    )


def an_order(chance: random.Random) -> Wanted:
    number = 100_000 + chance.randrange(TICKETS)
    return TicketFilter(query=f"ORD-{number}"), lambda ticket: f"ORD-{number}" in ticket.text


def a_word(chance: random.Random) -> Wanted:
    return TicketFilter(query=chance.choice(WORDS)), lambda ticket: True


def an_author(chance: random.Random) -> Wanted:
    number = chance.randrange(min(250_000, TICKETS))
    return TicketFilter(customer=(f"u{number}",)), lambda ticket: ticket.author.id == f"u{number}"


def the_beginning_of_a_name(chance: random.Random) -> Wanted:
    name = chance.choice(("Kor", "Sal", "Marno", "Petri", "Vikul", "Zoden", "B"))
    return TicketFilter(customer=(name,)), lambda ticket: f" {name}" in f" {ticket.author.name}"


@pytest.mark.parametrize(
    "kind",
    [three_filters, an_order, a_word, an_author, the_beginning_of_a_name],
    ids=lambda kind: kind.__name__,
)
def test_a_list_holds_what_was_asked_for(
    reader: PostgresTicketReader, kind: Callable[[random.Random], Wanted]
) -> None:
    chance = random.Random(3)
    taken: list[float] = []
    for wanted, holds in [kind(chance) for _ in range(LISTS)]:
        page, seconds = timed(reader, wanted)
        taken.append(seconds)
        assert all(map(holds, page.items))
    tell(kind.__name__, taken)


@pytest.mark.parametrize("order", [NEWEST, TicketOrder("created_at", "asc"), TicketOrder("priority")])
def test_every_order_is_read_from_its_index(reader: PostgresTicketReader, order: TicketOrder) -> None:
    page, seconds = timed(reader, TicketFilter(), order)
    assert len(page.items) == 50
    tell(f"{order.by} {order.direction}", [seconds])


def timed(
    reader: PostgresTicketReader, wanted: TicketFilter, order: TicketOrder = NEWEST
) -> tuple[Page[Ticket], float]:
    """A page, and how many seconds it took when it was asked for a second time."""
    reader.search(wanted, 50, None, order)
    began = time.perf_counter()
    page = reader.search(wanted, 50, None, order)
    return page, time.perf_counter() - began


def tell(what: str, taken: Sequence[float]) -> None:
    ordered = sorted(taken)
    median, most = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
    print(f"\n  {what}: median {median * 1000:.0f} ms, 95th percentile {most * 1000:.0f} ms")
