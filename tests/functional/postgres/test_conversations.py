"""Conversations on a real PostgreSQL: found by every name, also of what older releases stored, and joined
while others take in, change and merge the same tickets."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from threading import Barrier
from typing import Any

import pytest

from chalicelib.domain.tickets.decisions.take import selection, take
from chalicelib.domain.tickets.plan import Known, Plan
from chalicelib.domain.tickets.ticket import Change, Triaged
from chalicelib.services.postgres.connection import Database
from chalicelib.services.postgres.migrate import migrate, packaged
from chalicelib.services.postgres.tickets import PostgresTickets
from tests.functional.postgres.desk import Desk
from tests.said import said, take_in
from triggeriq import Attachment, Author, Handled

QUESTION = said("q", "The printer burns", threads=("q",))
ANSWER = said("a", "Which one?", threads=("q", "a"), minutes=1)
REPLY = said("r", "The red one", threads=("a", "r"), minutes=2)
STRANGER = said("s", "Where is my order?", threads=("s",), minutes=1)


def standing(database: Database) -> list[list[Any]]:
    """Each ticket's count, its status and the ids of its feedback."""
    return database.run(
        "select feedback_count, status, ("
        "select coalesce(string_agg(external_id, '' order by external_id), '') "
        "from feedback f where f.ticket_id = t.id) as held from tickets t order by 3, 1"
    )


@pytest.mark.parametrize("order", [*itertools.permutations([QUESTION, ANSWER, REPLY, STRANGER])])
@pytest.mark.parametrize("size", [1, 2, 4])
def test_a_conversation_is_one_ticket_in_whatever_order_it_comes(
    database: Database, tickets: PostgresTickets, now: datetime, order: Sequence[Triaged], size: int
) -> None:
    for at in range(0, 4, size):
        take_in(tickets, order[at : at + size], now)
    assert [row for row in standing(database) if row[0]] == [[3, "open", "aqr"], [1, "open", "s"]]


def test_the_words_of_what_was_merged_are_found_in_the_ticket_that_took_it(
    tickets: PostgresTickets, desk: Desk, now: datetime
) -> None:
    (question,), _ = take_in(tickets, [QUESTION], now)
    (reply,), _ = take_in(tickets, [REPLY], now)
    take_in(tickets, [ANSWER], now)
    assert desk.read.find(reply.ticket_id).ticket.merged_into == question.ticket_id
    (words,) = tickets.database.run("select search::text from tickets where merged_into is null")[0]
    assert "printer" in words
    assert "red" in words


def test_what_an_older_release_stored_is_found_by_its_thread(
    database: Database, tickets: PostgresTickets, now: datetime
) -> None:
    (old,), _ = take_in(tickets, [said("old", thread="n")], now)
    assert database.run("select threads from feedback") == [[[]]]
    (new,), _ = take_in(tickets, [said("new", threads=("m", "n"))], now)
    assert (new.outcome, new.ticket_id) == ("joined", old.ticket_id)


def test_every_field_of_a_mail_survives(tickets: PostgresTickets, desk: Desk, now: datetime) -> None:
    brought: dict[str, Any] = {
        "quoted": '> "Größe" \\ {x}\n-- \nAda 🚀',
        "verified": False,
        "threads": ('<a,"b"@x>', "{}", "NULL", "日本"),
        "attachments": (
            Attachment(name='r"1".pdf', content_type="application/pdf", bytes=2**33),
            Attachment(name="x"),
        ),
        "handled": Handled(status="pending", assignee="ada", updated_at=now),
    }
    (taken,), _ = take_in(tickets, [said("m", **brought)], now)
    (found,) = desk.read.feedback(taken.ticket_id, 10, None).items
    assert {name: getattr(found, name) for name in brought} == brought


def test_two_mails_under_one_id_are_two_rows(
    database: Database, tickets: PostgresTickets, now: datetime
) -> None:
    batch = [
        Triaged(replace(one.message, event_id=f"file-{text}:1"), one.triage)
        for text in ("one", "two", "three")
        for one in [said("m", text, kind="email", author=Author(email=f"{text}@example.com"))]
    ]
    at_once([lambda one=one: take_in(tickets, [one], now) for one in batch * 4])  # type: ignore[misc]
    assert database.run("select text from feedback order by 1") == [["one"], ["three"], ["two"]]
    assert database.run("select count(*) from feedback_versions") == [[0]]


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait(10)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.parametrize("round", range(8))
def test_a_chain_that_comes_all_at_once_is_one_ticket(
    database: Database, tickets: PostgresTickets, now: datetime, round: int
) -> None:
    chain = [said(f"m{n}", f"{n}", threads=(f"n{n}", f"n{n + 1}"), minutes=n) for n in range(12)]
    random.Random(round).shuffle(chain)
    parts = [chain[at : at + 2] for at in range(0, 12, 2)]
    at_once([lambda part=part: take_in(tickets, part, now) for part in parts])  # type: ignore[misc]
    (held,) = [row for row in standing(database) if row[2]]
    assert held[0] == 12
    assert database.run(
        "select sum(feedback_count), count(*) filter (where status = 'open') from tickets"
    ) == [[12, 1]]


