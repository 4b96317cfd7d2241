"""What could not be read or failed too often: kept with its reason, and put back once that is gone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.functional.client import Client, eventually
from tests.functional.stores import Stores


def reason_of(answer: Any) -> str:
    assert answer.status == 422, answer
    return str(answer.json["detail"])


def test_a_genuine_request_that_cannot_be_read_is_kept_byte_by_byte(
    client: Client, connection: str, stores: Stores
) -> None:
    client.connect("standard_webhooks", connection)
    body = b'{"data": {"text": "cut off he'
    answer = client.signed_webhook(connection, "msg_1", body)
    assert "not JSON" in reason_of(answer)
    entry = client.get(f"/quarantine/{answer.json['kept']}")
    assert (entry["source"], entry["connection"]) == ("standard_webhooks", connection)
    assert (entry["where"], entry["by"]) == ("body", "standard_webhooks/1")
    assert entry["reason"] in answer.json["detail"]
    assert body in stores.artifacts("quarantine/").values()
    assert client.tickets(connection) == []


def test_what_nobody_proved_is_not_kept(client: Client, connection: str) -> None:
    client.connect("standard_webhooks", connection)
    answer = client.send("POST", f"/webhooks/standard_webhooks/{connection}", b"not JSON")
    assert answer.status == 401
    assert client.quarantined(connection) == []


def test_a_request_comes_back_once_its_connection_is_mended(client: Client, connection: str) -> None:
    client.connect("standard_webhooks", connection)
    answer = client.webhook(connection, "msg_1", {"id": "r1", "what_he_said": "Please mend the door"})
    assert "no feedback in it" in reason_of(answer)
    kept = answer.json["kept"]
    refused = client.call("POST", f"/quarantine/{kept}/replay")
    assert (refused.status, "still can't be read" in refused.json["detail"]) == (409, True)
    client.connect("standard_webhooks", connection, fields={"text": "what_he_said"})
    replayed = client.call("POST", f"/quarantine/{kept}/replay")
    assert (replayed.status, replayed.json) == (202, {"id": kept})
    (ticket,) = client.wait_for_tickets(connection)
    assert ticket["text"] == "Please mend the door"
    assert client.call("GET", f"/quarantine/{kept}").status == 404
    assert client.call("POST", f"/quarantine/{kept}/replay").status == 404


def test_an_item_of_an_event_comes_back_past_receipt_and_claim(
    client: Client, connection: str, stores: Stores
) -> None:
    settings: dict[str, Any] = {"verification": "api_key"}
    client.connect("generic_json", connection, "k", **settings)
    body = json.dumps([{"id": 1, "text": "good", "said": "good"}, {"id": 2, "said": "too late"}]).encode()
    headers = {"Content-Type": "application/json", "X-Api-Key": "k"}
    assert client.send("POST", f"/webhooks/generic_json/{connection}", body, headers).status == 202
    (item,) = eventually(lambda: client.quarantined(connection))
    assert (item["where"], item["by"]) == ("[1]", "generic_json/1")
    (good,) = client.wait_for_tickets(connection)
    client.connect("generic_json", connection, "k", fields={"text": "said"}, **settings)
    assert client.call("POST", f"/quarantine/{item['id']}/replay").status == 202
    client.wait_for_tickets(connection, 2)
    stores.wait_until_quiet()
    assert client.quarantined(connection) == []
    tickets = {ticket["external_id"]: ticket for ticket in client.tickets(connection)}
    assert tickets["2"]["text"] == "too late"
    assert tickets["1"] == good


def test_what_fails_again_stays_in_the_quarantine(client: Client, connection: str, stores: Stores) -> None:
    """Even where it fails before the replay itself is done."""
    found = stores.imported(f"reviews/csv/{connection}/one.csv", b"id,text\n1,\n")
    assert found["quarantined"] == 1
    (item,) = client.quarantined(connection)
    for _ in range(5):
        assert client.call("POST", f"/quarantine/{item['id']}/replay").status == 202
        stores.wait_until_quiet()
        assert client.quarantined(connection) == [item]


def test_a_row_of_a_file_comes_back_alone(client: Client, connection: str, stores: Stores) -> None:
    key = f"reviews/csv/{connection}/own.csv"
    found = stores.imported(
        key, b"id,text,wording\n1,good,good\n2,,second\n3,also good,also good\n4,,fourth\n"
    )
    assert (found["made"], found["quarantined"]) == (2, 2)
    client.wait_for_tickets(connection, 2)
    row = next(item for item in client.quarantined(connection) if item["where"] == "line 3")
    settings = {"columns": {"text": "wording"}}
    assert client.call("PUT", f"/connections/csv/{connection}", {"settings": settings}).status == 200

    def back() -> bool:
        # Another process reads a connection anew once a second at most: too soon, it fails again.
        client.call("POST", f"/quarantine/{row['id']}/replay")
        stores.wait_until_quiet()
        return len(client.tickets(connection)) == 3

    eventually(back)
    assert {ticket["text"] for ticket in client.tickets(connection)} == {"good", "also good", "second"}
    assert [item["where"] for item in client.quarantined(connection)] == ["line 5"]


def test_the_quarantine_is_listed_by_source_and_in_pages(client: Client, connection: str) -> None:
    client.connect("standard_webhooks", connection)
    client.connect("zendesk", connection, "z")
    for number in range(3):
        reason_of(client.signed_webhook(connection, f"msg_{number}", b"[%d" % number))
    reason_of(client.zendesk(connection, {"subject": "no id"}, "z"))
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = client.get("/quarantine", source="standard_webhooks", limit=2, **cursor)
        assert {item["source"] for item in page["items"]} <= {"standard_webhooks"}
        seen += [item["id"] for item in page["items"] if item["connection"] == connection]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert len(seen) == len(set(seen)) == 3
    assert seen == sorted(seen, reverse=True)


BAD = {
    "not JSON": "not JSON",
    "nothing of ours": json.dumps({"hello": "world"}),
    "a list": "[]",
    "null": "null",
    "another version": json.dumps({"v": 2, "detail": {"data": {"v": 2}}}),
    "nested": "[" * 100_000,
    "nested objects": '{"detail":' * 50_000,
    "endless digits": '{"v": 1, "feedback": ' + "9" * 5_000 + "}",
    "NaN": '{"v": NaN, "detail": NaN}',
    "half a pair": '{"v": 1, "import": "\\ud800", "detail": {"data": {"v": 1, "id": "\\ud800"}}}',
    "wrong kinds": json.dumps({"v": 1, "import": {"a": 1}, "feedback": [], "detail": {"data": []}}),
    "odd times": json.dumps(
        {
            "v": 1,
            "source": "s",
            "connection": "c",
            "event_id": "e",
            "received_at": "9999-99-99",
            "feedback": {},
        }
    ),
    "an odd feedback": json.dumps(
        {
            "v": 1,
            "source": "csv",
            "connection": "c",
            "event_id": "e",
            "received_at": "2026-01-01T00:00:00+00:00",
            "feedback": {"external_id": "x", "text": 5, "colour": "red"},
        }
    ),
    "an infinite version": '{"v":1,"source":"s","connection":"c","event_id":"e","received_at":'
    '"2026-01-01T00:00:00+00:00","feedback":{"external_id":"x","text":"","version":1e999}}',
}


@pytest.mark.parametrize("queue", ["ingest", "files", "feedback", "jobs"])
def test_no_message_stops_a_queue(client: Client, stores: Stores, queue: str) -> None:
    """Whatever somebody puts there by hand: kept with the reason, and no worker dies of it."""
    dead = stores.dead()
    sent = {stores.send(queue, body): what for what, body in BAD.items()}
    stores.wait_until_quiet()
    assert stores.dead() == dead
    kept = {item["event_id"]: item for item in client.get("/quarantine", limit=100)["items"]}
    missing = {what for id, what in sent.items() if id not in kept}
    # A job for an import that there is not has nothing left to do; all else is kept.
    assert missing == ({"half a pair", "wrong kinds"} if queue == "files" else set())
    for id in sent.keys() & kept.keys():
        assert kept[id]["where"].endswith(f"-{queue}")
        assert kept[id]["reason"]


def test_a_kept_message_goes_back_to_its_queue(client: Client, stores: Stores) -> None:
    id = stores.send("feedback", "still not JSON")
    item = eventually(
        lambda: next((i for i in client.get("/quarantine", limit=100)["items"] if i["event_id"] == id), {})
    )
    assert client.call("POST", f"/quarantine/{item['id']}/replay").status == 202
    stores.wait_until_quiet()
    entries = client.get("/quarantine", limit=100)["items"]
    again = [i for i in entries if i["where"].endswith("feedback")]
    assert again[0]["event_id"] != id
    assert again[0]["reason"] == item["reason"]


POISON = "a text that this PostgreSQL refuses"


@pytest.fixture
def poisoned(stores: Stores) -> Iterator[Stores]:
    """A database that fails for one text, as a defect of ours would."""
    stores.sql(
        "create function refuse() returns trigger language plpgsql as "
        f"$$ begin if new.text = '{POISON}' then raise 'no room for this'; end if; return new; end $$"
    )
    stores.sql("create trigger refuse before insert on feedback for each row execute function refuse()")
    yield stores
    stores.sql("drop trigger if exists refuse on feedback")
    stores.sql("drop function refuse")


def test_a_poisonous_record_is_set_aside_and_brought_back(
    client: Client, connection: str, poisoned: Stores
) -> None:
    client.connect("standard_webhooks", connection)
    for number, text in enumerate(["one", POISON, "two", "three"]):
        assert client.webhook(connection, f"msg_{number}", {"id": f"r{number}", "text": text}).status == 202
    tickets = client.wait_for_tickets(connection, 3)
    assert {ticket["text"] for ticket in tickets} == {"one", "two", "three"}
    letters = eventually(
        lambda: found if (found := client.get("/dlq"))["queues"]["feedback"] == 1 else {}, seconds=60
    )
    failure = letters["items"][0]
    assert failure["queue"].endswith("-feedback")
    assert "no room for this" in failure["reason"]
    assert failure["receives"] == 5
    assert client.call("POST", "/dlq/redrive", {"queue": "nothing"}).status == 404

    poisoned.sql("drop trigger refuse on feedback")
    answer = client.call("POST", "/dlq/redrive", {"queue": "feedback"})
    assert (answer.status, answer.json) == (202, {"moved": {"feedback": 1}})
    client.wait_for_tickets(connection, 4)
    assert client.get("/dlq")["queues"]["feedback"] == 0
