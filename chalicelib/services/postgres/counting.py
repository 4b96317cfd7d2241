"""Counts tickets by facet."""

# ruff: noqa: S608 — SQL is composed of our own names; values are always parameters
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.domain.tickets.facets import FACET
from chalicelib.domain.tickets.ticket_counts import LABELS_MOST
from chalicelib.domain.tickets.ticket_filter import TicketFilter
from chalicelib.services.postgres.connection import Database
from chalicelib.services.postgres.searching import conditions

COLUMNS = ("status", "category", "priority", "sentiment", "language")
"""Facets that are a column of their name."""
PAIRS_MOST = 1_000
"""Names with labels of plugins' own facets that are told; those of most tickets."""

_OF_COLUMNS = " union all ".join(
    f"select '{name}', {name}, sum(n) from alike where by_column and {name} is not null group by {name}"
    for name in COLUMNS
)


def count(database: Database, wanted: TicketFilter) -> tuple[int, Mapping[str, Mapping[str, int]]]:
    """See ports.tickets.TicketReader."""
    facets: dict[str, dict[str, int]] = {name: {} for name in (*COLUMNS, "source", "tag")}
    found = conditions(database, wanted)
    if found is None:
        return 0, facets
    span, where, searched = found
    parameters: dict[str, Any] = {**span.parameters, **where.parameters, **searched.parameters}
    total = 0
    for facet, label, tickets in database.ask(_statement(str(span & where & searched)), **parameters):
        if facet is None:
            total = tickets
        else:
            facets.setdefault(facet, {})[label] = tickets
    return total, facets


def _statement(where: str) -> str:
    """Where no words are looked for, it reads two indexes once each: tickets_listed, and that of tickets with
    facets of plugins' own. Tickets that are alike are counted first; what is added up then are thousands, not
    a million."""
    return f"""
with alike as materialized (
    select {", ".join(COLUMNS)}, connections, tags, count(*) n,
        grouping(connections) = 0 by_connection, grouping(tags) = 0 by_tag,
        grouping(connections, tags) = 3 by_column
    from tickets t where {where} group by grouping sets (({", ".join(COLUMNS)}), (connections), (tags))
),
counted (facet, label, n) as (
    {_OF_COLUMNS}
    union all
    select 'source', s.source, sum(n) from alike cross join lateral (
        select distinct split_part(name, '/', 1) source from unnest(connections) own (name)
    ) s where by_connection group by s.source
    union all
    select 'tag', tag, sum(n) from alike cross join unnest(tags) own (tag) where by_tag group by tag
    union all
    (select '{FACET}' || own.name, own.facet ->> 'label', count(*)
    from tickets t cross join jsonb_each(t.facets) own (name, facet)
    where {where} and t.facets <> '{{}}' group by 1, 2 order by 3 desc limit {PAIRS_MOST})
)
select null, null, coalesce(sum(n), 0)::bigint from alike where by_column
union all
select facet, label, n::bigint from (
    select *, row_number() over (partition by facet order by n desc, label) place from counted
) ranked where place <= {LABELS_MOST} order by 1 nulls first, 3 desc, 2
"""
