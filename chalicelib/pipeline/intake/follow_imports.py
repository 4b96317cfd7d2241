"""Follow imports: how far a file was read, and cancelling it."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.intake.file_import import Import
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.domain.page import Page
from chalicelib.errors import NotFound
from chalicelib.ports.intake import ImportStore


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowImports:
    """The use-cases on uploaded files.

    within: what the caller is restricted to. An import of other connections does not exist for him.
    """

    store: ImportStore

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
