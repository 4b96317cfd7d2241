"""Whatever changes a ticket is told of at once where that is possible, else by the schedule."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.intake.feedback import FeedbackKey
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.domain.tickets.ticket import Change
from chalicelib.errors import Conflict, Invalid, NotFound, Stale
from chalicelib.pipeline.tickets.amend import Amend
from chalicelib.pipeline.tickets.change import ChangeTicket
from chalicelib.pipeline.tickets.merge import MergeTickets
from chalicelib.pipeline.tickets.relay import Relay
from chalicelib.pipeline.tickets.split import SplitTicket
from tests.in_memory_tickets import InMemoryTickets
from tests.said import said, take_in
from tests.unit.pipeline.fakes import NOW, FakeBus, FakeOutbox, FakeQuarantine, now

OTHERS = Restriction(("csv/*",))
OWN = Restriction(("zendesk/default",))


class Desk:
    """The use-cases over three tickets: a and b of zendesk/default, c of csv/shop."""

    def __init__(self) -> None:
        self.bus, self.tickets = FakeBus(), InMemoryTickets()
        messages = [said("a"), said("b", minutes=1), said("c", source="csv", connection="shop", minutes=2)]
        taken, _ = take_in(self.tickets, messages, NOW)
        self.a, self.b, self.c = (one.ticket_id for one in taken)
        self.tickets.outbox.clear()
        relay = Relay(
            outbox=FakeOutbox(self.tickets.outbox),
            bus=self.bus,
            quarantine=FakeQuarantine(),
            now=now,
            grace=timedelta(),
        )
        amend = Amend(tickets=self.tickets, relay=relay)
        self.change = ChangeTicket(amend=amend, now=now)
        self.merge = MergeTickets(amend=amend, now=now)
        self.split = SplitTicket(amend=amend, now=now)


@pytest.fixture
def desk() -> Desk:
    return Desk()


RESOLVED = Change({"status": "resolved"}, "ann")
B = FeedbackKey("zendesk", "default", "b")


def test_a_change_is_shown_and_told(desk: Desk) -> None:
    changed = desk.change(desk.a, RESOLVED, 1)
    assert (changed.ticket.status, changed.row_version) == ("resolved", 2)
    assert [event.type for event in desk.bus.events] == ["ticket.updated", "ticket.resolved"]
    assert desk.tickets.outbox == {}


def test_what_can_not_be_told_now_waits_in_the_outbox(desk: Desk) -> None:
    desk.bus.down = True
    changed = desk.change(desk.a, RESOLVED)
    assert (changed.ticket.status, len(desk.tickets.outbox)) == ("resolved", 2)


def test_what_changes_nothing_tells_nothing(desk: Desk) -> None:
    desk.change(desk.a, RESOLVED)
    desk.bus.events.clear()
    assert desk.change(desk.a, RESOLVED).row_version == 2
    assert desk.bus.events == []


def test_a_merge_and_a_split_are_told_of_each_ticket(desk: Desk) -> None:
    merged = desk.merge(desk.a, [desk.b, desk.b], "ann")
    assert (merged.ticket.id, merged.ticket.feedback_count) == (desk.a, 2)
    assert [event.subject for event in desk.bus.events] == [desk.a, desk.b]
    desk.bus.events.clear()
    left, new = desk.split(desk.a, [B, B], "ann")
    assert (left.ticket.id, new.ticket.id, new.ticket.merged_into) == (desk.a, desk.b, None)
    assert [event.subject for event in desk.bus.events] == [desk.a, desk.b]


def test_a_repeated_merge_is_shown_as_it_stands_whatever_version_was_seen(desk: Desk) -> None:
    first = desk.merge(desk.a, [desk.b], "ann", 1)
    assert desk.merge(desk.a, [desk.b], "ann", 1) == first


def test_a_version_that_is_gone_is_stale(desk: Desk) -> None:
    desk.change(desk.a, RESOLVED)
    for act in (
        lambda: desk.change(desk.a, Change({"status": "open"}, "ann"), 1),
        lambda: desk.merge(desk.a, [desk.b], "ann", 1),
        lambda: desk.split(desk.a, [B], "ann", 1),
    ):
        with pytest.raises(Stale):
            act()


def test_what_is_merged_away_says_where_it_went(desk: Desk) -> None:
    desk.merge(desk.a, [desk.b], "ann")
    for act in (
        lambda: desk.change(desk.b, RESOLVED),
        lambda: desk.merge(desk.b, [desk.c], "ann"),
        lambda: desk.merge(desk.c, [desk.b], "ann"),
        lambda: desk.split(desk.b, [B], "ann"),
    ):
        with pytest.raises(Conflict, match=f"merged into {desk.a}"):
            act()


def test_what_is_others_is_not_there_for_any_verb(desk: Desk) -> None:
    standing = dict(desk.tickets.tickets)
    for act in (
        lambda: desk.change(desk.a, RESOLVED, None, OTHERS),
        lambda: desk.merge(desk.a, [desk.c], "eve", None, OTHERS),
        lambda: desk.merge(desk.c, [desk.a], "eve", None, OTHERS),
        lambda: desk.split(desk.a, [B], "eve", None, OTHERS),
    ):
        with pytest.raises(NotFound, match=f"^there is no ticket {desk.a}$"):
            act()
    assert desk.tickets.tickets == standing


def test_one_s_own_is_there_until_others_join(desk: Desk) -> None:
    assert desk.change(desk.a, RESOLVED, None, OWN).row_version == 2
    desk.merge(desk.a, [desk.c], "admin")
    for id in (desk.a, desk.c):
        with pytest.raises(NotFound):
            desk.change(id, RESOLVED, None, OWN)
    desk.split(desk.a, [FeedbackKey("csv", "shop", "c")], "admin")
    assert desk.change(desk.a, RESOLVED, None, OWN).ticket.id == desk.a
    assert desk.change(desk.c, RESOLVED, None, OTHERS).ticket.id == desk.c


ADDRESS = "https://a.example"


@pytest.mark.parametrize(
    "link",
    [
        {},
        {"kind": "issue"},
        {"kind": "", "url": ADDRESS},
        "x",
        None,
        [],
        {"kind": "issue", "url": "javascript:alert(1)"},
        {"kind": "issue", "url": "https://a b"},
        {"kind": "issue", "url": ADDRESS + "a" * 2_000},
        {"kind": "x", "url": ADDRESS, "more": 1},
    ],
)
def test_a_link_that_is_none_is_refused_by_name(desk: Desk, link: Any) -> None:
    with pytest.raises(Invalid) as refused:
        desk.change(desk.a, Change({"links": [link]}, "ann"))
    assert refused.value.field == "links"
