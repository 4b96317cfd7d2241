"""Partners post events, with CloudEvents' own library, with curl as the docs have it, and with what should
not be; each can be read back as it was sent."""

from __future__ import annotations

import json
import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cloudevents.core.bindings.http import HTTPMessage, to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from local.application import Application
from tests.functional.client import KEY, Answer, Client

PAGE = Path(__file__).parents[2] / "docs" / "events.md"
LINES = [block.strip() for block in re.findall(r"(?s)```\n(curl .*?)```", PAGE.read_text(encoding="utf-8"))]
AT = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)


@pytest.fixture
def post(client: Client) -> Any:
    """Posts a message; the ids and duplicates that it is answered."""

    def posted(body: bytes, headers: Any, status: int = 202) -> Any:
        answer = client.send("POST", "/events", body, {"X-Api-Key": KEY, **headers})
        assert answer.status == status, answer
        return answer.json

    return posted


def event(id: str, data: Any = None, **attributes: Any) -> CloudEvent:
    said = {"id": id, "source": "/shop/%C3%A4", "type": "order.paid", "time": AT}
    return CloudEvent(said | attributes, data)


def kept(client: Client, id: str) -> dict[str, Any]:
    return dict(client.get(f"/events/{id}"))


def test_what_cloud_events_library_sends_comes_back_as_it_was(
    client: Client, post: Any, connection: str
) -> None:
    sent = {
        "structured": event(f"{connection}-1", {"n": [1, "ä"]}, subject="Ünïcode “1” 100%", tenant="one two"),
        "binary": event(f"{connection}-2", {"n": [2, "ä"]}, subject="Ünïcode “1” 100%", tenant="one two"),
        "bytes": event(f"{connection}-3", b"\x00\xff", datacontenttype="image/png"),
    }
    messages = {
        "structured": to_structured(sent["structured"], JSONFormat()),
        "binary": to_binary(sent["binary"], JSONFormat()),
        "bytes": to_binary(sent["bytes"], JSONFormat()),
    }
    for form, message in messages.items():
        for duplicate in (False, True):
            answer = post(message.body, message.headers)
            assert answer == {"events": [{"id": sent[form].get_id(), "duplicate": duplicate}]}, form
    for form, one in sent.items():
        found = kept(client, one.get_id())
        assert found.pop("owner") == "local"
        assert found.pop("received_at")
        found.pop("traceparent", None)
        read = JSONFormat().read(None, json.dumps(found))
        said = {"datacontenttype": "application/json", **one.get_attributes()}
        assert (read.get_attributes(), read.get_data()) == (said, one.get_data()), form


def test_a_batch_is_taken_whole_and_each_event_once(client: Client, post: Any, connection: str) -> None:
    bodies = [to_structured(event(f"{connection}-{n}", {"n": n}), JSONFormat()).body for n in (1, 2, 1)]
    batch = HTTPMessage(
        {"content-type": "application/cloudevents-batch+json"}, b"[" + b",".join(bodies) + b"]"
    )
    answer = post(batch.body, batch.headers)["events"]
    assert [one["id"] for one in answer] == [f"{connection}-{n}" for n in (1, 2, 1)]
    assert [one["duplicate"] for one in answer] == [False, False, True]
    assert kept(client, f"{connection}-2")["data"] == {"n": 2}
    spoilt = batch.body.replace(b"order.paid", b"", 1).replace(f"{connection}-".encode(), b"spoilt-")
    assert post(spoilt, batch.headers, 400)["field"] == "events.0.type"
    assert client.call("GET", "/events/spoilt-2").status == 404


