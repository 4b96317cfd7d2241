"""Tables of feedback: CSV with a header, and NDJSON. Tickets of an old system can be imported this way
too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Literal

from triggeriq import Connection, FileHint, InvalidSetting, Item, Nothing, Source, hookimpl
from triggeriq.shape import Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvSettings:
    """There is no way to verify a webhook: all are refused. Tables come as files."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Which column holds which part of a feedback: {"text": "Customer says"}. In NDJSON a column is a
    dotted path. What is not named is found by the usual names of a header."""
    charset: str = field(default="", metadata={"max_length": 40})
    """The charset of files without a byte order mark, such as "windows-1252". Empty: it is found out."""
    dates: Literal["", "day-first", "month-first"] = ""
    """How 3/4/2026 is meant. Empty: as the other dates of the table show, else the day first, but the month
    before a time with AM or PM."""

    def __post_init__(self) -> None:
        Shape.mapped(dict.fromkeys(self.columns, "x"), "columns")  # a column may be called anything
        if self.charset and not _holds_lines(self.charset):
            raise InvalidSetting(
                f"{self.charset!r} is no charset of a table, such as 'windows-1252'", "charset"
            )


def _holds_lines(charset: str) -> bool:
    """Whether lines and delimiters can be told apart in it before it is decoded."""
    try:
        return charset.lower().startswith(("utf-16", "utf-32")) or "a;\n".encode(charset) == b"a;\n"
    except (LookupError, UnicodeError):
        return False


class CsvUpload(Source):
    """The mark of a row is its last line, and the place behind it in bytes, from where a file is read on. A
    row without an id gets the sha256 of its cells as its id."""

    name = "csv"
    title = "CSV and NDJSON files (files only: there is no way to verify a webhook, so all are refused)"
    content_types = ("text/csv", "application/x-ndjson")
    reads = (".csv", ".tsv", ".ndjson", ".jsonl")
    settings = CsvSettings

    def read(
        self, stream: BinaryIO, hint: FileHint, resume: str | None, connection: Connection
    ) -> Iterator[tuple[str, Item | Nothing]]:
        # Imported here: a function that receives webhooks loads this source, and never reads a table
        from plugins.sources.tables.rows import csv_items, ndjson_items
        from triggeriq.lines import Mark

        settings: CsvSettings = connection.settings or CsvSettings()
        items = ndjson_items if hint.name.lower().endswith((".ndjson", ".jsonl")) else csv_items
        after = Mark.parse(resume) if resume else None
        yield from items(stream, after, settings.columns, settings.charset, settings.dates or None)


@hookimpl
def register_sources(register: Any) -> None:
    register(CsvUpload)
