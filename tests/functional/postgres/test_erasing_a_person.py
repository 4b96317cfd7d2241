"""docs/privacy.md erases a person by hand: its statements, run as they stand there."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pg8000.exceptions import DatabaseError

from chalicelib.services.postgres.connection import Database
from chalicelib.services.postgres.tickets import PostgresTickets
from tests.functional.postgres.desk import Desk
from tests.said import said, take_in
from triggeriq import Author

PAGE = (Path(__file__).parents[3] / "docs/privacy.md").read_text(encoding="utf-8")
FIND, ERASE = (
    re.sub(r"^   ", "", block, flags=re.MULTILINE)
    for block in re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
)
ADA, BOB = Author(name="Ada", email="Ada@example.com"), Author(name="Bob", email="bob@example.com")
TABLES = ("tickets", "feedback", "feedback_versions", "processing_logs", "outbox")


@pytest.fixture
def known(tickets: PostgresTickets, now: datetime) -> dict[str, str]:
    """Tickets of Ada, of Bob, and the ids of two that will be one."""
    told = [
        said("ada", "Ada's words", author=ADA),
        said("bob", "Bob's own text", author=BOB),
        said("both-a", "Ada's other words", author=ADA),
        said("both-b", "Bob's other text", author=BOB),
    ]
    taken, _ = take_in(tickets, told, now)
    edited = said("ada", "Ada's later words", author=ADA, version=2)
    take_in(tickets, [edited], now + timedelta(minutes=1))
    return {item.message.feedback.external_id: one.ticket_id for item, one in zip(told, taken, strict=True)}


def everything(database: Database) -> str:
    """All that the tables hold, as text."""
    return "\n".join(str(row) for table in TABLES for row in database.run(f"select t::text from {table} t"))


def erase(database: Database, history_of: str = "") -> None:
    script = ERASE.replace("00000000-0000-0000-0000-000000000000", history_of) if history_of else ERASE
    body = script.removeprefix("begin;\n").removesuffix("commit;\n")
    with database.transaction() as session:
        session.script(body)


def test_a_person_s_words_are_gone_and_others_are_not(
    database: Database, desk: Desk, known: dict[str, str], now: datetime
) -> None:
    desk.merge(known["both-b"], [known["both-a"]], "ann", None, now)
    found = database.run(FIND)
    assert {(row[3], row[-1]) for row in found} == {("ada", False), ("both-a", True)}
    desk.split(known["both-b"], [("zendesk", "default", "both-a")], "ann", None, now)
    assert not any(row[-1] for row in database.run(FIND))
    erase(database, history_of=known["both-b"])
    left = everything(database)
    assert "Ada" not in left
    assert "both-a" not in left
    assert {row[0] for row in database.run("select external_id from feedback")} == {"bob", "both-b"}
    assert desk.read.find(known["bob"]).ticket.title == "Bob's own text"
    assert desk.read.find(known["both-b"]).ticket.title == "Bob's other text"
    assert database.run(FIND) == []


def test_a_ticket_that_holds_another_s_words_stops_it(
    database: Database, desk: Desk, known: dict[str, str], now: datetime
) -> None:
    desk.merge(known["both-b"], [known["both-a"]], "ann", None, now)
    before = everything(database)
    with pytest.raises(DatabaseError, match="feedback_ticket_id_fkey"):
        erase(database)
    assert everything(database) == before
