"""A field is a column, and a column a field: each is made from the other's name."""

from __future__ import annotations

import pytest

from chalicelib.services.postgres.columns import Column
from chalicelib.services.postgres.connection import Database
from chalicelib.services.postgres.event_rows import EVENT
from chalicelib.services.postgres.rows import FEEDBACK, FORMER, LOG, TICKET

ONLY_SQL_WRITES = {
    "tickets": {"search", "search_version"},
    "feedback": {"first_received_at"},
    "processing_logs": {"id", "at"},
    "outbox": {"position"},
}
TABLES = {
    "tickets": TICKET,
    "feedback": FEEDBACK,
    "feedback_versions": FORMER,
    "processing_logs": LOG,
    "outbox": EVENT,
}
_COLUMNS = "select column_name from information_schema.columns where table_name = :name"


@pytest.mark.parametrize("name", TABLES)
def test_every_field_has_its_column_and_every_column_its_field(database: Database, name: str) -> None:
    columns: tuple[Column, ...] = TABLES[name]
    stored = {column for (column,) in database.run(_COLUMNS, name=name)}
    assert stored - ONLY_SQL_WRITES.get(name, set()) == {column.name for column in columns}
