"""A partner's webhook, from the sender's own library to the ticket, once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from svix.webhooks import Webhook as Svix

from chalicelib.domain.intake.envelope import from_bytes
from tests.functional.client import SECRET, ZENDESK_SECRET, Answer, Client, eventually, signed
from tests.functional.stores import Stores

DATA = Path(__file__).parents[1] / "data" / "webhooks"
CREATED: dict[str, Any] = json.loads((DATA / "zendesk_ticket_created.json").read_text())
COMMENT: dict[str, Any] = json.loads((DATA / "zendesk_comment_added.json").read_text())


def test_a_standard_webhook_stands_as_a_classified_ticket(client: Client, connection: str) -> None:
    client.connect("standard_webhooks", connection)
    answer = client.webhook(
        connection,
        "msg_1",
        {
            "id": "review-7",
            "text": "The app crashes every time I open it, this is terrible!",
            "rating": 1,
            "author": {"name": "Jo", "email": "jo@example.com"},
        },
    )
    assert (answer.status, answer.json) == (202, {"events": [{"id": "msg_1", "duplicate": False}]})
    (ticket,) = client.wait_for_tickets(connection)
    assert (ticket["source"], ticket["external_id"]) == ("standard_webhooks", "review-7")
    assert (ticket["category"]["label"], ticket["sentiment"]["label"]) == ("bug_report", "negative")
    assert ticket["priority"]["label"] == "high"
    assert ticket["language"] == "en"
    assert ticket["author"] == {"id": None, "name": "Jo", "email": "jo@example.com"}
    stages = [row["stage"] for row in client.history(ticket["id"])]
    assert set(stages) >= {"classify", "prioritise", "draft", "review"}


def test_words_between_odd_line_ends_stay_apart(client: Client, connection: str) -> None:
    """A spreadsheet's vertical tab, a mainframe's NEL, Unicode's own separators."""
    client.connect("standard_webhooks", connection)
    words = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel"]
    said = "".join(map("".join, zip(words, [*"\v\f\x1c\x1e\x85\u2028\u2029", ""], strict=True)))
    client.webhook(connection, "msg_1", {"id": "1", "subject": said, "text": said})
    (ticket,) = client.wait_for_tickets(connection)
    assert ticket["text"] == "\n".join(words)
    assert ticket["title"] == " ".join(words)
    assert [len(client.tickets(connection, q=word)) for word in words] == [1] * len(words)


def test_svix_own_library_is_understood(client: Client, connection: str) -> None:
    client.connect("standard_webhooks", connection)
    body = json.dumps({"type": "feedback.created", "data": {"id": "s1", "text": "Größer, bitte"}})
    now = datetime.now(UTC)
    headers = {
        "Content-Type": "application/json",
        "svix-id": "msg_svix",
        "svix-timestamp": str(int(now.timestamp())),
        "svix-signature": Svix(SECRET).sign("msg_svix", now, body),
    }
    answer = client.send("POST", f"/webhooks/standard_webhooks/{connection}", body.encode(), headers)
    assert answer.json["events"] == [{"id": "msg_svix", "duplicate": False}]
    (ticket,) = client.wait_for_tickets(connection)
    assert ticket["text"] == "Größer, bitte"


def test_a_zendesk_event_and_its_reply_share_a_ticket(
    client: Client, connection: str, stores: Stores
) -> None:
    client.connect("zendesk", connection, ZENDESK_SECRET)
    assert client.zendesk(connection, CREATED).json["events"][0]["id"] == "evt-0001"
    (ticket,) = client.wait_for_tickets(connection)
    assert ticket["title"]
    assert ticket["text"] == CREATED["detail"]["description"]
    assert ticket["external_id"] == CREATED["detail"]["id"]
    assert client.zendesk(connection, COMMENT).status == 202
    eventually(lambda: client.get(f"/tickets/{ticket['id']}")["feedback_count"] == 2)
    stores.wait_until_quiet()
    assert len(client.tickets(connection)) == 1


def test_an_event_without_feedback_is_ignored_with_the_reason(
    client: Client, connection: str, stores: Stores
) -> None:
    client.connect("zendesk", connection, ZENDESK_SECRET)
    event = json.loads((DATA / "zendesk_user_group_membership_created.json").read_text())
    answer = client.zendesk(connection, event)
    assert answer.status == 202
    assert answer.json["events"] == []
    assert "user.group_membership_created" in answer.json["ignored"]
    private = {**COMMENT, "event": {"comment": {**COMMENT["event"]["comment"], "is_public": False}}}
    assert client.zendesk(connection, private).json["ignored"] == "a private comment"
    stores.wait_until_quiet()
    assert client.tickets(connection) == client.quarantined(connection) == []


