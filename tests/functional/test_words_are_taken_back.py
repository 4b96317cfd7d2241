"""Words are taken back where they were said: then they are nowhere here, and nothing brings them back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.services.postgres.connection import Database
from tests.functional.telling import Telling, desk, telling_functions

__all__ = ["desk", "telling_functions"]

REDACTED = {"redacted": {"external_id": "a", "at": "2026-01-02T11:00:00+00:00"}}


@pytest.fixture
def word(connection: str) -> str:
    """One that nobody else says."""
    return f"xylo{connection[-6:]}"


def said(word: str, id: str = "a", hour: int = 10, **fields: Any) -> dict[str, Any]:
    """Said at that hour of 2 January 2026."""
    at = f"2026-01-02T{hour:02}:00:00+00:00"
    version = 1_767_312_000_000 + hour * 3_600_000
    words = {
        "title": word,
        "text": f"My {word} crashes on iOS 17 whenever I open version 4.2",
        "quoted": word,
        "attributes": {"tags": [word]},
        "files": {f"{word}.log": f"{word} broke"},
    }
    return {
        "said": {**words, "external_id": id, "thread": "t", "version": version, "created_at": at, **fields}
    }


def in_the_database(desk: Telling) -> str:
    """All that all tables hold, as text."""
    database = Database(desk.stack.database)
    try:
        tables = database.run("select tablename::text from pg_tables where schemaname = 'public'")
        rows = [row for (table,) in tables for row in database.run(f"select t::text from {table} t")]
    finally:
        database.close()
    return str(rows).lower()


def seen(desk: Telling) -> str:
    """All that people see of its tickets, and what they are told."""
    shown: list[Any] = [desk.tickets(), desk.functions.told(), desk.ask("GET", "/quarantine")]
    for ticket in desk.tickets():
        for part in ("history", "feedback", "attachments"):
            shown.append(desk.ask("GET", f"/tickets/{{id}}/{part}", id=ticket["id"]))
    return json.dumps(shown).lower()


def found(desk: Telling, word: str) -> list[Any]:
    query = {"q": word, "connection": desk.place["connection"]}
    return list(desk.ask("GET", "/tickets", query=query)["items"])


def test_they_are_nowhere_and_come_back_by_nothing(desk: Telling, word: str) -> None:
    desk.tell("e1", said(word, hour=8))
    desk.tell("e2", said(word, hour=9, text=f"{word} and a refund"))
    assert word in in_the_database(desk)
    assert word in seen(desk)
    assert len(found(desk, word)) == 1
    assert len(desk.kept("attachments/")) == 2

    desk.tell("e3", REDACTED)
    assert word not in in_the_database(desk)
    assert word not in seen(desk)
    assert (found(desk, word), desk.kept("attachments/")) == ([], {})
    (ticket,) = desk.tickets()
    assert (ticket["title"], ticket["text"]) == ("(removed at the provider)",) * 2

    desk.tell("e4", said(word, hour=8))
    desk.tell("e5", said(word, hour=10))
    route = "/connections/{source}/{connection}/reread"
    desk.ask("POST", route, {"since": "2026-01-01"}, **desk.place)
    desk.functions.run_until_quiet()
    desk.upload(said(word, hour=9))
    assert word not in in_the_database(desk)
    assert word not in seen(desk)
    assert (found(desk, word), desk.kept("attachments/")) == ([], {})
    assert desk.functions.dead() == []

    desk.tell("e6", said(word, hour=12, title=None, text="All is well now"))
    (ticket,) = desk.tickets()
    assert ticket["text"] == "All is well now"


def test_told_before_they_came_they_never_come(desk: Telling, word: str) -> None:
    desk.tell("e1", REDACTED)
    desk.tell("e2", said(word, hour=9))
    assert (desk.tickets(), desk.kept("attachments/")) == ([], {})
    assert word not in in_the_database(desk)


def test_what_others_said_in_the_ticket_stays(desk: Telling, word: str) -> None:
    desk.tell("e1", said(word, hour=8))
    desk.tell(
        "e2", said(word, "b", hour=9, title=None, text="The kettle leaks", quoted="", attributes={}, files={})
    )
    desk.tell("e3", {"redacted": {"external_id": "a", "at": "2026-01-02T11:00:00+00:00"}})
    (ticket,) = desk.tickets()
    assert (ticket["title"], ticket["feedback_count"], ticket["needs_review"]) == (
        "The kettle leaks",
        2,
        True,
    )
    assert word not in in_the_database(desk)


def test_a_conversation_goes_whole(desk: Telling, word: str) -> None:
    desk.tell(
        "e1",
        said(word, hour=8),
        said(word, "b", hour=9),
        said(word, "c", hour=9, thread="another", title="Kettle"),
    )
    desk.tell("e2", {"redacted": {"thread": "t", "at": "2026-01-02T11:00:00+00:00"}})
    assert sorted(ticket["title"] for ticket in desk.tickets()) == ["(removed at the provider)", "Kettle"]
    desk.tell("e3", said(word, "late", hour=10))
    assert len(desk.tickets()) == 2


@pytest.mark.parametrize("call", ["postgres.amend_tickets", "blobs.delete"])
def test_killed_behind_the_commit_it_ends_when_it_comes_again(desk: Telling, word: str, call: str) -> None:
    desk.tell("e1", said(word, hour=8, files={"a.log": word, "b.log": word}))
    desk.send("e2", REDACTED)
    desk.functions.step("ingest")
    event = desk.functions.next_batch("process")
    assert event
    assert desk.functions.calls_until_killed("process", event, after=call)[-1] == call
    desk.functions.run_until_quiet()
    assert word not in in_the_database(desk)
    assert desk.kept("attachments/") == {}
    told = [event for event in desk.functions.told() if event["type"] == "ticket.updated"]
    assert len({event["id"] for event in told}) == 1
