"""Reads tables by the source `csv`, for its tests."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from plugins.sources.csv_upload import CsvSettings, CsvUpload
from triggeriq import Bad, Connection, Feedback, FileHint


def read(body: bytes, name: str = "rows.csv", **settings: Any) -> list[Feedback | Bad]:
    hint = FileHint(name=name, modified_at=datetime(2026, 1, 2, tzinfo=UTC))
    connection = Connection(source="csv", settings=CsvSettings(**settings))
    return [item for _, item in CsvUpload().read(BytesIO(body), hint, None, connection)]


def read_one(body: str, **settings: Any) -> Feedback:
    (item,) = read(body.encode(), **settings)
    assert isinstance(item, Feedback)
    return item
