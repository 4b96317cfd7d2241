"""What the bad rows of a file are, and in which order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from chalicelib.domain.intake.file_import import Import
from chalicelib.domain.intake.quarantine import Quarantined
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.errors import NotFound
from chalicelib.pipeline.intake.follow_imports import FollowImports
from tests.unit.pipeline.fakes import FakeImports

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
HELD = Import(
    id="i-1", source="csv", connection="default", bucket="b", key="k", etag="e", size=1, registered_at=NOW,
    modified_at=NOW, updated_at=NOW,
)  # fmt: skip


class Kept:
    """Gives what was kept in the order in which it was named."""

    def __init__(self, *places: str) -> None:
        self.places = places

    def of_event(self, event_id: str, at: datetime) -> Iterator[Quarantined]:
        assert (event_id, at) == (HELD.id, HELD.modified_at)
        for place in self.places:
            yield Quarantined(source="csv", connection="default", reason="", where=place, at=at)


def test_bad_rows_come_in_the_order_of_the_file() -> None:
    kept = Kept("line 10", "line 9", "[2].items[10]", "line 100", "", "[2].items[9]", "7", "line 9")
    places = [
        row.where
        for row in FollowImports(store=FakeImports(HELD), quarantine=kept).bad_rows("i-1", 100, None)
    ]
    assert places == ["", "7", "[2].items[9]", "[2].items[10]", "line 9", "line 9", "line 10", "line 100"]


def test_no_more_bad_rows_are_read_than_asked_for() -> None:
    follow = FollowImports(store=FakeImports(HELD), quarantine=Kept("line 3", "line 2", "line 1"))
    assert [row.where for row in follow.bad_rows("i-1", 2, None)] == ["line 2", "line 3"]


def test_bad_rows_of_no_import_are_not_found() -> None:
    with pytest.raises(NotFound):
        FollowImports(store=FakeImports(HELD), quarantine=Kept()).bad_rows("i-2", 1, None)


def test_an_import_of_other_connections_is_not_there_for_who_is_restricted() -> None:
    store = FakeImports(HELD)
    follow = FollowImports(store=store, quarantine=Kept("line 3"))
    theirs, mine = Restriction(("csv/other", "zendesk/*")), Restriction(("csv/default",))
    refusals = set()
    for asked in (follow.find, follow.cancel, lambda held, within: follow.bad_rows(held, 1, within)):
        for id, within in (("i-1", theirs), ("i-2", mine)):
            with pytest.raises(NotFound) as refusal:
                asked(id, within)
            refusals.add(str(refusal.value).replace(id, "<id>"))
    assert len(refusals) == 1
    assert follow.list(10, None, theirs).items == ()
    assert not store.imports["i-1"].over
    assert follow.find("i-1", mine) == HELD
    assert follow.cancel("i-1", mine).status == "cancelled"
