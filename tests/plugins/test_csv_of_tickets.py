"""Tables of another system's tickets keep what had become of them there."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.plugins.csv_reading import read_one
from triggeriq import Handled

TICKETS = {
    "zendesk": (
        "Score,Id,Subject,Requester,Assignee,Status,Priority,Created at,Updated at,Solved at\n"
        "1,17,Late parcel,Ines Lund,Bo Berg,Solved,Urgent,"
        "2025-12-30 09:00,2025-12-31 14:30,2025-12-31 14:30\n"
    ),
    "freshdesk": (
        "Ticket ID,Subject,Status,Priority,Agent,"
        "Created time,Resolved time,Last updated time,Title,Full name\n"
        "17,Late parcel,Resolved,Urgent,Bo Berg,"
        "2025-12-30 09:00:00,2025-12-31 14:30:00,2025-12-31 14:30:00,Buyer,Ines Lund\n"
    ),
    "jira": (
        "Summary,Issue key,Issue id,Status,Priority,Assignee,Reporter,Created,Updated,Resolved\n"
        "Late parcel,SUP-17,10017,Done,Highest,Bo Berg,Ines Lund,"
        "30/Dec/25 9:00 AM,31/Dec/25 2:30 PM,31/Dec/25 2:30 PM\n"
    ),
    "help scout": (
        "Number,Status,Subject,Assigned User,Customer Name,Customer Email,Created At,Closed At,Priority\n"
        "17,resolved,Late parcel,Bo Berg,Ines Lund,ines@cust.example,"
        "2025-12-30T09:00:00Z,2025-12-31T14:30:00Z,critical\n"
    ),
    "osticket": (
        "Ticket Number,Date Created,Subject,From,Priority,Current Status,Last Updated,Agent Assigned\n"
        "17,12/30/2025 9:00 am,Late parcel,Ines Lund,Emergency,Resolved,12/31/2025 2:30 pm,Bo Berg\n"
    ),
    "intercom": (
        "Conversation ID,Conversation started at,Conversation state,Teammate assigned,Priority,Title,Name\n"
        "17,2025-12-30 09:00:00,resolved,Bo Berg,Urgent,Late parcel,Ines Lund\n"
    ),
    "a german spreadsheet": (
        "Betreff;Status;Priorität;Bearbeiter;Erstellt am;Geändert am;Kunde\n"
        "Late parcel;Gelöst;1 - Kritisch;Bo Berg;30.12.2025 09:00;31.12.2025 14:30;Ines Lund\n"
    ),
    "a french spreadsheet": (
        "Objet;Statut;Priorité;Assigné à;Créé le;Modifié le;Nom\n"
        "Late parcel;Résolu;Urgente;Bo Berg;30/12/2025 09:00;31/12/2025 14:30;Ines Lund\n"
    ),
    "no status but a time": (
        "Subject,Priority,Owner,Opened,Closed,Requester\n"
        "Late parcel,P1,Bo Berg,2025-12-30 09:00,2025-12-31 14:30,Ines Lund\n"
    ),
}


@pytest.mark.parametrize("system", TICKETS)
def test_a_ticket_keeps_what_another_system_had_made_of_it(system: str) -> None:
    found = read_one(TICKETS[system])
    assert found.title == "Late parcel"
    assert found.author.name == "Ines Lund"
    assert (found.rating, found.kind) == (None, "message")
    assert found.created_at == datetime(2025, 12, 30, 9, tzinfo=UTC)
    assert found.handled == Handled(
        status="resolved",
        priority="critical",
        assignee="Bo Berg",
        updated_at=None if system == "intercom" else datetime(2025, 12, 31, 14, 30, tzinfo=UTC),
    )
    assert not {"status", "priority", "assignee", "agent"} & found.attributes.keys()


def test_of_a_ticket_with_a_description_the_comments_are_no_words_of_the_customer() -> None:
    sheet = (
        "Summary,Issue key,Status,Comment,Comment,Description,Labels,Labels\n"
        "Crash,SUP-17,Open,31/Dec/25 3:00 PM;bo;please retry,and again,It crashes,ios,checkout\n"
    )
    found = read_one(sheet)
    assert (found.title, found.text) == ("Crash", "It crashes")
    assert found.attributes["comment"] == "31/Dec/25 3:00 PM;bo;please retry"
    assert found.attributes["comment_2"] == "and again"
    assert found.attributes["tags"] == ["ios", "checkout"]
    assert read_one("text,status,comment\nslow,open,look at it\n").text == "slow"
    assert read_one("description,comment\nA phone,It is slow\n").text == "It is slow"


@pytest.mark.parametrize(
    "later",
    [
        "77,Refund,Closed,Second level,2025-12-30,2026-01-02,2026-01-03,1,Ina",
        "77,Refund,Open,Support,2025-12-30,2026-02-02,,0,Ina",
        "77,Refund,Open,,2025-12-30,,,,Ina",
    ],
)
def test_a_later_export_of_a_ticket_without_a_name_makes_no_new_one(later: str) -> None:
    header = "Ticket ID,Subject,Status,Group,Created time,Due by Time,Last update time,Reopens,Full name\n"
    before = "77,Refund,Open,Support,2025-12-30,2026-01-01,2026-01-01,0,Ina"
    assert read_one(header + before).external_id == read_one(header + later).external_id


@pytest.mark.parametrize(
    "other",
    [
        "78,Refund,Open,2025-12-30,Ina",
        "77,Refund!,Open,2025-12-30,Ina",
        "77,Refund,Open,2025-12-31,Ina",
        "77,Refund,Open,2025-12-30,Bo",
    ],
)
def test_what_is_said_anew_in_a_ticket_has_a_name_of_its_own(other: str) -> None:
    header = "Ticket ID,Subject,Status,Created time,Full name\n"
    assert (
        read_one(header + "77,Refund,Open,2025-12-30,Ina").external_id != read_one(header + other).external_id
    )


@pytest.mark.parametrize(
    ("status", "label"),
    [
        ("New", "open"),
        ("In Progress", "open"),
        ("OPEN", "open"),
        ("Waiting on Customer", "pending"),
        ("On-hold", "pending"),
        ("Solved", "resolved"),
        ("Done", "resolved"),
        ("Won't Do", "closed"),
        ("Closed", "closed"),
        ("erledigt", "resolved"),
        ("en attente", "pending"),
        ("cerrado", "closed"),
        ("解決済み", "resolved"),
        ("Решён", "resolved"),
        ("Frobnicated", None),
        ("not solved", None),
        ("x" * 5_000, None),
    ],
)
def test_a_status_is_one_of_ours_or_none(status: str, label: str | None) -> None:
    found = read_one(f"text,status\nslow,{status}\n")
    assert (found.handled and found.handled.status) == label
    assert ("status" in found.attributes) == (label is None)


@pytest.mark.parametrize(
    ("priority", "label"),
    [
        ("Urgent", "critical"),
        ("P1", "critical"),
        ("P1 - Urgent", "critical"),
        ("Blocker", "critical"),
        ("Major", "high"),
        ("2-High", "high"),
        ("normal", "medium"),
        ("Minor", "medium"),
        ("Lowest", "low"),
        ("Trivial", "low"),
        ("hoch", "high"),
        ("élevée", "high"),
        ("高", "high"),
        ("not urgent", None),
        ("7", None),
    ],
)
def test_a_priority_is_one_of_ours_or_none(priority: str, label: str | None) -> None:
    found = read_one(f"text,priority\nslow,{priority}\n")
    assert (found.handled and found.handled.priority) == label
    assert ("priority" in found.attributes) == (label is None)


def test_reviews_without_such_columns_were_not_handled() -> None:
    assert read_one("text,state,rating\nslow,Ohio,4\n").handled is None
    assert read_one("text,score\nslow,4\n").rating == 4


def test_a_later_export_of_the_same_tickets_is_of_the_same_feedback() -> None:
    before = read_one("ticket_id,subject,status,assignee,updated\n7,Late,open,,2026-01-01\n")
    after = read_one("ticket_id,subject,status,assignee,updated\n7,Late,solved,Bo,2026-02-01\n")
    assert before.external_id == after.external_id
    assert before.version < after.version
