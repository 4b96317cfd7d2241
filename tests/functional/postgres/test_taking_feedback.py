"""The promises of TicketStore, on a real PostgreSQL."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.domain.tickets.ticket import Category, Change, Priority, Triaged
from chalicelib.errors import Poison
from chalicelib.services.postgres.connection import Database
from chalicelib.services.postgres.tickets import PostgresTickets
from tests.functional.postgres.conftest import FORGET
from tests.functional.postgres.desk import Desk
from tests.said import STAGES, said, take_in, triage
from triggeriq import Author

TABLES = ("feedback", "tickets", "processing_logs", "outbox", "feedback_versions")


def counts(database: Database) -> dict[str, int]:
    return {table: database.run(f"select count(*) from {table}")[0][0] for table in TABLES}


def outcomes(tickets: PostgresTickets, now: datetime, *batch: Triaged) -> list[str]:
    return [taken.outcome for taken in take_in(tickets, batch, now)[0]]


def state(database: Database) -> list[Any]:
    """All that a reader can see, but for when and how often it was written."""
    return [
        database.run("select external_id, version, received_at, text, rating from feedback order by 1, 2"),
        database.run("select id, title, description, feedback_count, search::text from tickets order by 1"),
    ]


def test_feedback_becomes_a_ticket(database: Database, tickets: PostgresTickets, now: datetime) -> None:
    (taken,), (event,) = take_in(tickets, [said(text="It crashes")], now)
    assert taken.outcome == "created"
    assert (event.type, event.subject) == ("ticket.created", taken.ticket_id)
    assert event.data["text"] == "It crashes"
    assert counts(database) == {
        "feedback": 1,
        "tickets": 1,
        "processing_logs": len(STAGES),
        "outbox": 1,
        "feedback_versions": 0,
    }


def test_every_field_survives(tickets: PostgresTickets, desk: Desk, now: datetime) -> None:
    answer = triage(
        "Größe 🚀 \\ \" {a,b} 'x'",
        tags=("a,b", 'say "hi"', "back\\slash", "NULL", "{}", "日本"),
        priority=Priority(label="high", reasons=('with, comma and "quotes"', "", "{x}")),
        details={"steps": ["one", {"two": None}], "n": 1.5, "text": "ü\t\n"},
        needs_review=True,
    )
    created = now - timedelta(days=3, microseconds=7)
    (taken,), _ = take_in(
        tickets,
        [
            said(
                "ü/1",
                "Größe 🚀 \\ \" {a,b} 'x'",
                version=2**53,
                answer=answer,
                rating=1.0,
                created_at=created,
                url="https://example.com/?a=1&b='2'",
                author=Author(id="7", name="Zoë", email="z@example.com"),
                kind="review",
            )
        ],
        now,
    )
    found = desk.read.find(taken.ticket_id)
    ticket, row_version, *_ = found
    assert row_version == 1
    assert (ticket.tags, ticket.priority, ticket.details) == (answer.tags, answer.priority, answer.details)
    assert (ticket.version, ticket.rating, ticket.created_at, ticket.updated_at) == (2**53, 1.0, created, now)
    assert ticket.author == Author(id="7", name="Zoë", email="z@example.com")
    assert (ticket.text, ticket.url) == ("Größe 🚀 \\ \" {a,b} 'x'", "https://example.com/?a=1&b='2'")
    assert (ticket.kind, ticket.external_id, ticket.needs_review) == ("review", "ü/1", True)


def test_taking_the_same_again_changes_nothing(
    database: Database, tickets: PostgresTickets, now: datetime
) -> None:
    batch = [said("r1"), said("r2", thread="t"), said("r3", thread="t")]
    take_in(tickets, batch, now)
    before = counts(database), state(database)
    for _ in range(3):
        assert outcomes(tickets, now, *batch) == ["unchanged"] * 3
    assert (counts(database), state(database)) == before


def test_one_external_id_on_two_connections_makes_two_tickets(
    tickets: PostgresTickets, now: datetime
) -> None:
    taken, _ = take_in(
        tickets, [said("r1"), said("r1", connection="second"), said("r1", source="intercom")], now
    )
    assert [t.outcome for t in taken] == ["created"] * 3
    assert len({t.ticket_id for t in taken}) == 3


def test_a_newer_version_updates_feedback_and_ticket(
    database: Database, tickets: PostgresTickets, desk: Desk, now: datetime
) -> None:
    take_in(tickets, [said(text="One star", version=1, rating=1.0)], now)
    (taken,), (event,) = take_in(
        tickets, [said(text="Now five", version=2, rating=5.0)], now + timedelta(hours=1)
    )
    assert taken.outcome == "updated"
    assert (event.type, event.data["text"], event.data["version"]) == ("ticket.updated", "Now five", 2)
    found = desk.read.find(taken.ticket_id)
    assert (found.ticket.text, found.ticket.rating, found.ticket.title, found.row_version) == (
        "Now five",
        5.0,
        "Now five",
        2,
    )
    assert database.run("select version, text, rating from feedback_versions") == [[1, "One star", 1.0]]
    assert counts(database)["processing_logs"] == 2 * len(STAGES)


def test_an_older_version_that_comes_late_is_kept_as_what_was_said_before(
    database: Database, tickets: PostgresTickets, desk: Desk, now: datetime
) -> None:
    (taken,), _ = take_in(tickets, [said(text="Second", version=2)], now)
    assert outcomes(tickets, now, said(text="First", version=1, minutes=5)) == ["stale"]
    found = desk.read.find(taken.ticket_id)
    assert (found.ticket.text, found.row_version) == ("Second", 1)
    assert database.run("select version, text from feedback_versions") == [[1, "First"]]


def test_what_lies_between_two_equal_versions_comes_too_late(tickets: PostgresTickets, now: datetime) -> None:
    take_in(tickets, [said(text="Same", version=1)], now)
    assert outcomes(tickets, now, said(text="Same", version=3)) == ["unchanged"]
    assert outcomes(tickets, now, said(text="Between", version=2)) == ["stale"]


def test_a_reading_again_stands_against_its_former_one_however_late_that_comes(
    tickets: PostgresTickets, desk: Desk, now: datetime
) -> None:
    misread, mended = said(text="misread", version=7), said(text="mended")
    again = Triaged(replace(mended.message, reread_at=now), mended.triage)
    assert outcomes(tickets, now, misread) == ["created"]
    assert outcomes(tickets, now, again) == ["updated"]
    assert outcomes(tickets, now, misread, again) == ["stale", "unchanged"]
    found = desk.read.find(again.message.key.ticket_id)
    assert found is not None
    assert (found.ticket.text, found.ticket.version) == ("mended", 0)


def afresh(database: Database) -> PostgresTickets:
    """Nothing taken yet."""
    with database.transaction() as session:
        session.script(FORGET)
    return PostgresTickets(database)


def test_versions_in_every_order_and_any_batches_give_one_state(database: Database, now: datetime) -> None:
    versions = [
        said(text="first", version=1, rating=1.0),
        said(text="second", version=2, minutes=1, rating=2.0),
        said(text="third", version=3, minutes=2, rating=5.0),
        said(text="tied", version=3, minutes=2, rating=4.0),
    ]
    ends = set()
    for order in itertools.permutations(versions):
        for cut in (0, 2, 4):
            tickets = afresh(database)
            for batch in (order[:cut], order[cut:], order[:1]):
                take_in(tickets, batch, now)
            former = database.run("select version, text from feedback_versions order by 1, 2")
            ends.add(repr((state(database), former)))
    assert len(ends) == 1


ARRIVALS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from("abc"), st.integers(0, 2)), min_size=1, max_size=8
)


@given(st.data(), ARRIVALS)
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_with_repeats_leaves_the_same_words(
    database: Database, now: datetime, data: st.DataObject, arrivals: list[tuple[int, str, int]]
) -> None:
    messages = [said(text=text, version=version, minutes=minutes) for version, text, minutes in arrivals]
    ends = []
    for _ in range(2):
        tickets = afresh(database)
        for message in data.draw(st.permutations([*messages, *messages[:2]])):
            take_in(tickets, [message], now)
        ends.append(
            database.run("select version, received_at, text, (select count(*) from tickets) from feedback")
        )
    assert ends[0] == ends[1]


def test_a_reply_joins_the_open_ticket_of_its_thread(
    database: Database, tickets: PostgresTickets, desk: Desk, now: datetime
) -> None:
    (opened,), _ = take_in(tickets, [said("m1", "The printer burns", thread="t1")], now)
    (joined,), (event,) = take_in(tickets, [said("m2", "Smoke everywhere", thread="t1", minutes=5)], now)
    assert (joined.outcome, joined.ticket_id, event.type) == ("joined", opened.ticket_id, "ticket.updated")
    found = desk.read.find(opened.ticket_id)
    assert (found.ticket.feedback_count, found.ticket.text) == (2, "The printer burns")
    words = database.run("select search::text from tickets")[0][0]
    assert "printer" in words
    assert "smoke" in words


def test_a_reply_within_one_batch_joins_too(tickets: PostgresTickets, now: datetime) -> None:
    assert outcomes(tickets, now, said("m1", thread="t"), said("m2", thread="t")) == ["created", "joined"]


def test_a_thread_of_another_connection_is_another_thread(tickets: PostgresTickets, now: datetime) -> None:
    batch = said("m1", thread="t"), said("m2", thread="t", connection="second")
    assert outcomes(tickets, now, *batch) == ["created", "created"]


@pytest.mark.parametrize(
    ("status", "outcome"), [("pending", "joined"), ("resolved", "created"), ("closed", "created")]
)
def test_a_reply_to_a_settled_ticket_opens_a_new_one(
    tickets: PostgresTickets, desk: Desk, now: datetime, status: str, outcome: str
) -> None:
    (opened,), _ = take_in(tickets, [said("m1", thread="t")], now)
    desk.change(opened.ticket_id, Change({"status": status}, "ann"), None, now)
    assert outcomes(tickets, now, said("m2", "And again", thread="t")) == [outcome]


def test_what_a_person_set_outlives_a_newer_version(
    tickets: PostgresTickets, desk: Desk, now: datetime
) -> None:
    (taken,), _ = take_in(tickets, [said(text="Bad", version=1)], now)
    fields = {"status": "closed", "priority": "low", "category": "praise", "tags": ["mine"]}
    desk.change(taken.ticket_id, Change(fields, "ann"), None, now)
    newer = triage(
        "Worse", category=Category(label="spam"), priority=Priority(label="critical"), tags=("theirs",)
    )
    assert outcomes(tickets, now, said(text="Worse", version=2, answer=newer)) == ["updated"]
    found = desk.read.find(taken.ticket_id)
    ticket = found.ticket
    assert (ticket.status, ticket.priority.label, ticket.category.label) == ("closed", "low", "praise")
    assert (ticket.tags, ticket.text, ticket.title) == (("mine",), "Worse", "Worse")


def test_an_older_triage_gives_way_where_no_person_spoke(
    tickets: PostgresTickets, desk: Desk, now: datetime
) -> None:
    (taken,), _ = take_in(tickets, [said(text="Bad", version=1)], now)
    desk.change(taken.ticket_id, Change({"priority": "low"}, "ann"), None, now)
    newer = triage(
        "Worse", category=Category(label="spam"), priority=Priority(label="critical"), tags=("theirs",)
    )
    take_in(tickets, [said(text="Worse", version=2, answer=newer)], now)
    found = desk.read.find(taken.ticket_id)
    assert (found.ticket.priority.label, found.ticket.category.label, found.ticket.tags) == (
        "low",
        "spam",
        ("theirs",),
    )


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait(10)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_the_same_message_from_many_threads_at_once_makes_one_ticket(
    database: Database, tickets: PostgresTickets, now: datetime
) -> None:
    taken = at_once([lambda: take_in(tickets, [said("r1")], now)] * 16)
    assert sorted(t.outcome for (t,), _ in taken) == ["created"] + ["unchanged"] * 15
    assert counts(database)["tickets"] == counts(database)["outbox"] == 1


def test_replies_at_once_join_one_ticket(database: Database, tickets: PostgresTickets, now: datetime) -> None:
    at_once([lambda i=i: take_in(tickets, [said(f"m{i}", f"{i}", thread="t")], now) for i in range(12)])  # type: ignore[misc]
    assert database.run("select feedback_count, row_version from tickets") == [[12, 12]]


def test_crossing_batches_at_once_never_lock_each_other_out(
    database: Database, tickets: PostgresTickets, now: datetime
) -> None:
    for round in range(5):
        batch = [said(f"r{i}", f"round {round}", version=round, thread=f"t{i % 3}") for i in range(6)]
        at_once([lambda b=b: take_in(tickets, b, now) for b in (batch, batch[::-1], batch[3:] + batch[:3])])  # type: ignore[misc]
    assert counts(database)["tickets"] == 3
    assert database.run("select distinct text from feedback") == [["round 4"]]


def test_a_record_that_cannot_be_stored_is_poison_and_leaves_nothing(
    database: Database, tickets: PostgresTickets, now: datetime
) -> None:
    with pytest.raises(Poison):
        take_in(tickets, [said("good"), said("bad", "with\x00NUL")], now)
    assert counts(database)["feedback"] == 0
    assert outcomes(tickets, now, said("good")) == ["created"]


@pytest.mark.parametrize("fact", [object(), float("nan"), {1, 2}], ids=["object", "NaN", "set"])
def test_a_fact_that_has_no_form_in_json_is_poison_and_the_others_can_be_taken_without_it(
    tickets: PostgresTickets, now: datetime, fact: Any
) -> None:
    bad = said("bad", answer=triage(details={"fact": fact}))
    with pytest.raises(Poison):
        take_in(tickets, [said("good"), bad], now)
    assert outcomes(tickets, now, said("good")) == ["created"]


def test_a_lone_surrogate_is_poison(tickets: PostgresTickets, now: datetime) -> None:
    with pytest.raises(Poison):
        take_in(tickets, [said("bad", "half \ud800 a pair")], now)


@pytest.mark.parametrize("text", ["a " * 20_000, "日" * 40_000, "é" * 40_000, "\U0001f600" * 40_000])
def test_the_longest_texts_are_stored(tickets: PostgresTickets, now: datetime, text: str) -> None:
    (taken,), (event,) = take_in(tickets, [said("long" * 125, text, thread="\U0001f600" * 500)], now)
    assert taken.outcome == "created"
    assert len(event.data["text"]) <= 8_000


def test_a_long_thread_stays_within_the_index(tickets: PostgresTickets, desk: Desk, now: datetime) -> None:
    for start in range(0, 60, 20):
        batch = [said(f"m{i}", f"word{i} " * 4_000, thread="t", minutes=i) for i in range(start, start + 20)]
        taken, _ = take_in(tickets, batch, now)
    found = desk.read.find(taken[0].ticket_id)
    assert found.ticket.feedback_count == 60
