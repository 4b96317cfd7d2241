"""Follow imports: how far a file was read, which of its rows were bad, and cancelling it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Protocol

from chalicelib.domain.intake.file_import import Import
from chalicelib.domain.intake.quarantine import Quarantined
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.domain.page import Page
from chalicelib.errors import NotFound
from chalicelib.ports.intake import ImportStore


class QuarantineList(Protocol):
    def of_event(self, event_id: str, at: datetime) -> Iterator[Quarantined]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowImports:
    """The use-cases on uploaded files.

    within: what the caller is restricted to. An import of other connections does not exist for him.
    """

    store: ImportStore
    quarantine: QuarantineList

    def list(self, limit: int, cursor: str | None, within: Restriction | None) -> Page[Import]:
        """Newest first."""
        return self.store.list(limit, cursor, within)

    def find(self, id: str, within: Restriction | None) -> Import:
        """Raises NotFound."""
        held = self.store.find(id, within)
        if held is None:
            raise NotFound(f"there is no import {id}; GET /imports lists them")
        return held

    def cancel(self, id: str, within: Restriction | None) -> Import:
        """Stop reading; what was read already stays. Raises NotFound, Conflict."""
        return self.store.cancel(self.find(id, within).id)

    def bad_rows(self, id: str, limit: int, within: Restriction | None) -> Sequence[Quarantined]:
        """What of the file could not be read, in the order of the file. If there is more than `limit`, which
        of it is returned is not defined. Raises NotFound."""
        held = self.find(id, within)
        rows = islice(self.quarantine.of_event(held.id, held.modified_at), limit)
        return sorted(rows, key=lambda row: _numbered(row.where))


def _numbered(where: str) -> list[tuple[int, str]]:
    """Sorts "line 10" behind "line 9"."""
    return [
        (int(part or 0), "") if index % 2 else (0, part) for index, part in enumerate(_NUMBER.split(where))
    ]


_NUMBER = re.compile("([0-9]+)")