def test_words_that_are_edited_back_are_taken(client: Client, connection: str, stores: Stores) -> None:
    """Nothing numbers these events, so their bytes are their names, and the third has those of the first."""
    client.connect("generic_json", connection, "k" * 32, verification="api_key")

    def told(text: str) -> bool:
        answer = generic(
            client, connection, json.dumps({"id": "38", "text": text}).encode(), x_api_key="k" * 32
        )
        assert answer.status == 202
        return bool(answer.json["events"][0]["duplicate"])

    assert not told("first")
    (ticket,) = client.wait_for_tickets(connection)
    assert told("first")
    for text in ("second", "first"):
        assert not told(text)
        assert told(text)
        eventually(lambda text=text: client.get(f"/tickets/{ticket['id']}")["text"] == text)
    stores.wait_until_quiet()
    (after,) = client.tickets(connection)
    assert (after["text"], after["feedback_count"]) == ("first", 1)


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("2026-03-03 09:00:00 UTC", "2026-03-03 10:00:00 UTC"),
        ("Tue, 03 Mar 2026 09:00:00 GMT", "Tue, 03 Mar 2026 10:00:00 GMT"),
        ("03.03.2026 09:00", "03.03.2026 10:00"),
        ("3 March 2026 at 9:00 AM", "3 March 2026 at 10:00 AM"),
    ],
)
def test_a_stale_edit_does_not_win(
    client: Client, connection: str, stores: Stores, older: str, newer: str
) -> None:
    client.connect("generic_json", connection, "k" * 32, verification="api_key")
    for text, updated_at in (("new words", newer), ("old words", older)):
        body = json.dumps({"id": "37", "text": text, "updated_at": updated_at}).encode()
        assert generic(client, connection, body, x_api_key="k" * 32).status == 202
        stores.wait_until_quiet()
    (ticket,) = client.tickets(connection)
    assert ticket["text"] == "new words"


def test_the_latest_comment_of_a_trigger_joins_its_ticket(
    client: Client, connection: str, stores: Stores
) -> None:
    client.connect("zendesk", connection, ZENDESK_SECRET)
    client.zendesk(connection, {"ticket_id": "41", "subject": "Parcel", "description": "My parcel is late."})
    (ticket,) = client.wait_for_tickets(connection)
    client.zendesk(connection, {"ticket_id": "41", "subject": "Parcel", "latest_comment": "Any news?"})
    eventually(lambda: client.get(f"/tickets/{ticket['id']}")["feedback_count"] == 2)
    stores.wait_until_quiet()
    (after,) = client.tickets(connection)
    assert after["text"] == "My parcel is late."


def test_an_event_of_another_kind_is_ignored_and_not_kept(client: Client, connection: str) -> None:
    client.connect("standard_webhooks", connection)
    body = json.dumps({"type": "user.created", "data": {"id": "u1", "name": "Bo"}}).encode()
    answer = client.send("POST", f"/webhooks/standard_webhooks/{connection}", body, signed("msg_1", body))
    assert (answer.status, answer.json["ignored"]) == (202, "user.created holds no feedback")
    body = json.dumps({"type": "feedback.created", "data": {"id": "u1"}}).encode()
    answer = client.send("POST", f"/webhooks/standard_webhooks/{connection}", body, signed("msg_2", body))
    assert answer.status == 422
    assert len(client.quarantined(connection)) == 1


