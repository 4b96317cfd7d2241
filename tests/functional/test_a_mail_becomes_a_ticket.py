"""A mail, as SES puts it into the bucket, becomes a ticket; real mails of other projects' fixtures."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.functional.client import Client, eventually
from tests.functional.stores import Stores

EMAILS = Path(__file__).parents[1] / "data" / "emails"


def mail(name: str) -> bytes:
    return (EMAILS / f"{name}.eml").read_bytes()


def letter(id: str, text: str, *headers: str) -> bytes:
    lines = [
        "From: Jo Doe <jo@example.com>",
        "To: support@example.org",
        "Subject: Cannot log in",
        f"Message-ID: <{id}>",
        "Date: Fri, 02 Jan 2026 03:04:05 +0000",
        *headers,
    ]
    return "\r\n".join([*lines, "", text, ""]).encode()


@pytest.mark.parametrize(
    ("name", "title", "text"),
    [
        ("talon__standard_replies__iphone", "Test", "Hello"),
        ("mikel-mail__multi_charset__japanese_iso_2022", "まみむめも", ""),
        ("enmime__mail__mime-alternative", "", "Section one"),
        ("mikel-mail__rfc6532__utf8_headers", "", ""),
        ("enmime__low-quality__unk-charset-html-only", "", ""),
        ("mikel-mail__error_emails__encoding_madness", "", ""),
    ],
)
def test_a_real_mail_becomes_a_ticket(
    client: Client, connection: str, stores: Stores, name: str, title: str, text: str
) -> None:
    found = stores.imported(f"emails/{connection}/{name}", mail(name))
    assert (found["status"], found["source"], found["made"]) == ("done", "inbound_email", 1)
    (ticket,) = client.wait_for_tickets(connection)
    assert (ticket["source"], ticket["kind"]) == ("inbound_email", "email")
    assert title in ticket["title"]
    assert text in ticket["text"]
    assert ticket["title"]


@pytest.mark.parametrize("name", ["sisimai__bsd__rfc3834-02", "sisimai__bsd__lhost-postfix-01"])
def test_what_a_machine_answered_makes_no_ticket(
    client: Client, connection: str, stores: Stores, name: str
) -> None:
    """An out-of-office note and a bounce: understood, and nobody's words."""
    found = stores.imported(f"emails/{connection}/auto", mail(name))
    assert (found["status"], found["read"], found["made"], found["quarantined"]) == ("done", 1, 0, 0)
    stores.wait_until_quiet()
    assert client.tickets(connection) == client.quarantined(connection) == []


def test_what_is_no_mail_is_quarantined(client: Client, connection: str, stores: Stores) -> None:
    found = stores.imported(f"emails/{connection}/broken", bytes(range(256)) * 40)
    assert (found["status"], found["made"]) == ("failed", 0)
    (item,) = client.quarantined(connection)
    assert (item["source"], item["where"]) == ("inbound_email", "file")
    assert item["reason"] == found["reason"] == "no mail: it has none of a mail's usual headers"


def test_a_mail_with_a_virus_is_quarantined(client: Client, connection: str, stores: Stores) -> None:
    body = b"X-SES-Virus-Verdict: FAIL\r\n" + letter("virus@example.com", "Open the file.")
    found = stores.imported(f"emails/{connection}/0001", body)
    assert (found["made"], found["quarantined"]) == (0, 1)
    (item,) = client.quarantined(connection)
    assert (item["source"], item["reason"]) == ("inbound_email", "Amazon SES found a virus in it")
    stores.wait_until_quiet()
    assert client.tickets(connection) == []


def test_of_a_mail_with_ten_thousand_files_the_first_are_kept_and_the_rest_is_told(
    client: Client, connection: str, stores: Stores
) -> None:
    head = b"From: jo@example.com\r\nMessage-ID: <many@example.com>\r\nSubject: Shots\r\n"
    files = b"--b\r\nContent-Type: image/png; name=a.png\r\n\r\nx\r\n" * 10_000
    body = head + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nIt crashes.\r\n" + files
    stores.imported(f"emails/{connection}/0001", body)
    (ticket,) = client.wait_for_tickets(connection)
    assert ticket["text"] == "It crashes."
    (feedback,) = client.get(f"/tickets/{ticket['id']}/feedback")["items"]
    assert len(feedback["attachments"]) + feedback["attributes"]["files_left_out"] == 10_000


def test_the_same_mail_delivered_twice_is_one_ticket(client: Client, connection: str, stores: Stores) -> None:
    body = letter("one@example.com", "The page is blank.")
    stores.imported(f"emails/{connection}/0001", body)
    (ticket,) = client.wait_for_tickets(connection)
    again = stores.imported(f"emails/{connection}/0002", b"Received: by another host\r\n" + body)
    assert (again["status"], again["made"]) == ("done", 1)
    stores.wait_until_quiet()
    assert client.tickets(connection) == [ticket]


def test_a_reply_joins_the_ticket_of_its_thread(client: Client, connection: str, stores: Stores) -> None:
    stores.imported(f"emails/{connection}/0001", letter("first@example.com", "The page is blank."))
    (ticket,) = client.wait_for_tickets(connection)
    assert ticket["author"] == {"id": None, "name": "Jo Doe", "email": "jo@example.com"}
    reply = letter(
        "second@example.com",
        "It works on the phone.",
        "In-Reply-To: <first@example.com>",
        "References: <first@example.com>",
    )
    stores.imported(f"emails/{connection}/0002", reply)
    eventually(lambda: client.get(f"/tickets/{ticket['id']}")["feedback_count"] == 2)
    stores.wait_until_quiet()
    (now,) = client.tickets(connection)
    assert (now["id"], now["text"]) == (ticket["id"], ticket["text"])
    assert [one["id"] for one in client.tickets(connection, q="phone")] == [ticket["id"]]


def test_the_object_with_which_ses_tries_the_bucket_is_passed_over(
    client: Client, connection: str, stores: Stores
) -> None:
    stores.upload(f"emails/{connection}/AMAZON_SES_SETUP_NOTIFICATION", b"hello")
    stores.imported(f"emails/{connection}/0001", letter("one@example.com", "Hello"))
    client.wait_for_tickets(connection)
    assert stores.find_import(f"emails/{connection}/AMAZON_SES_SETUP_NOTIFICATION") == {}
    assert client.quarantined(connection) == []
