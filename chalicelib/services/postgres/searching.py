"""Finds tickets: by keyset, so that page 1,000 costs what page 1 costs."""

# ruff: noqa: S608 — SQL is composed of our own lists of columns; values are always parameters

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.domain.intake.feedback import clean_text
from chalicelib.domain.operations.restriction import connection_id
from chalicelib.domain.page import Page, from_cursor, not_given, page_of, time_in_cursor, to_cursor
from chalicelib.domain.tickets.ticket import Ticket
from chalicelib.domain.tickets.ticket_filter import SortBy, TicketFilter, TicketOrder
from chalicelib.services.postgres.connection import Database
from chalicelib.services.postgres.ids import is_id
from chalicelib.services.postgres.restricting import own_tickets
from chalicelib.services.postgres.rows import FROM_TICKET, SELECT_TICKET, standing_of
from chalicelib.services.postgres.search_index import facet_lexeme, rating_lexeme, version_lexeme
from chalicelib.services.postgres.search_query import any_of, customer_query, stems_of, words_query

READ_FIRST = 4_000
"""Tickets of a list that are read for a word before it is looked up in all."""
READ_NEXT = 40_000
"""Those that are looked at next, by what an index tells of them, where columns are asked for too."""
QUERY_LIMIT = 1_000
"""Characters of a search and of a value; nobody types more, and each word costs."""

_COLUMNS = ("status", "category", "priority", "sentiment", "language", "assignee")
"""Filters by a column of their name."""
_LISTED = "id, status, category, priority, sentiment, language, needs_review, connections, tags, assignee"
"""What the index tickets_listed tells of a ticket, whatever it is filtered by."""
_URGENCY = "array_position('{low,medium,high,critical}'::text[], t.priority)"


class _Sort(NamedTuple):
    """What tickets are sorted by, and the value of it in a ticket."""

    sql: str
    type: str
    of: Callable[[Ticket], Any]


_PRIORITIES: Mapping[str, int] = {"low": 1, "medium": 2, "high": 3, "critical": 4}
_RECEIVED = _Sort("t.received_at", "timestamptz", lambda ticket: ticket.received_at)
_ID = _Sort("t.id", "uuid", lambda ticket: ticket.id)
_SORTS: Mapping[SortBy, tuple[_Sort, ...]] = {
    "received_at": (_RECEIVED, _ID),
    "created_at": (_Sort("t.created_at", "timestamptz", lambda ticket: ticket.created_at), _ID),
    "updated_at": (_Sort("t.updated_at", "timestamptz", lambda ticket: ticket.updated_at), _ID),
    "priority": (_Sort(_URGENCY, "int", lambda ticket: _PRIORITIES[ticket.priority.label]), _RECEIVED, _ID),
}
"""Each has an index of its own."""


# From one pair to the next by the primary key: a look into the index for each, however many rows it has.
_PAIRS = """
with recursive pair as (
    (select source, connection from feedback order by 1, 2 limit 1)
    union all
    select n.* from pair p cross join lateral (
        select source, connection from feedback where (source, connection) > (p.source, p.connection)
        order by 1, 2 limit 1
    ) n
)
select * from pair
"""


class Where:
    """Conditions, all of which must hold, and their parameters."""

    def __init__(self, *conditions: str) -> None:
        self.conditions = [*conditions]
        self.parameters: dict[str, Any] = {}

    def add(self, condition: str, **parameters: Any) -> None:
        self.conditions.append(condition)
        self.parameters |= parameters

    def __and__(self, other: Where) -> Where:
        return Where(*self.conditions, *other.conditions)

    def __str__(self) -> str:
        return " and ".join(self.conditions) or "true"


def search(
    database: Database, wanted: TicketFilter, order: TicketOrder, limit: int, cursor: str | None
) -> Page[Ticket]:
    """See ports.tickets.TicketReader."""
    found = conditions(database, wanted)
    if found is None:
        return Page(())
    span, where, searched = found
    if cursor is not None:
        _begin_behind(span, order, cursor)
    rows = _rows(database, span, where, searched, order, limit + 1)
    return page_of(
        [standing_of(row).ticket for row in rows], limit, cursor=lambda ticket: _cursor(order, ticket)
    )


def conditions(database: Database, wanted: TicketFilter) -> tuple[Where, Where, Where] | None:
    """What must hold of a ticket: of when it was received, of its columns, and of what the column `search`
    knows. None: what was typed has no word in it, and is nowhere. Tickets that were merged away are not
    found: their feedback is in another ticket."""
    where = Where()
    for name in _COLUMNS:
        _one_of(where, f"t.{name}", name, getattr(wanted, name))
    if wanted.source or wanted.connection:
        connections = _connections(database, wanted.source, wanted.connection)
        where.add("t.connections && cast(:connections as text[])", connections=connections)
    if wanted.tag:
        where.add("t.tags && cast(:tag as text[])", tag=_clean(wanted.tag))
    if wanted.needs_review is not None:
        where.add("t.needs_review" if wanted.needs_review else "not t.needs_review")
    own, own_parameters = own_tickets(wanted.within, "t")
    if own:
        where.add(own, **own_parameters)
    span = Where("t.merged_into is null")
    if wanted.since is not None:
        span.add("t.received_at >= cast(:since as timestamptz)", since=wanted.since)
    if wanted.until is not None:
        span.add("t.received_at < cast(:until as timestamptz)", until=wanted.until)
    searched = _searched(database, wanted)
    return None if searched is None else (span, where, searched)


