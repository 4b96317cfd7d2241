"""What a query's tickets are, counted by facet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from chalicelib.domain.operations.restriction import Restriction
from chalicelib.domain.tickets.ticket import Category, Change, Facet, Priority
from chalicelib.domain.tickets.ticket_counts import LABELS_MOST
from chalicelib.domain.tickets.ticket_filter import TicketFilter
from chalicelib.services.postgres.tickets import PostgresTickets
from tests.functional.postgres.desk import Desk
from tests.said import said, take_in, triage


def own(**labels: str) -> dict[str, Facet]:
    return {name: Facet(label=label, confidence=0.5, by="own/1") for name, label in labels.items()}


@pytest.fixture
def shelf(tickets: PostgresTickets, desk: Desk, now: datetime) -> Desk:
    """Four tickets, one of them of two sources, and one that was merged away."""
    bug = Category(label="bug_report", confidence=0.9, by="category/1")
    batch = [
        said(
            "a",
            "The kettle leaks",
            answer=triage("kettle", tags=("tea", "water"), facets=own(team="hot", **{"x.y": "1"})),
        ),
        said(
            "b",
            "The kettle sings",
            answer=triage("kettle", tags=("tea",), facets=own(team="hot"), language=None),
        ),
        said(
            "c",
            "A spoon",
            source="csv",
            answer=triage("spoon", tags=(), category=bug, facets=own(team="Cold ü=1")),
        ),
        said("d", "A fork", answer=triage("fork", tags=(), priority=Priority(label="low"))),
        said("e", "A knife", source="csv", answer=triage("knife", tags=())),
    ]
    ids = [one.ticket_id for one in take_in(tickets, batch, now)[0]]
    desk.merge(ids[3], [ids[4]], "ann", None, now)
    desk.change(ids[1], Change({"status": "closed"}, "ann"), None, now)
    return desk


def counted(desk: Desk, **wanted: Any) -> Mapping[str, Mapping[str, int]]:
    return {name: dict(labels) for name, labels in desk.read.count(TicketFilter(**wanted)).facets.items()}


def test_every_ticket_counts_once_for_each_of_its_labels(shelf: Desk, now: datetime) -> None:
    counts = shelf.read.count(TicketFilter())
    assert counts.total == 4
    assert counted(shelf) == {
        "status": {"open": 3, "closed": 1},
        "category": {"complaint": 3, "bug_report": 1},
        "priority": {"medium": 3, "low": 1},
        "sentiment": {"negative": 4},
        "language": {"en": 3},
        "source": {"zendesk": 3, "csv": 2},
        "tag": {"tea": 2, "water": 1},
        "facet.team": {"hot": 2, "Cold ü=1": 1},
        "facet.x.y": {"1": 1},
    }


NOTHING: dict[str, dict[str, int]] = {
    name: {} for name in ("status", "category", "priority", "sentiment", "language", "source", "tag")
}


@pytest.mark.parametrize(
    ("wanted", "total"),
    [
        ({"status": ("open",)}, 3),
        ({"query": "kettle"}, 2),
        ({"query": "kettle", "status": ("open",)}, 1),
        ({"tag": ("water", "nothing")}, 1),
        ({"source": ("csv",)}, 2),
        ({"facet": {"team": ("hot",)}}, 2),
        ({"facet": {"team": ("hot", "Cold ü=1")}}, 3),
        ({"facet": {"team": ("hot",), "x.y": ("1",)}}, 1),
        ({"facet": {"team": ("HOT",)}}, 0),
        ({"facet": {"tea": ("hot",)}}, 0),
        ({"query": "???"}, 0),
        ({"within": Restriction(("zendesk/*",))}, 2),
        ({"within": Restriction(("csv/default",))}, 1),
        ({"within": Restriction(())}, 0),
    ],
    ids=str,
)
def test_counted_is_what_the_list_holds(shelf: Desk, wanted: dict[str, Any], total: int) -> None:
    assert len(shelf.read.search(TicketFilter(**wanted), 100, None).items) == total
    counts = shelf.read.count(TicketFilter(**wanted))
    assert counts.total == sum(counts.facets["sentiment"].values()) == total
    if not total:
        assert counts.facets == NOTHING


def test_of_many_labels_the_most_frequent_are_told_first(
    tickets: PostgresTickets, desk: Desk, now: datetime
) -> None:
    names = [f"tag{number:03}" for number in range(LABELS_MOST + 20)]
    batch = [said(name, answer=triage(tags=(name, "every", f"own{n % 2}"))) for n, name in enumerate(names)]
    take_in(tickets, batch, now)
    tags = [*desk.read.count(TicketFilter()).facets["tag"].items()]
    assert len(tags) == LABELS_MOST
    assert tags[:4] == [("every", 120), ("own0", 60), ("own1", 60), ("tag000", 1)]
