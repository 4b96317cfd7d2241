"""A subscriber from its first call to its last: it registers itself, is told, rotates, is paused, ends; and
Zapier's calls, in the order of its docs (https://docs.zapier.com/platform/build/hook-trigger)."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from local.application import Application
from local.catalogue import named
from local.stack import Stack
from tests.functional.aws_events import http_event
from tests.functional.client import KEY, Client, eventually
from tests.functional.told import Told

PAGE = Path(__file__).parents[2] / "docs/subscriptions.md"
CANARY = "xylophonist"
"""In everything of a subscription that is secret."""
TOKEN = "glockenspiel"
"""In an address, which its owner sees."""


class Came(NamedTuple):
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def event(self) -> Any:
        return json.loads(self.body)

    def proven_by(self, secret: str) -> bool:
        with suppress(WebhookVerificationError):
            Webhook(secret).verify(self.body, dict(self.headers))
            return True
        return False


class Receiver:
    """An endpoint. came: what was sent to it. status: what it answers."""

    def __init__(self) -> None:
        self.came: list[Came] = []
        self.status = 204
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.came.append(Came(headers, body))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Nobody reads it."""

        return Handler

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/hook?token={CANARY}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def ended(client: Client) -> Iterator[Callable[[str], None]]:
    """Subscriptions that are deleted at the end, so that nothing is sent to whoever gets the port next."""
    ids: list[str] = []
    yield ids.append
    for id in ids:
        client.call("DELETE", f"/subscriptions/{id}")


def delivery(client: Client, id: str) -> Any:
    return client.get(f"/deliveries/{id}")


def arrived(client: Client, id: str) -> Any:
    """The delivery, once it is over."""
    return eventually(lambda: (d := delivery(client, id))["status"] not in ("pending", "sending") and d)


def post(client: Client, type: str, id: str) -> None:
    answer = client.call("POST", "/events", {"type": type, "id": id, "data": {"n": id}})
    assert answer.status == 202, answer


def test_a_subscriber_from_its_first_call_to_its_last(
    client: Client, stack: Stack, receiver: Receiver, connection: str, ended: Callable[[str], None]
) -> None:
    name, type = connection, f"{connection}.told"
    wanted = {
        "url": receiver.url, "types": [f"{connection}.*"], "headers": {"X-Gateway": CANARY}, "rate": 60_000,
    }  # fmt: skip
    path = f"/subscriptions/{name}"

    # It registers itself each time that it starts
    made = client.call("PUT", path, wanted)
    assert made.status == 201, made
    first, id = made.json["secret"], made.json["id"]
    ended(id)
    again = client.call("PUT", path, wanted)
    assert (again.status, "secret" in again.json) == (200, False)
    assert again.json == {key: value for key, value in made.json.items() if key != "secret"}

    # What is secret is in no row as it is
    rows = stack.client("dynamodb").scan(TableName=named("subscriptions"), ConsistentRead=True)["Items"]
    (row,) = [str(row) for row in rows if row["id"]["S"] == id]
    assert first not in row
    assert row.count(CANARY) == 1, "in the address alone"

    # A test arrives, whatever types it wants
    tried = client.call("POST", f"{path}/test")
    assert tried.status == 202, tried
    assert arrived(client, tried.json["delivery"])["status"] == "delivered"
    (came,) = receiver.came
    assert came.proven_by(first)
    assert came.event["type"] == "subscription.test"
    assert came.event["data"]["subscription"] == id
    assert came.headers["x-gateway"] == CANARY

    # While its secret is rotated, either one verifies
    second = client.call("POST", f"{path}/rotate-secret").json["secret"]
    arrived(client, client.call("POST", f"{path}/test").json["delivery"])
    assert receiver.came[-1].proven_by(first)
    assert receiver.came[-1].proven_by(second)
    third = client.call("POST", f"{path}/rotate-secret").json["secret"]
    arrived(client, client.call("POST", f"{path}/test").json["delivery"])
    proofs = [receiver.came[-1].proven_by(secret) for secret in (first, second, third)]
    assert proofs == [False, True, True]

    # What comes while it is paused is held, and sent once it is resumed
    assert client.call("POST", f"{path}/pause").json["status"] == "paused"
    assert client.call("POST", f"{path}/test").status == 409
    post(client, type, "held-1")
    held = eventually(lambda: client.get(f"{path}/deliveries", status="held")["items"])
    assert [one["event_id"] for one in held] == ["held-1"]
    assert client.call("POST", f"{path}/resume", {"held": "keep"}).json["status"] == "active"
    post(client, type, "told-2")
    eventually(lambda: receiver.came[-1].headers["webhook-id"] == "told-2")
    assert client.call("POST", f"{path}/resume").json["status"] == "active"
    eventually(lambda: receiver.came[-1].headers["webhook-id"] == "held-1")

    # Another address is that of what is sent from then on
    other = Receiver()
    assert client.call("PATCH", path, {"url": other.url, "format": "cloudevents"}).status == 200
    post(client, type, "told-3")
    eventually(lambda: other.came)
    assert other.came[0].event["id"] == "told-3"
    assert other.came[0].headers["content-type"].startswith("application/cloudevents+json")
    other.close()

    # Once it is deleted nothing comes any more
    sent = len(receiver.came)
    assert client.call("DELETE", path).status == 204
    assert client.call("GET", path).status == 404
    post(client, type, "late")
    assert len(receiver.came) == sent