def _rows(
    database: Database, span: Where, where: Where, searched: Where, order: TicketOrder, count: int
) -> list[list[Any]]:
    """Rows of SELECT_TICKET, the first of the list, `count` at most.

    Columns alone are looked for in an index that has them all, and only the tickets found are read. What
    `search` knows is in no index that has the order of the list, and PostgreSQL guesses badly how often a
    rare word occurs. So a part of the list is read first, in which a common word stands often enough; then
    those of a larger part that fit by their columns. Otherwise all that holds the words is looked up, and
    sorted.
    """
    by = ", ".join(f"{sort.sql} {order.direction}" for sort in _SORTS[order.by])
    parameters = {**span.parameters, **where.parameters, **searched.parameters, "rows": count}

    def ask(ids: str, **more: Any) -> list[list[Any]]:
        return database.ask(
            f"select {SELECT_TICKET} {FROM_TICKET} where t.id in ({ids}) order by {by}", **parameters, **more
        )

    if not (where.conditions or searched.conditions):
        plain = f"select {SELECT_TICKET} {FROM_TICKET} where {span} order by {by} limit :rows"
        return database.ask(plain, **parameters)
    whole = f"from tickets t where {span & where & searched}"
    if not searched.conditions:
        return ask(f"select t.id {whole} order by {by} limit :rows")
    part = f"(select * from tickets t where {span} order by {by} limit :part) t"
    rows = ask(f"select t.id from {part} where {where & searched} order by {by} limit :rows", part=READ_FIRST)
    if len(rows) < count and where.conditions:
        part = f"(select {_LISTED} from tickets t where {span} order by {by} limit :part) t"
        fitting = f"t.id in (select t.id from {part} where {where}) and {searched}"
        rows = ask(f"select t.id from tickets t where {fitting} order by {by} limit :rows", part=READ_NEXT)
    if len(rows) == count:
        return rows
    return ask(f"with t as materialized (select t.* {whole}) select t.id from t order by {by} limit :rows")


def _one_of(where: Where, column: str, name: str, values: tuple[str, ...]) -> None:
    """One value is asked for by itself: PostgreSQL then reads an index in the order of the list."""
    if len(values) == 1:
        where.add(f"{column} = :{name}", **{name: _clean(values)[0]})
    elif values:
        where.add(f"{column} = any(cast(:{name} as text[]))", **{name: _clean(values)})


def _connections(database: Database, sources: Sequence[str], connections: Sequence[str]) -> list[str]:
    """Those that are meant, as tickets name them; where only one side is given, of those that there are."""
    if sources and connections:
        return [connection_id(source, one) for source in sources for one in connections]
    return [
        connection_id(source, connection)
        for source, connection in database.run(_PAIRS)
        if source in sources or connection in connections
    ]


def _searched(database: Database, wanted: TicketFilter) -> Where | None:
    """What the column `search` knows. None: what was typed has no word in it, and is nowhere."""
    where = Where()
    queries = [any_of(map(rating_lexeme, wanted.rating)), any_of(map(version_lexeme, _clean(wanted.version)))]
    for name, labels in wanted.facet.items():
        queries.append(any_of(facet_lexeme(name, label) for label in _clean(labels)))
    if wanted.query is not None:
        text = clean_text(wanted.query)[:QUERY_LIMIT]
        words = words_query(text, stems_of(database, wanted.language))
        if words is None:
            return None
        queries.append(words)
    if said := [query for query in queries if query]:
        where.add("t.search @@ cast(:words as tsquery)", words=" & ".join(f"({query})" for query in said))
    if wanted.customer:
        customers = _clean(wanted.customer)
        author = "t.search @@ cast(:author as tsquery)"
        parameters: dict[str, Any] = {"author": " | ".join(map(customer_query, customers))}
        if ids := [one for one in customers if is_id(one)]:
            author = f"({author} or t.customer_id = any(cast(:customer as uuid[])))"
            parameters["customer"] = ids
        where.add(author, **parameters)
    return where


def _clean(values: tuple[str, ...]) -> list[str]:
    return [clean_text(value)[:QUERY_LIMIT] for value in values]


def _begin_behind(where: Where, order: TicketOrder, cursor: str) -> None:
    """Only what comes behind the cursor's position. Raises Invalid for a cursor of another order."""
    sorts = _SORTS[order.by]
    forms = [int if sort.type == "int" else str for sort in sorts]
    said, *position = from_cursor(cursor, str, *forms)
    if said != _name(order):
        raise not_given()
    names = [f"last_{place}" for place in range(len(sorts))]
    row = ", ".join(f"cast(:{name} as {sort.type})" for name, sort in zip(names, sorts, strict=True))
    values = [_READ.get(sort.type, _same)(value) for value, sort in zip(position, sorts, strict=True)]
    where.add(
        f"({', '.join(sort.sql for sort in sorts)}) {'<' if order.direction == 'desc' else '>'} ({row})",
        **dict(zip(names, values, strict=True)),
    )


def _cursor(order: TicketOrder, ticket: Ticket) -> str:
    values = (sort.of(ticket) for sort in _SORTS[order.by])
    said = (value.isoformat() if isinstance(value, datetime) else value for value in values)
    return to_cursor(_name(order), *said)


def _name(order: TicketOrder) -> str:
    return f"{order.by} {order.direction}"


def _id(said: object) -> str:
    if not is_id(str(said)):
        raise not_given()
    return str(said)


def _same(said: Any) -> Any:
    return said


_READ: Mapping[str, Callable[[Any], Any]] = {"timestamptz": time_in_cursor, "uuid": _id}
