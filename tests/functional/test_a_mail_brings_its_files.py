"""What came with a mail is listed with its ticket, and fetched by an address that needs no key."""

from __future__ import annotations

from email.message import EmailMessage
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

from tests.functional.client import Client, eventually
from tests.functional.stores import Stores

SCRIPT = b"<script>alert(1)</script>"
SHOT = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def letter(id: str, *files: tuple[str, str, bytes], answers: str = "") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Ada <ada@example.com>", "support@example.org"
    mail["Subject"], mail["Message-ID"] = "The printer burns", f"<{id}@example.com>"
    if answers:
        mail["In-Reply-To"] = f"<{answers}@example.com>"
    mail.set_content("See what I saw.\n\n-- \nAda\n")
    for name, content_type, content in files:
        main, _, sub = content_type.partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return mail.as_bytes()


def test_files_are_listed_in_their_order_and_come_back_as_they_were_sent(
    client: Client, connection: str, stores: Stores
) -> None:
    """The answer comes before what it answers."""
    answer = letter(f"{connection}-2", ("../../trail.html", "text/html", SCRIPT), answers=f"{connection}-1")
    assert stores.imported(f"emails/{connection}/second", answer)["made"] == 1
    client.wait_for_tickets(connection)
    question = letter(f"{connection}-1", ("Bild März.png", "image/png", SHOT), ("a.txt", "text/plain", b"1"))
    assert stores.imported(f"emails/{connection}/first", question)["made"] == 1
    (ticket,) = eventually(lambda: [one for one in client.tickets(connection) if one["feedback_count"] == 2])
    path = f"/tickets/{ticket['id']}/attachments"
    items = client.get(path)["items"]
    assert [(one["name"], one["content_type"], one["bytes"]) for one in items] == [
        ("trail.html", "text/html", len(SCRIPT)),
        ("Bild März.png", "image/png", len(SHOT)),
        ("a.txt", "text/plain", 1),
    ]
    assert {one["feedback"]["connection"] for one in items} == {connection}
    served = []
    for one in items:
        with urlopen(one["url"]) as answered:
            assert answered.headers["Content-Disposition"].startswith("attachment; filename=")
            served.append((answered.headers["Content-Type"], answered.read()))
    assert served == [
        ("application/octet-stream", SCRIPT),
        ("image/png", SHOT),
        ("text/plain", b"1"),
    ]
    asked = parse_qs(urlsplit(items[0]["url"]).query)
    assert (asked["X-Amz-Algorithm"], asked["X-Amz-Expires"]) == (["AWS4-HMAC-SHA256"], ["300"])
    first = client.get(path, limit=2)
    assert [one["name"] for one in client.get(path, limit=2, cursor=first["next"])["items"]] == ["a.txt"]
