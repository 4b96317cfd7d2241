"""People at work on tickets: reading, searching, changing and joining, over HTTP."""

from __future__ import annotations

import uuid
from typing import Any

from tests.functional.client import Client, eventually
from tests.functional.stores import Stores


def said(client: Client, connection: str, *texts: str, **fields: Any) -> list[dict[str, Any]]:
    """Tickets of these texts, in their order; ids are "0", "1", …"""
    client.connect("standard_webhooks", connection)
    for number, text in enumerate(texts):
        data = {"id": str(number), "text": text, **fields}
        assert client.webhook(connection, f"msg_{number}", data).status == 202
    tickets = client.wait_for_tickets(connection, len(texts))
    return sorted(tickets, key=lambda ticket: int(ticket["external_id"]))


# ---- changing -------------------------------------------------------------------------------------


def test_a_change_is_seen_and_stands_in_the_history(client: Client, connection: str) -> None:
    (ticket,) = said(client, connection, "It crashes")
    change = {"status": "pending", "assignee": "jo", "priority": "critical", "tags": ["vip", "vip", "ios"]}
    answer = client.call("PATCH", f"/tickets/{ticket['id']}", change)
    assert answer.status == 200
    changed = answer.json
    assert (changed["status"], changed["assignee"], changed["tags"]) == ("pending", "jo", ["vip", "ios"])
    assert changed["priority"] == {"label": "critical", "reasons": ["set by local (local)"], "evidence": []}
    assert client.get(f"/tickets/{ticket['id']}") == changed
    last = client.history(ticket["id"])[-1]
    assert (last["stage"], last["by"]) == ("human", "local (local)")
    assert last["data"]["status"] == {"from": "open", "to": "pending"}


def test_what_a_person_set_outlives_a_newer_version(client: Client, connection: str, stores: Stores) -> None:
    (ticket,) = said(client, connection, "It crashes all the time", updated_at="2026-01-01T00:00:00Z")
    change = {"category": "question", "priority": "low", "tags": ["mine"], "status": "resolved"}
    assert client.call("PATCH", f"/tickets/{ticket['id']}", change).status == 200
    newer = {"id": "0", "text": "I love it, the best there is!", "updated_at": "2026-01-02T00:00:00Z"}
    assert client.webhook(connection, "msg_newer", newer).status == 202
    now = eventually(
        lambda: one if (one := client.get(f"/tickets/{ticket['id']}"))["text"] == newer["text"] else {}
    )
    assert (now["category"]["label"], now["priority"]["label"]) == ("question", "low")
    assert (now["tags"], now["status"]) == (["mine"], "resolved")
    assert now["sentiment"]["label"] == "positive"


def test_whoever_read_an_older_state_cannot_overwrite_a_newer_one(client: Client, connection: str) -> None:
    (ticket,) = said(client, connection, "It crashes")
    path = f"/tickets/{ticket['id']}"
    tag = client.call("GET", path).headers["etag"]
    assert client.call("GET", path, If_None_Match=tag).status == 304
    first = client.call("PATCH", path, {"assignee": "jo"}, If_Match=tag)
    assert first.status == 200
    second = client.call("PATCH", path, {"assignee": "sam"}, If_Match=tag)
    assert (second.status, second.json["type"]) == (412, "urn:triggeriq:problem:stale")
    assert client.get(path)["assignee"] == "jo"
    again = client.call("PATCH", path, {"assignee": "sam"}, If_Match=first.headers["etag"])
    assert (again.status, again.json["assignee"]) == (200, "sam")
    assert client.call("PATCH", path, {"assignee": None}).json["assignee"] is None


