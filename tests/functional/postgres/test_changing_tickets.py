from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.tickets.ticket import Change, Ticket
from chalicelib.domain.tickets.ticket_filter import TicketFilter
from chalicelib.errors import Conflict, Invalid, NotFound, Stale
from chalicelib.services.postgres.connection import Database
from chalicelib.services.postgres.outbox import PostgresOutbox
from chalicelib.services.postgres.tickets import PostgresTickets
from tests.functional.postgres.desk import Desk
from tests.said import said, take_in


def ids(tickets: PostgresTickets, now: datetime, *names: str, **fields: Any) -> list[str]:
    return [
        taken.ticket_id
        for taken in take_in(tickets, [said(name, f"Words of {name}", **fields) for name in names], now)[0]
    ]


def read(desk: Desk, id: str) -> Ticket:
    found = desk.read.find(id)
    return found.ticket


def test_a_change_is_stored_told_and_remembered(tickets: PostgresTickets, desk: Desk, now: datetime) -> None:
    (id,) = ids(tickets, now, "a")
    fields = {
        "status": "pending",
        "assignee": "bob",
        "priority": "high",
        "category": "question",
        "tags": ["x", "x", " "],
    }
    (ticket, row_version, *_), events = desk.change(id, Change(fields, "ann"), 1, now)
    assert row_version == 2
    assert (ticket.status, ticket.assignee, ticket.tags) == ("pending", "bob", ("x",))
    assert (ticket.priority.label, ticket.priority.reasons) == ("high", ("set by ann",))
    assert (ticket.category.label, ticket.category.confidence, ticket.category.by) == ("question", 1.0, "ann")
    assert [event.type for event in events] == ["ticket.updated"]
    assert read(desk, id) == ticket


def test_resolving_is_told_as_such_once(tickets: PostgresTickets, desk: Desk, now: datetime) -> None:
    (id,) = ids(tickets, now, "a")
    _, events = desk.change(id, Change({"status": "resolved"}, "ann"), None, now)
    assert [event.type for event in events] == ["ticket.updated", "ticket.resolved"]
    assert len({event.id for event in events}) == 2
    versioned, events = desk.change(id, Change({"status": "resolved"}, "ann"), None, now)
    assert (versioned.row_version, list(events)) == (2, [])


def test_a_stale_version_changes_nothing(tickets: PostgresTickets, desk: Desk, now: datetime) -> None:
    one, two = ids(tickets, now, "a", "b")
    desk.change(one, Change({"status": "pending"}, "ann"), 1, now)
    with pytest.raises(Stale):
        desk.change(one, Change({"status": "closed"}, "bob"), 1, now)
    with pytest.raises(Stale):
        desk.merge(one, [two], "bob", 1, now)
    with pytest.raises(Stale):
        desk.split(one, [("zendesk", "default", "a")], "bob", 1, now)
    assert read(desk, one).status == "pending"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status", "merry"),
        ("status", None),
        ("status", ["open"]),
        ("priority", {"label": "high"}),
        ("category", 7),
        ("assignee", 7),
        ("tags", "one"),
        ("tags", [1]),
        ("tags", [str(i) for i in range(51)]),
        ("title", "mine"),
        ("id", "x"),
    ],
)
def test_a_wrong_value_is_invalid_and_named(
    tickets: PostgresTickets, desk: Desk, now: datetime, field: str, value: Any
) -> None:
    (id,) = ids(tickets, now, "a")
    with pytest.raises(Invalid) as caught:
        desk.change(id, Change({field: value}, "ann"), None, now)
    assert caught.value.field == field


def test_hostile_tags_and_assignees_are_made_storable(
    tickets: PostgresTickets, desk: Desk, now: datetime
) -> None:
    (id,) = ids(tickets, now, "a")
    fields = {"tags": ["\x00", "a\ud800b", "😀" * 5_000], "assignee": "\x00" + "n" * 9_999}
    (ticket, *_), _ = desk.change(id, Change(fields, "ann"), None, now)
    assert ticket.tags == ("ab", "😀" * 100)
    assert ticket == read(desk, id)


def test_tags_that_nothing_compresses_have_room_up_to_their_limit(
    tickets: PostgresTickets, desk: Desk, now: datetime
) -> None:
    (id,) = ids(tickets, now, "a")
    letters = random.Random(1)
    tags = ["".join(chr(letters.randrange(0x4E00, 0x9FFF)) for _ in range(25)) for _ in range(20)]
    (ticket, *_), _ = desk.change(id, Change({"tags": tags}, "ann"), None, now)
    assert ticket.tags == tuple(tags)
    with pytest.raises(Invalid, match="bytes together"):
        desk.change(id, Change({"tags": [*tags, "more"]}, "ann"), None, now)


def test_merging_moves_all_feedback_and_closes_the_others(
    database: Database, tickets: PostgresTickets, desk: Desk, now: datetime
) -> None:
    into, one, two = ids(tickets, now, "a", "b", "c")
    (ticket, row_version, *_), events = desk.merge(into, [one, two, one], "ann", 1, now)
    assert (ticket.feedback_count, row_version) == (3, 2)
    assert [(event.type, event.subject) for event in events] == [
        ("ticket.updated", id) for id in (into, one, two)
    ]
    assert (read(desk, one).status, read(desk, one).feedback_count) == ("closed", 0)
    assert [found.id for found in desk.read.search(TicketFilter(), 10, None).items] == [into]
    assert [found.id for found in desk.read.search(TicketFilter(query="words of c"), 10, None).items] == [
        into
    ]
    assert desk.read.history(into, 50, None).items[-1].data == {"merged": [one, two]}
    assert desk.read.history(one, 50, None).items[-1].data == {"into": into}