@pytest.mark.parametrize("line", LINES, ids=range(len(LINES)))
def test_the_lines_of_the_docs_work(running: Application, line: str) -> None:
    ran = subprocess.run(
        ["bash", "-euc", line],
        env={**os.environ, "URL": running.url, "API_KEY": KEY},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    if "OPTIONS" in line:
        told = {"webhook-allowed-origin: events.example.com", "webhook-allowed-rate: 120"}
        assert told <= set(ran.stdout.lower().splitlines())
    else:
        assert json.loads(ran.stdout)["events"]


HOSTILE: dict[str, tuple[Any, dict[str, str], int, str | None]] = {
    "no type": ({"data": 1}, {}, 400, "type"),
    "an id of another form": ({"type": "a", "id": "a.b"}, {}, 400, "id"),
    "101 of them": ([{"type": "a"}] * 101, {}, 400, "events"),
    "50 levels": ({"type": "a", "data": json.loads("[" * 50 + "]" * 50)}, {}, 400, None),
    "100,000 levels": (b'{"type": "a", "data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", {}, 400, None),
    "another's": ({"type": "a", "owner": "another"}, {}, 403, None),
    "ours": ({"type": "ticket.created"}, {}, 403, None),
    "ours in other letters": ([{"type": "a"}, {"type": "TICKET.created"}], {}, 403, None),
    "as of us": ({"type": "a", "owner": "triggeriq"}, {}, 403, None),
    "no JSON": (b"{", {}, 400, None),
    "NUL": (b'{"type": "a", "data": "\\u0000"}', {}, 400, None),
    "half a surrogate pair": (b'{"type": "a", "data": "\\ud800"}', {}, 400, None),
    "a number of 400 digits": (b'{"type": "a", "data": ' + b"9" * 400 + b"}", {}, 400, None),
    "a form": (b"type=a", {"Content-Type": "application/x-www-form-urlencoded"}, 415, None),
    "more than a megabyte": ({"type": "a", "data": "x" * 1_000_000}, {}, 413, None),
    "a header of bytes that are no text": (
        b"", {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "/", "ce-type": "%ff"}, 400, "ce-type",
    ),
    "a key that is none": ({"type": "a"}, {"Idempotency-Key": '"a'}, 400, "Idempotency-Key"),
    "a parameter that is not known": ({"type": "a"}, {"?": "x=1"}, 400, "x"),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_what_should_not_be_is_told_so(client: Client, what: str) -> None:
    body, headers, status, field = HOSTILE[what]
    query = headers.get("?", "")
    headers = {"X-Api-Key": KEY, "Content-Type": "application/json", **headers}
    headers.pop("?", None)
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = client.send("POST", f"/events?{query}".rstrip("?"), sent, headers)
    assert (answer.status, answer.json.get("field")) == (status, field), answer
    assert answer.headers["content-type"] == "application/problem+json"


def test_of_many_that_repeat_a_request_at_once_one_makes_an_event(client: Client, connection: str) -> None:
    def ask(number: int) -> Answer:
        return client.call(
            "POST", "/events", {"type": f"race.{connection}"}, Idempotency_Key=f'"{connection}"'
        )

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(8)))
    assert {answer.status for answer in answers} <= {202, 409}
    made = {answer.body for answer in answers if answer.status == 202}
    assert len(made) == 1
    assert all(1 <= int(a.headers["retry-after"]) <= 30 for a in answers if a.status == 409)
    last = ask(9)
    assert (last.headers["idempotent-replayed"], {last.body}) == ("true", made)
    other = client.call("POST", "/events", {"type": "race.other"}, Idempotency_Key=connection)
    assert (other.status, other.json["type"]) == (422, "urn:triggeriq:problem:key-reused")


def test_a_browser_and_a_sender_ask_before_they_post(client: Client) -> None:
    sender = client.send("OPTIONS", "/events", headers={"WebHook-Request-Origin": "events.example.com"})
    assert (sender.status, sender.headers["webhook-allowed-origin"]) == (200, "events.example.com")
    asked = {"Origin": "https://desk.example", "Access-Control-Request-Method": "POST"}
    browser = client.send("OPTIONS", "/events", headers=asked)
    assert (browser.status, browser.headers["access-control-allow-origin"]) == (204, "*")
    assert "webhook-allowed-origin" not in browser.headers
