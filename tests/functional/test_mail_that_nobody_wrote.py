"""What nobody wrote makes no ticket and says why; what a person may have written is one that is marked."""

from __future__ import annotations

import pytest

from tests.functional.client import Client
from tests.functional.stores import Stores


def mail(*headers: str, subject: str = "Parcel", text: str = "My parcel is late.") -> bytes:
    given = {header.split(":")[0] for header in headers}
    sender = () if "From" in given else ("From: Ina Lund <ina@cust.example>",)
    lines = [
        *headers,
        *sender,
        "To: help@shop.example",
        f"Subject: {subject}",
        "Message-ID: <a@cust.example>",
    ]
    return "\r\n".join([*lines, "", text, ""]).encode()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            mail("Auto-Submitted: auto-replied"),
            "ignored: an automatic reply: Auto-Submitted: auto-replied",
        ),
        (
            mail("Return-Path: <>", subject="Abwesenheitsnotiz: Paket", text="Ich bin im Urlaub."),
            "ignored: an automatic reply: its subject says so, and its return path is empty",
        ),
        (
            mail("From: MAILER-DAEMON@mx.example", subject="failure notice", text="Hi. This is qmail."),
            "ignored: a report of a mail's delivery: its sender is a mail server and its subject says so",
        ),
        (
            mail("Content-Type: multipart/report; report-type=delivery-status; boundary=b", text="--b--"),
            "ignored: a report of a mail's delivery (multipart/report)",
        ),
    ],
    ids=["an automatic reply", "an out-of-office note", "a bounce", "a report"],
)
def test_what_nobody_wrote_makes_no_ticket_and_the_import_says_why(
    client: Client, connection: str, stores: Stores, body: bytes, reason: str
) -> None:
    found = stores.imported(f"emails/{connection}/0001", body)
    assert (found["status"], found["read"], found["made"], found["quarantined"]) == ("done", 1, 0, 0)
    assert found["reason"] == reason
    stores.wait_until_quiet()
    assert client.tickets(connection) == client.quarantined(connection) == []


@pytest.mark.parametrize(
    ("header", "subject", "kind"),
    [
        ("Auto-Submitted: auto-generated", "Parcel", "notice"),
        ("Precedence: bulk", "Parcel", "list_or_bulk"),
        ("X-Mailer: x", "Automatic reply: Parcel", "auto_reply"),
    ],
)
def test_what_a_person_may_have_written_is_a_ticket_that_is_marked(
    client: Client, connection: str, stores: Stores, header: str, subject: str, kind: str
) -> None:
    stores.imported(f"emails/{connection}/0001", mail(header, subject=subject))
    (ticket,) = client.wait_for_tickets(connection)
    assert "automatic" in ticket["tags"]
    assert [one["id"] for one in client.tickets(connection, tag="automatic")] == [ticket["id"]]
    (said,) = client.get(f"/tickets/{ticket['id']}/feedback")["items"]
    assert said["attributes"]["automatic"] == kind
    assert said["attributes"]["automatic_reason"].startswith("perhaps ")


def test_what_exchange_adds_to_people_s_mail_changes_nothing(
    client: Client, connection: str, stores: Stores
) -> None:
    body = mail("X-Auto-Response-Suppress: DR, OOF, AutoReply", text="Please refund our invoice.")
    stores.imported(f"emails/{connection}/0001", body)
    (ticket,) = client.wait_for_tickets(connection)
    assert ticket["text"] == "Please refund our invoice."
    assert "automatic" not in ticket["tags"]


@pytest.mark.parametrize(
    ("text", "priority"),
    [("Your app crashes, it is terrible. I am away.", "low"), ("My account was hacked.", "critical")],
)
def test_a_note_that_may_be_automatic_waits_unless_it_says_something_urgent(
    client: Client, connection: str, stores: Stores, text: str, priority: str
) -> None:
    stores.imported(f"emails/{connection}/0001", mail(subject="Automatic reply: Crash", text=text))
    (ticket,) = client.wait_for_tickets(connection)
    assert ticket["priority"]["label"] == priority


def test_what_ses_takes_for_spam_is_a_ticket_of_that_category(
    client: Client, connection: str, stores: Stores
) -> None:
    stores.imported(f"emails/{connection}/0001", mail("X-SES-Spam-Verdict: FAIL"))
    (ticket,) = client.wait_for_tickets(connection)
    assert (ticket["category"]["label"], ticket["priority"]["label"]) == ("spam", "low")
    assert ticket["category"]["evidence"] == ["X-SES-Spam-Verdict: FAIL"]
    assert ticket["needs_review"]  # SES errs, too


CHECKED = "Authentication-Results: amazonses.com;"


@pytest.mark.parametrize(
    ("results", "verified"),
    [
        ((), True),
        ((f"{CHECKED} spf=pass envelope-from=x@cust.example; dkim=none; dmarc=none",), True),
        ((f"{CHECKED} spf=fail; dkim=none; dmarc=fail header.from=cust.example",), False),
        ((f"{CHECKED} spf=pass envelope-from=x@evil.example; dkim=none; dmarc=none",), False),
        ((f"{CHECKED} spf=fail; dmarc=fail", f"{CHECKED} spf=pass; dkim=pass; dmarc=pass"), False),
    ],
    ids=["nobody checked", "it passed", "it failed", "another domain passed", "a forged result below"],
)
def test_an_address_is_believed_where_ses_says_so(
    client: Client, connection: str, stores: Stores, results: tuple[str, ...], verified: bool
) -> None:
    stores.imported(f"emails/{connection}/0001", mail(*results))
    (ticket,) = client.wait_for_tickets(connection)
    (said,) = client.get(f"/tickets/{ticket['id']}/feedback")["items"]
    assert said["verified"] is verified
