"""An export of another system's tickets is taken over, with what had become of them."""

from __future__ import annotations

from tests.functional.client import Client
from tests.functional.stores import Stores

EXPORT = """\
Ticket ID,Subject,Description,Status,Priority,Assignee,Created at,Updated at,Solved at
101,Late parcel,My parcel is late.,Solved,Urgent,bo@shop.example,30.12.2025 09:00,,31.12.2025 14:30
102,Wrong size,The shoes are too small.,Open,Normal,,29.12.2025 10:00,29.12.2025 10:00,
103,Odd one,It is odd.,Frobnicated,Whatever,,28.12.2025 10:00,,
"""


def test_an_export_of_tickets_keeps_what_was_made_of_them(
    client: Client, connection: str, stores: Stores
) -> None:
    stores.imported(f"reviews/csv/{connection}/old.csv", EXPORT.replace(",", ";").encode("cp1252"))
    tickets = {one["title"]: one for one in client.wait_for_tickets(connection, 3)}
    late, size, odd = (tickets[title] for title in ("Late parcel", "Wrong size", "Odd one"))
    assert (late["status"], late["priority"]["label"], late["assignee"]) == (
        "resolved",
        "critical",
        "bo@shop.example",
    )
    assert (size["status"], size["priority"]["label"], size["assignee"]) == ("open", "medium", None)
    assert odd["status"] == "open"
    (said,) = client.get(f"/tickets/{odd['id']}/feedback")["items"]
    assert said["attributes"] == {"status": "Frobnicated", "priority": "Whatever"}
    (said,) = client.get(f"/tickets/{late['id']}/feedback")["items"]
    assert said["created_at"].startswith("2025-12-30T09:00:00")
    assert late["updated_at"].startswith("2025-12-31T14:30:00")
    # A later export, in which the second was solved, too, makes no new tickets
    later = EXPORT.replace("Open,Normal,,", "Solved,Normal,bo@shop.example,")
    stores.imported(f"reviews/csv/{connection}/new.csv", later.encode())
    stores.wait_until_quiet()
    assert len(client.tickets(connection)) == 3


def test_comments_of_one_ticket_are_one_ticket_with_all_of_them(
    client: Client, connection: str, stores: Stores
) -> None:
    sheet = (
        b"ticket_id,author_email,comment\n7,a@cust.example,First comment\n7,b@cust.example,Second comment\n"
    )
    found = stores.imported(f"reviews/csv/{connection}/comments.csv", sheet)
    assert found["made"] == 2
    stores.wait_until_quiet()
    (ticket,) = client.tickets(connection)
    said = client.get(f"/tickets/{ticket['id']}/feedback")["items"]
    assert {one["text"] for one in said} == {"First comment", "Second comment"}
