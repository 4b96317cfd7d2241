"""Somebody of the staff answers at the provider: the ticket knows when, and no word of the answer is kept."""

from __future__ import annotations

import base64
import json

from tests.functional.telling import Telling, desk, telling_functions

__all__ = ["desk", "telling_functions"]

SAID = {
    "said": {
        "external_id": "a",
        "text": "Where is my order?",
        "thread": "t",
        "created_at": "2026-01-02T10:00Z",
    }
}
ANSWERED = {"answered": {"thread": "t", "at": "2026-01-02T11:00:00+00:00"}}
AT = "2026-01-02T11:00:00Z"


def test_the_ticket_says_when_it_was_answered_and_so_is_told(desk: Telling) -> None:
    desk.tell("e1", SAID)
    (before,) = desk.tickets()
    assert before["answered_at"] is None
    kept = desk.kept()
    desk.functions.told()
    desk.tell("e2", ANSWERED)
    (ticket,) = desk.tickets()
    assert (ticket["answered_at"], ticket["status"], ticket["text"]) == (AT, "open", "Where is my order?")
    told = desk.functions.told()
    assert sorted(event["type"] for event in told) == ["ticket.answered", "ticket.updated"]
    assert {event["data"]["answered_at"] for event in told} == {AT}
    history = desk.ask("GET", "/tickets/{id}/history", id=ticket["id"])["items"]
    (row,) = [row for row in history if row["stage"] == "answer"]
    assert (row["by"], row["data"]) == (f"telling/{desk.place['connection']}", {"at": AT})
    assert desk.kept() == kept
    assert desk.functions.dead() == []


def test_told_twice_or_before_the_question_it_is_the_same(desk: Telling) -> None:
    desk.tell("e1", ANSWERED)
    assert (desk.tickets(), desk.kept()) == ([], {})
    desk.tell("e2", ANSWERED)
    desk.tell("e3", SAID)
    desk.tell("e4", ANSWERED)
    (ticket,) = desk.tickets()
    assert ticket["answered_at"] == AT
    told = [event["type"] for event in desk.functions.told() if event["type"].startswith("ticket.")]
    assert sorted(told) == ["ticket.answered", "ticket.created"]


def test_a_file_tells_it_too(desk: Telling) -> None:
    desk.upload(SAID, ANSWERED)
    (ticket,) = desk.tickets()
    assert ticket["answered_at"] == AT
    (held,) = [
        one for one in desk.ask("GET", "/imports")["items"] if one["connection"] == desk.place["connection"]
    ]
    assert (held["status"], held["read"], held["made"]) == ("done", 2, 1)


def test_a_release_goes_on_the_bus(desk: Telling) -> None:
    """Nobody is told of it yet but the bus; it becomes no ticket, and nothing of it fails."""
    desk.tell(
        "e1", {"released": {"name": "acme/shop", "version": "4.2.0", "at": "2026-01-02T11:00:00+00:00"}}
    )
    assert (desk.tickets(), desk.kept(), desk.functions.dead()) == ([], {}, [])


def test_a_preview_shows_what_is_told_besides(desk: Telling) -> None:
    items = [
        SAID,
        ANSWERED,
        {"redacted": {"external_id": "a", "at": "2026-01-02T11:00:00+00:00"}},
        {"released": {"name": "acme/shop", "version": "4.2.0", "at": "2026-01-02T11:00:00+00:00"}},
    ]
    body = base64.b64encode(json.dumps({"event": "e", "items": items}).encode()).decode()
    asked = {"headers": {}, "body_base64": body, "connection": desk.place["connection"]}
    shown = desk.ask("POST", "/sources/{source}/preview", asked, source="telling")
    assert [one["external_id"] for one in shown["feedback"]] == ["a"]
    nothing = dict.fromkeys(("thread", "external_id", "name", "version"))
    assert shown["notices"] == [
        {**nothing, "kind": "answered", "at": AT, "thread": "t"},
        {**nothing, "kind": "redacted", "at": AT, "external_id": "a"},
        {**nothing, "kind": "released", "at": AT, "name": "acme/shop", "version": "4.2.0"},
    ]
    assert shown["errors"] == []