def generic(client: Client, connection: str, body: bytes, **headers: str) -> Answer:
    given = {"Content-Type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
    return client.send("POST", f"/webhooks/generic_json/{connection}", body, given)


@pytest.mark.parametrize("way", ["hmac", "api_key", "bearer", "basic"])
def test_generic_json_is_proven_as_its_connection_says(client: Client, connection: str, way: str) -> None:
    body = json.dumps({"id": way, "message": "Where is my order?"}).encode()
    secret = "user:password-of-a-partner"
    client.connect("generic_json", connection, secret, verification=way)
    proof = {
        "hmac": {"X_Signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()},
        "api_key": {"X_Api_Key": secret},
        "bearer": {"Authorization": f"Bearer {secret}"},
        "basic": {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()},
    }[way]
    assert generic(client, connection, body).json["reason"] == "missing"
    assert generic(client, connection, body, **proof).status == 202
    (ticket,) = client.wait_for_tickets(connection)
    assert (ticket["external_id"], ticket["text"]) == (way, "Where is my order?")


def test_a_secret_name_is_proof_enough_where_the_connection_says_so(client: Client) -> None:
    name = secrets.token_hex(20)
    answer = client.call(
        "PUT", f"/connections/generic_json/{name}", {"settings": {"verification": "secret_name"}}
    )
    assert answer.status == 200, answer
    assert generic(client, name, b'{"text": "Hello"}').status == 202
    assert generic(client, secrets.token_hex(20), b'{"text": "Hello"}').status == 404
    client.wait_for_tickets(name)


def test_a_list_becomes_a_ticket_an_item(client: Client, connection: str) -> None:
    client.connect(
        "generic_json",
        connection,
        "k",
        verification="api_key",
        items="payload.notes",
        fields={"text": "body.en"},
    )
    notes = [{"id": n, "body": {"en": f"note {n}"}} for n in range(3)]
    assert (
        generic(client, connection, json.dumps({"payload": {"notes": notes}}).encode(), X_Api_Key="k").status
        == 202
    )
    tickets = client.wait_for_tickets(connection, 3)
    assert sorted(ticket["text"] for ticket in tickets) == ["note 0", "note 1", "note 2"]


def test_a_retry_is_a_duplicate_and_makes_no_second_ticket(
    client: Client, connection: str, stores: Stores
) -> None:
    client.connect("standard_webhooks", connection)
    said = {"id": "r1", "text": "It crashes"}
    assert client.webhook(connection, "msg_1", said).json["events"][0]["duplicate"] is False
    assert client.webhook(connection, "msg_1", said).json["events"][0]["duplicate"] is True
    (ticket,) = client.wait_for_tickets(connection)
    # The same words under another message's name: an event of its own, and no other feedback.
    assert client.webhook(connection, "msg_2", said).json["events"][0]["duplicate"] is False
    before = client.history(ticket["id"])
    stores.wait_until_quiet()
    assert [one["feedback_count"] for one in client.tickets(connection)] == [1]
    assert client.history(ticket["id"]) == before


def test_the_same_event_fifty_times_at_once_is_one_ticket(
    client: Client, connection: str, stores: Stores
) -> None:
    client.connect("standard_webhooks", connection)
    dead = stores.dead()
    body = json.dumps({"type": "feedback.created", "data": {"id": "r1", "text": "It crashes"}}).encode()
    with ThreadPoolExecutor(50) as pool:
        answers = list(
            pool.map(lambda _: client.signed_webhook(connection, "msg_1", body), range(50), timeout=60)
        )
    assert {answer.status for answer in answers} == {202}
    assert {answer.json["events"][0]["id"] for answer in answers} == {"msg_1"}
    (ticket,) = client.wait_for_tickets(connection)
    stores.wait_until_quiet()
    assert [one["feedback_count"] for one in client.tickets(connection)] == [1]
    rows = [(row["stage"], row["by"], json.dumps(row["data"])) for row in client.history(ticket["id"])]
    assert len(rows) == len(set(rows))
    assert stores.dead() == dead


def test_two_accounts_with_the_same_id_never_collide(client: Client, connection: str) -> None:
    for account, text in (("a", "The first one"), ("b", "The second one")):
        client.connect("standard_webhooks", f"{connection}-{account}")
        assert client.webhook(f"{connection}-{account}", "msg_1", {"id": "r1", "text": text}).status == 202
    (first,) = client.wait_for_tickets(f"{connection}-a")
    (second,) = client.wait_for_tickets(f"{connection}-b")
    assert first["id"] != second["id"]
    assert (first["text"], second["text"]) == ("The first one", "The second one")


def test_a_partner_may_send_by_put_where_the_source_takes_it(client: Client, connection: str) -> None:
    client.connect("generic_json", connection, "k", verification="api_key")
    body, headers = b'{"text": "It crashes"}', {"X-Api-Key": "k", "Content-Type": "application/json"}
    answer = client.send("PUT", f"/webhooks/generic_json/{connection}", body, headers)
    assert (answer.status, answer.json["events"][0]["duplicate"]) == (202, False)
    again = client.send("POST", f"/webhooks/generic_json/{connection}", body, headers)
    assert again.json["events"][0]["duplicate"] is True
    (ticket,) = client.wait_for_tickets(connection)
    assert ticket["text"] == "It crashes"


def test_versions_in_every_order_give_the_same_ticket(
    client: Client, connection: str, stores: Stores
) -> None:
    """1 star become 5 shows as a recovery, in whatever order the three come."""
    client.connect("standard_webhooks", connection)
    versions = [
        {"text": f"in its version {n}", "rating": n, "updated_at": f"2026-01-0{n}T00:00:00Z"}
        for n in (1, 2, 3)
    ]
    orders = list(itertools.permutations(range(3)))
    for place in range(3):
        for review, order in enumerate(orders):
            said = {"id": f"review-{review}", **versions[order[place]]}
            assert client.webhook(connection, f"msg_{review}_{place}", said).status == 202
        stores.wait_until_quiet()
    tickets = client.tickets(connection)
    assert {(one["text"], one["rating"], one["feedback_count"]) for one in tickets} == {
        ("in its version 3", 3.0, 1)
    }
    assert len(tickets) == len({one["external_id"] for one in tickets}) == len(orders)
    for ticket in tickets:
        (said,) = client.get(f"/tickets/{ticket['id']}/feedback")["items"]
        assert [(one["text"], one["rating"]) for one in said["versions"]] == [
            ("in its version 1", 1.0),
            ("in its version 2", 2.0),
        ]


def test_a_reply_to_a_resolved_thread_opens_a_ticket_of_its_own(client: Client, connection: str) -> None:
    client.connect("standard_webhooks", connection)
    client.webhook(connection, "msg_1", {"id": "1", "text": "Help me", "thread": "t"})
    (ticket,) = client.wait_for_tickets(connection)
    client.webhook(connection, "msg_2", {"id": "2", "text": "And this too", "thread": "t"})
    eventually(lambda: client.get(f"/tickets/{ticket['id']}")["feedback_count"] == 2)
    assert client.call("PATCH", f"/tickets/{ticket['id']}", {"status": "resolved"}).status == 200
    client.webhook(connection, "msg_3", {"id": "3", "text": "It is back", "thread": "t"})
    tickets = client.wait_for_tickets(connection, 2)
    assert [(one["text"], one["status"], one["feedback_count"]) for one in tickets] == [
        ("It is back", "open", 1),
        ("Help me", "resolved", 2),
    ]


def test_a_body_too_long_for_the_bus_goes_the_whole_way(
    client: Client, connection: str, stores: Stores
) -> None:
    client.connect("standard_webhooks", connection)
    data = {"id": "long", "text": "Much to say", "padding": "ü" * 300_000}
    body = json.dumps({"type": "feedback.created", "data": data}, ensure_ascii=False).encode()
    assert len(body) > 600_000
    assert client.signed_webhook(connection, "msg_long", body).status == 202
    (ticket,) = client.wait_for_tickets(connection)
    assert ticket["text"] == "Much to say"
    kept = stores.artifacts(f"webhooks/standard_webhooks/{connection}/")
    assert list(kept.values()) == [body]


def test_a_short_body_with_long_escapes_is_measured_as_the_bus_counts(
    client: Client, connection: str, stores: Stores
) -> None:
    """60,000 emoji are 240 kB in UTF-8 and 720 kB in the bus entry's JSON."""
    client.connect("standard_webhooks", connection)
    data = {"id": "emoji", "text": "Look", "padding": "😀" * 60_000}
    body = json.dumps({"type": "feedback.created", "data": data}, ensure_ascii=False).encode()
    assert client.signed_webhook(connection, "msg_emoji", body).status == 202
    client.wait_for_tickets(connection)
    assert stores.artifacts(f"webhooks/standard_webhooks/{connection}/")


def test_the_raw_bytes_are_kept_as_they_came(client: Client, connection: str, stores: Stores) -> None:
    client.connect("standard_webhooks", connection)
    body = b'{"type": "x",   "data": {"id": "r1", "text": "spaces kept"}}'
    assert client.signed_webhook(connection, "msg_1", body).status == 202
    client.wait_for_tickets(connection)
    (kept,) = stores.artifacts(f"raw/standard_webhooks/{connection}/").values()
    assert from_bytes(kept).body == body


def test_the_address_without_a_connection_is_that_of_the_default_one(client: Client, connection: str) -> None:
    """The one connection that stories may share, so they tell their own tickets by id."""
    client.connect("standard_webhooks")
    id = connection
    body = json.dumps({"type": "x", "data": {"id": id, "text": "By the plain path"}}).encode()
    answer = client.send("POST", "/webhooks/standard_webhooks", body, signed(id, body))
    assert answer.status == 202
    (ticket,) = eventually(lambda: [t for t in client.tickets("default") if t["external_id"] == id])
    assert ticket["text"] == "By the plain path"