def test_merged_tickets_are_one_and_can_be_taken_apart(client: Client, connection: str) -> None:
    first, second, third = said(client, connection, "It crashes", "It still crashes", "Crashing again")
    merged = client.call("POST", f"/tickets/{first['id']}/merge", {"tickets": [second["id"], third["id"]]})
    assert (merged.status, merged.json["feedback_count"]) == (200, 3)
    assert [ticket["id"] for ticket in client.tickets(connection)] == [first["id"]]
    assert client.get(f"/tickets/{second['id']}")["status"] == "closed"
    assert client.history(second["id"])[-1]["data"] == {"into": first["id"]}
    items = client.get(f"/tickets/{first['id']}/feedback")["items"]
    assert [item["text"] for item in items] == ["It crashes", "It still crashes", "Crashing again"]
    part = {name: items[1][name] for name in ("source", "connection", "external_id")}
    split = client.call("POST", f"/tickets/{first['id']}/split", {"feedback": [part]})
    assert split.status == 201
    assert split.json["ticket"]["feedback_count"] == 2
    assert (split.json["new"]["id"], split.json["new"]["text"]) == (second["id"], "It still crashes")
    assert split.headers["location"] == f"/tickets/{second['id']}"
    assert {one["id"] for one in client.tickets(connection)} == {first["id"], second["id"]}
    assert [row["stage"] for row in client.history(first["id"])][-2:] == ["merge", "split"]


def test_what_cannot_be_joined_or_taken_apart_is_refused(client: Client, connection: str) -> None:
    (ticket,) = said(client, connection, "It crashes")
    path = f"/tickets/{ticket['id']}"
    assert client.call("POST", f"{path}/merge", {"tickets": [ticket["id"]]}).status == 400
    assert client.call("POST", f"{path}/merge", {"tickets": [str(uuid.uuid4())]}).status == 404
    lead = {"source": "standard_webhooks", "connection": connection, "external_id": "0"}
    assert client.call("POST", f"{path}/split", {"feedback": [lead]}).status == 409
    assert client.call("POST", f"{path}/split", {"feedback": [{**lead, "external_id": "x"}]}).status == 409


# ---- reading --------------------------------------------------------------------------------------


def test_a_list_of_a_hundred_and_twenty_is_paged_without_loss_or_repeat(
    client: Client, connection: str, stores: Stores
) -> None:
    rows = "".join(f"{n},feedback number {n}\n" for n in range(120))
    stores.imported(f"reviews/csv/{connection}/many.csv", f"id,text\n{rows}".encode())
    eventually(lambda: len(client.tickets(connection)) == 120)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    sizes = []
    while True:
        page = client.get("/tickets", connection=connection, limit=50, **cursor)
        sizes.append(len(page["items"]))
        seen += [ticket["id"] for ticket in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert sizes == [50, 50, 20]
    assert len(set(seen)) == 120


def test_tickets_are_found_by_their_words_and_by_what_they_are(client: Client, connection: str) -> None:
    crash, praise, question = said(
        client,
        connection,
        "The app crashes when I upload a photograph",
        "I love this app, it is wonderful!",
        "How do I change my address?",
    )
    client.call(
        "PATCH", f"/tickets/{crash['id']}", {"assignee": "jo", "tags": ["photo"], "status": "pending"}
    )

    def found(**filters: Any) -> set[str]:
        return {ticket["id"] for ticket in client.tickets(connection, **filters)}

    assert found(q="photograph") == {crash["id"]}
    assert found(q="PHOTOGRAPH crashes") == {crash["id"]}
    assert found(q="nobody said this") == set()
    assert found(q="' or 1=1; --") == set()
    assert found(sentiment="positive") == {praise["id"]}
    assert found(category="question") == {question["id"]}
    assert found(assignee="jo") == found(tag="photo") == found(status="pending") == {crash["id"]}
    assert found(source="standard_webhooks", status="open") == {praise["id"], question["id"]}
    assert found(source="zendesk") == set()
    since = crash["received_at"]
    assert crash["id"] in found(since=since)
    assert crash["id"] not in found(until=since)
    assert found(since="2100-01-01") == set()