def test_zapier_subscribes_is_told_and_unsubscribes(
    client: Client, receiver: Receiver, connection: str, ended: Callable[[str], None]
) -> None:
    type = f"{connection}.zapped"
    until = (datetime.now(UTC) + timedelta(days=30)).replace(microsecond=0).isoformat()

    # Each Zap subscribes with an address of its own, and keeps the id of what it is answered
    zaps = []
    for number in (1, 2):
        url = receiver.url.replace("/hook", f"/hooks/standard/{number}")
        subscribed = client.call("POST", "/subscriptions", {"url": url, "types": [type], "expires_at": until})
        assert subscribed.status == 201, subscribed
        assert datetime.fromisoformat(subscribed.json["expires_at"]) == datetime.fromisoformat(until)
        zaps.append(subscribed.json)
        ended(subscribed.json["id"])
    assert zaps[0]["id"] != zaps[1]["id"]

    # For its editor it asks for samples
    post(client, type, "one")
    assert len(client.get("/event-types/ticket.created/samples")) > 0

    # It is told, and what it answers is no more than a status
    eventually(lambda: len(receiver.came) == 2)

    # One is switched off: it unsubscribes by the id, and once more does no harm
    assert client.call("DELETE", f"/subscriptions/{zaps[0]['id']}").status == 204
    assert client.call("DELETE", f"/subscriptions/{zaps[0]['id']}").status == 404

    # The other is gone, and says so to what comes next
    receiver.status = 410
    post(client, type, "two")
    path = f"/subscriptions/{zaps[1]['id']}"
    gone = eventually(lambda: (s := client.get(path))["status"] == "paused" and s)
    assert gone["reason"] == "gone"
    assert len(receiver.came) == 3


def test_nothing_that_is_secret_is_told_but_once(start: Callable[..., Told], connection: str) -> None:
    """Neither secrets nor headers, nor what an address holds behind its host, in any line or later answer."""
    told = start()
    secret = f"whsec_{base64.b64encode(CANARY.encode() * 3).decode()}"
    hidden = [CANARY, secret]

    def call(method: str, route: str, body: Any = None, **place: str) -> Any:
        headers = {"X-Api-Key": KEY, "Content-Type": "application/json"}
        raw = b"" if body is None else json.dumps(body).encode()
        return told.functions.invoke("api", http_event(method, route, place, headers, raw))

    wanted = {
        "url": f"http://127.0.0.1:9/{TOKEN}?{TOKEN}", "types": ["x"], "headers": {"X-Gateway": CANARY},
        "secret": secret, "name": connection,
    }  # fmt: skip
    one, name = "/subscriptions/{id}", {"id": connection}
    made = call("POST", "/subscriptions", wanted)
    assert made["statusCode"] == 201, made
    assert secret in made["body"]
    assert CANARY not in made["body"]
    del wanted["name"]
    answers = [
        call("POST", "/subscriptions", {**wanted, "name": connection}),
        call("POST", "/subscriptions", {**wanted, "headers": {"X Gateway": CANARY}}),
        call("PUT", one, wanted, **name),
        call("PUT", one, {**wanted, "url": f"https://{CANARY}:pass@127.0.0.1:22/#{CANARY}"}, **name),
        call("PUT", one, {**wanted, "secret": f"whsec_{CANARY}"}, **name),
        call("PATCH", one, {"headers": {"X-Gateway": f"{CANARY}\r\n"}}, **name),
        call("GET", one, **name),
        call("GET", "/subscriptions"),
        call("POST", f"{one}/test", **name),
    ]
    told.step("deliver")
    answers += [call("POST", f"{one}/pause", **name), call("DELETE", one, **name)]
    assert {answer["statusCode"] for answer in answers} == {200, 202, 204, 400, 409}
    for answer in answers:
        assert [text for text in hidden if text in str(answer)] == []
    assert {line["function"] for line in told.lines()} >= {"deliver"}
    assert [line for line in told.output.splitlines() if any(t in line for t in (*hidden, TOKEN))] == []


def test_the_page_s_commands_do_what_it_says(
    client: Client, running: Application, ended: Callable[[str], None]
) -> None:
    """In the order in which they stand there, at addresses that nobody listens to."""
    commands = re.findall(r"^```\n(curl.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert len(commands) >= 6
    for name in ("crm", "alarm"):
        ended(name)
    script = "\n".join(f'curl() {{ command curl -sS -f "$@"; echo; }}\n{one}' for one in commands)
    script = re.sub(r"https://(crm\.example|hooks\.slack)\.com", "http://127.0.0.1:9", script)
    ran = subprocess.run(
        ["/bin/bash", "-eu"],
        input=script,
        env={"URL": running.url, "API_KEY": KEY, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    answers = [json.loads(line) for line in ran.stdout.splitlines() if line]
    assert answers[0]["secret"].startswith("whsec_")
    crm = client.get("/subscriptions/crm")
    assert (crm["status"], crm["rate"], crm["headers"]) == ("active", 600, ["Authorization", "X-Tenant"])
    assert len(crm["secrets"]) == 2
    assert client.get("/subscriptions/alarm")["format"] == "slack"
