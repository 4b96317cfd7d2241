"""The catalogue of events holds what is told, all of it, and nothing else; and its page is made of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib.api.event_forms import DATA
from chalicelib.domain.delivery.catalogue import CATALOGUE
from chalicelib.domain.delivery.event import OURS
from local.catalogue import load_resources
from tests.catalogued import WITHIN

ROOT = Path(__file__).parents[2]
TOLD = {one.name for one in CATALOGUE if not one.posted}
LATER = {"ticket.overdue"}
"""What chats can show already and nobody tells yet."""


def named_in_the_code() -> dict[str, set[str]]:
    """Every type of ours that the code names, and where."""
    name = re.compile(rf'"((?:{"|".join(map(re.escape, OURS))})[a-z_]+)"')
    found: dict[str, set[str]] = {}
    for path in (ROOT / "chalicelib").rglob("*.py"):
        if path.parent.name in ("api", "documentation") or path.stem == "catalogue":
            continue  # they show what others tell
        for type in name.findall(path.read_text(encoding="utf-8")):
            found.setdefault(type, set()).add(path.relative_to(ROOT).as_posix())
    return found


def goes_on(type: str) -> bool:
    """Whether the bus brings such an event to the subscribers."""
    pattern = load_resources()["bus"]["rules"]["told"]["pattern"]
    assert pattern["source"] == ["triggeriq"]
    return any(type.startswith(one["prefix"]) for one in pattern["detail-type"])


def test_what_the_code_tells_is_in_the_catalogue() -> None:
    assert named_in_the_code().keys() - {*WITHIN, *LATER} == TOLD


def test_what_is_in_the_catalogue_gets_to_the_subscribers() -> None:
    assert {one.name for one in CATALOGUE if not one.posted and one.on_bus} == set(filter(goes_on, TOLD))
    assert not any(goes_on(type) for type in WITHIN)


def test_nobody_else_may_post_what_we_tell_and_everybody_what_we_don_t() -> None:
    for one in CATALOGUE:
        assert one.name.startswith(OURS) is not one.posted, one.name


def test_each_type_is_named_once_and_has_a_shape() -> None:
    assert list(DATA) == [one.name for one in CATALOGUE]


# ---- docs/event-types.md ---------------------------------------------------------------------------

PAGE = (ROOT / "docs" / "event-types.md").read_text(encoding="utf-8")


def test_the_page_has_each_type_as_the_catalogue_has_it() -> None:
    rows = re.findall(r"^\| \[`([a-z_.]+)`\]\(#[a-z_-]+\) \| (.*) \|$", PAGE, re.MULTILINE)
    assert rows == [(one.name, one.description) for one in CATALOGUE]


@pytest.mark.parametrize("kind", CATALOGUE, ids=lambda kind: kind.name)
def test_the_page_shows_its_example(kind: Any) -> None:
    from chalicelib.api.event_examples import example

    chapter = PAGE.partition(f"\n### {kind.name}\n")[2].partition("\n### ")[0]
    shown = json.loads(re.findall(r"```json\n(.*?)```", chapter, re.DOTALL)[0])
    assert shown == example(kind.name, posted=kind.posted)


@pytest.mark.parametrize("kind", CATALOGUE, ids=lambda kind: kind.name)
def test_the_page_says_what_each_field_holds(kind: Any) -> None:
    from chalicelib.api.event_forms import schemas

    chapter = PAGE.partition(f"\n### {kind.name}\n")[2].partition("\n### ")[0]
    if DATA[kind.name] == "TicketEvent":
        return  # docs/api.md has the ticket
    schema = schemas()[kind.name][0]["$defs"][DATA[kind.name]]
    said = re.findall(r"^\| `([a-z_]+)` \|", chapter, re.MULTILINE)
    assert said == list(schema["properties"])
