"""Who may follow which imports."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.domain.intake.file_import import Import
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.errors import NotFound
from chalicelib.pipeline.intake.follow_imports import FollowImports
from tests.unit.pipeline.fakes import FakeImports

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
HELD = Import(
    id="i-1", source="csv", connection="default", bucket="b", key="k", etag="e", size=1, registered_at=NOW,
    modified_at=NOW, updated_at=NOW,
)  # fmt: skip


def test_an_import_of_other_connections_is_not_there_for_who_is_restricted() -> None:
    store = FakeImports(HELD)
    follow = FollowImports(store=store)
    theirs, mine = Restriction(("csv/other", "zendesk/*")), Restriction(("csv/default",))
    refusals = set()
    for asked in (follow.find, follow.cancel):
        for id, within in (("i-1", theirs), ("i-2", mine)):
            with pytest.raises(NotFound) as refusal:
                asked(id, within)
            refusals.add(str(refusal.value).replace(id, "<id>"))
    assert len(refusals) == 1
    assert follow.list(10, None, theirs).items == ()
    assert not store.imports["i-1"].over
    assert follow.find("i-1", mine) == HELD
    assert follow.cancel("i-1", mine).status == "cancelled"