def test_merging_again_is_harmless(tickets: PostgresTickets, desk: Desk, now: datetime) -> None:
    into, one = ids(tickets, now, "a", "b")
    first, _ = desk.merge(into, [one], "ann", 1, now)
    again, events = desk.merge(into, [one], "ann", 1, now)
    assert (again, list(events)) == (first, [])


def test_what_cannot_be_merged_is_a_conflict(tickets: PostgresTickets, desk: Desk, now: datetime) -> None:
    into, one, third = ids(tickets, now, "a", "b", "c")
    with pytest.raises(Conflict, match="itself"):
        desk.merge(into, [into], "ann", None, now)
    with pytest.raises(NotFound):
        desk.merge(into, [one, "5e9b3a9e-7e5b-4b43-9f5c-0c8f0a8f8d11"], "ann", None, now)
    desk.merge(into, [one], "ann", None, now)
    with pytest.raises(Conflict, match=into):
        desk.merge(third, [one], "ann", None, now)
    with pytest.raises(Conflict, match=into):
        desk.merge(one, [third], "ann", None, now)
    with pytest.raises(Conflict, match=into):
        desk.change(one, Change({"status": "open"}, "ann"), None, now)


def test_a_newer_version_goes_where_its_feedback_is_now(
    tickets: PostgresTickets, desk: Desk, now: datetime
) -> None:
    into, one = ids(tickets, now, "a", "b")
    desk.merge(into, [one], "ann", None, now)
    (taken,), (event,) = take_in(tickets, [said("b", "Quite other words", version=5)], now)
    assert (taken.outcome, taken.ticket_id, event.subject) == ("updated", into, into)
    assert read(desk, into).text == "Words of a"
    assert [found.id for found in desk.read.search(TicketFilter(query="quite other"), 10, None).items] == [
        into
    ]


def test_a_reply_goes_to_the_ticket_that_took_its_thread(
    tickets: PostgresTickets, desk: Desk, now: datetime
) -> None:
    into, one = ids(tickets, now, "a", thread="ta")[0], ids(tickets, now, "b", thread="tb")[0]
    desk.merge(into, [one], "ann", None, now)
    (taken,), _ = take_in(tickets, [said("b2", thread="tb")], now)
    assert (taken.outcome, taken.ticket_id) == ("joined", into)


def test_splitting_gives_the_items_a_ticket_of_their_own(
    tickets: PostgresTickets, desk: Desk, now: datetime
) -> None:
    ticket_id = ids(tickets, now, "a", "b", "c", thread="t")[0]
    keys = [("zendesk", "default", "c"), ("zendesk", "default", "b")]
    left, new, events = desk.split(ticket_id, keys, "ann", 3, now)
    assert (left.ticket.feedback_count, new.ticket.feedback_count) == (1, 2)
    assert (new.ticket.external_id, new.ticket.title, new.ticket.status) == ("b", "Words of b", "open")
    assert (new.ticket.category, new.ticket.needs_review) == (left.ticket.category, True)
    assert [(event.type, event.subject) for event in events] == [
        ("ticket.updated", ticket_id),
        ("ticket.created", new.ticket.id),
    ]
    assert read(desk, new.ticket.id) == new.ticket
    assert [found.id for found in desk.read.search(TicketFilter(query="words of c"), 10, None).items] == [
        new.ticket.id
    ]
    (taken,), _ = take_in(tickets, [said("c", "Edited", version=2)], now)
    assert taken.ticket_id == new.ticket.id


def test_splitting_what_was_merged_brings_the_old_ticket_back(
    tickets: PostgresTickets, desk: Desk, now: datetime
) -> None:
    into, one = ids(tickets, now, "a", "b")
    desk.merge(into, [one], "ann", None, now)
    left, back, events = desk.split(into, [("zendesk", "default", "b")], "ann", None, now)
    assert back.ticket.id == one
    assert (back.ticket.status, back.ticket.feedback_count, left.ticket.feedback_count) == ("open", 1, 1)
    assert [event.type for event in events] == ["ticket.updated", "ticket.updated"]
    assert {found.id for found in desk.read.search(TicketFilter(), 10, None).items} == {into, one}
    desk.merge(into, [one], "ann", None, now)
    assert read(desk, into).feedback_count == 2


@pytest.mark.parametrize(
    ("keys", "error"),
    [
        ([], Invalid),
        ([("zendesk", "default", "a")], Conflict),  # the lead
        ([("zendesk", "default", "a"), ("zendesk", "default", "b")], Conflict),  # all
        ([("zendesk", "default", "b"), ("zendesk", "default", "elsewhere")], Conflict),
        ([("zendesk", "default", "\x00\ud800")], Conflict),
    ],
)
def test_what_cannot_be_split_changes_nothing(
    tickets: PostgresTickets, desk: Desk, now: datetime, keys: Any, error: type[Exception]
) -> None:
    id = ids(tickets, now, "a", "b", thread="t")[0]
    with pytest.raises(error):
        desk.split(id, keys, "ann", None, now)
    assert read(desk, id).feedback_count == 2


def test_the_outbox_holds_what_was_not_relayed(
    database: Database, tickets: PostgresTickets, desk: Desk, now: datetime
) -> None:
    outbox = PostgresOutbox(database)
    _, created = take_in(tickets, [said("a"), said("b")], now)
    _, updated = desk.change(created[0].subject, Change({"status": "resolved"}, "ann"), None, now)
    later = now + timedelta(seconds=1)
    assert list(outbox.pending(100, later)) == [*created, *updated]
    assert [event.id for event in outbox.pending(2, later)] == [event.id for event in created]
    assert list(outbox.pending(100, now)) == []
    outbox.relayed([event.id for event in created])
    outbox.relayed([])
    assert list(outbox.pending(100, later)) == list(updated)
