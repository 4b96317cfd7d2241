"""What holds every event against the catalogue can fail."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.api.event_examples import example
from chalicelib.domain.delivery.catalogue import CATALOGUE
from tests.catalogued import faults


@pytest.mark.parametrize("kind", CATALOGUE, ids=lambda kind: kind.name)
def test_the_example_is_as_its_schema_says(kind):
    assert faults(example(kind.name, posted=kind.posted), ours=not kind.posted) == []


DATA = example("source.silent", posted=False)["data"]
BAD: list[tuple[str, dict[str, Any]]] = [
    ("is no type of the catalogue", {"type": "ticket.exploded"}),
    ("$.time", {"time": "yesterday"}),
    ("$.source", {"source": "elsewhere"}),
    ("$.data", {"data": None}),
    ("$.data: 'usual' is a required", {"data": {"source": "a"}}),
    ("more", {"data": {**DATA, "more": 1}}),
    ("$.data.last_at", {"data": {**DATA, "last_at": "2026"}}),
    ("$.data.usual", {"data": {**DATA, "usual": "a day"}}),
    ("'Subject'", {"Subject": "a"}),
]  # fmt: skip


@pytest.mark.parametrize(("said", "other"), BAD)
def test_an_event_that_is_not_so_is_found(said, other):
    found = faults({**example("source.silent", posted=False), **other}, ours=True)
    assert any(said in one for one in found), found


def test_of_what_is_posted_only_what_has_a_meaning_must_be_as_the_catalogue_says():
    posted = example("order.updated", posted=True)
    assert faults({**posted, "data": {**posted["data"], "colour": "red"}}, ours=False) == []
    assert faults({**posted, "type": "acme.done", "data": 7}, ours=False) == []
    (fault,) = faults({**posted, "data": {"id": 17}}, ours=False)
    assert "$.data.id" in fault
    assert faults({"type": "acme.done", "id": "", "specversion": "1.0", "source": "a"}, ours=False)
    assert faults(posted, ours=True)