@pytest.mark.parametrize("round", range(8))
def test_an_edit_and_a_person_s_change_beside_what_joins_two_tickets(
    database: Database, tickets: PostgresTickets, desk: Desk, now: datetime, round: int
) -> None:
    (question,), _ = take_in(tickets, [QUESTION], now)
    take_in(tickets, [REPLY], now)
    edited = said("r", "The blue one", threads=("a", "r"), minutes=9)
    calls = [
        lambda: take_in(tickets, [ANSWER], now),
        lambda: take_in(tickets, [edited], now),
        lambda: take_in(tickets, [said("z", "Hm", threads=("r", "z"), minutes=3)], now),
        lambda: desk.change(question.ticket_id, Change({"priority": "high"}, "ann"), None, now),
    ]
    random.Random(round).shuffle(calls)
    at_once(calls)
    assert [row for row in standing(database) if row[2]] == [[4, "open", "aqrz"]]
    assert database.run("select text from feedback where external_id = 'r'") == [["The blue one"]]


def test_a_batch_with_the_most_names_has_locks_enough(tickets: PostgresTickets, now: datetime) -> None:
    """As many at once as AWS lets `process` run, each with ten mails of 24 names."""
    batches = [
        [said(f"m{b}-{n}", threads=tuple(f"{b}-{n}-{t}" for t in range(24))) for n in range(10)]
        for b in range(8)
    ]
    done = at_once([lambda batch=batch: take_in(tickets, batch, now)[0] for batch in batches])  # type: ignore[misc]
    assert {taken.outcome for batch in done for taken in batch} == {"created"}


def test_an_edit_that_waited_while_its_ticket_was_merged_away_finds_the_other(
    database: Database, tickets: PostgresTickets, desk: Desk, now: datetime
) -> None:
    """What is edited shares no name with anything: only its ticket leads to it."""
    (question, reply, note), _ = take_in(tickets, [QUESTION, REPLY, said("n", "A note")], now)
    desk.merge(reply.ticket_id, [note.ticket_id], "ann", None, now)
    edited = said("n", "A longer note", minutes=9)

    def joined_while_the_edit_waits(known: Known) -> Plan:
        editing.append(pool.submit(take_in, tickets, [edited], now))
        while not database.run("select from pg_stat_activity where wait_event_type = 'Lock'"):
            assert not editing[0].done()
        return take([ANSWER], known, now)

    editing: list[Future[Any]] = []
    with ThreadPoolExecutor(1) as pool:
        tickets.amend(selection([ANSWER]), joined_while_the_edit_waits)
        ((taken,), _) = editing[0].result()
    assert (taken.outcome, taken.ticket_id) == ("updated", question.ticket_id)
    assert [row for row in standing(database) if row[2]] == [[4, "open", "anqr"]]


def test_what_an_older_release_left_is_known_with_all_that_is_new(empty_url: str, now: datetime) -> None:
    """Its tickets, one that a person took apart, and its feedback, which also comes while it still runs."""
    migrate(empty_url, [one for one in packaged() if one.name < "0010"])
    database = Database(empty_url)
    columns = "row_version, source, connection, external_id, title, description, tags, category, priority"
    rest = "category_confidence, category_by, sentiment, sentiment_score, sentiment_confidence, sentiment_by"
    with database.transaction() as session:
        session.script(
            f"insert into tickets (id, {columns}, {rest}, priority_reasons, details, status, needs_review, "
            "human_set, feedback_count, created_at, received_at, updated_at, search) "
            "select gen_random_uuid(), 1, 'zendesk', 'default', id, '', '', '{}', 'other', 'low', 0, '', "
            "'neutral', 0, 0, '', '{}', '{}', 'open', false, '{assignee}', 1, now(), now(), now(), '' "
            "from unnest('{apart,whole}'::text[]) id;"
            "insert into processing_logs (ticket_id, run, stage, at, by, data) "
            "select id, id, case external_id when 'apart' then 'split' else 'human' end, now(), 'ann', '{}' "
            "from tickets"
        )
    written = (
        "insert into feedback (source, connection, external_id, version, received_at, digest, ticket_id, "
        "event_id, raw_key, kind, text, device, thread, attributes) "
        "select source, connection, external_id, 0, now(), '', id, '', '', 'email', '', '{}', external_id, "
        "'{}' from tickets where external_id = :id"
    )
    database.run(written, id="apart")
    migrate(empty_url)
    database.run(written, id="whole")
    assert database.run("select external_id, human_set from tickets order by 1") == [
        ["apart", ["assignee", "feedback"]],
        ["whole", ["assignee"]],
    ]
    reply = said("new", threads=("whole", "new"))
    (taken,), _ = take_in(PostgresTickets(database), [reply], now)
    assert taken.outcome == "joined"
    held = Desk(database).read.feedback(taken.ticket_id, 10, None).items
    (old,) = [one for one in held if one.external_id == "whole"]
    assert (old.quoted, old.verified, old.threads, old.attachments) == ("", True, (), ())
    assert old.handled is None
    database.close()
