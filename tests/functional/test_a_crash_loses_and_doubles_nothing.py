"""kill -9 after each call to the outside, of each function on the way from a webhook or a file to the
bus: afterwards there is one ticket, one set of logs, and one `ticket.created` id, told at least once.

The calls are those that the code itself names (chalicelib/services/external.py). Each stands in CALLS;
a call that the code makes and that is not there fails `test_every_call_has_its_crash`.
"""

from __future__ import annotations

import gzip
import importlib
import json
import pkgutil
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest

import chalicelib.services
from chalicelib.services import external
from local import events
from local.catalogue import load_functions
from local.stack import Stack
from tests.functional.aws_events import http_event
from tests.functional.by_hand import Functions
from tests.functional.client import KEY, SECRET, signed
from tests.functional.test_a_crash_loses_no_delivery import CALLS as OF_DELIVERY

SOURCE = "standard_webhooks"
STAGES = {"classify", "prioritise", "draft", "review"}
TEXT = "The app crashes whenever I open it"
LONG = "x" * 250_000

CALLS = {
    "receive": [
        "connections.read",
        "kms.open",
        "quarantine.list",
        "receipts.read",
        "bus.publish",
        "receipts.write",
    ],
    "receive a long body": [
        "connections.read",
        "kms.open",
        "quarantine.list",
        "receipts.read",
        "blobs.put",
        "bus.publish",
        "receipts.write",
    ],
    "ingest": [
        "claims.begin",
        "receipts.write",
        "connections.read",
        "kms.open",
        "quarantine.list",
        "blobs.put",
        "queue.send",
        "claims.finish",
    ],
    "ingest a long body": [
        "claims.begin",
        "receipts.write",
        "blobs.get",
        "connections.read",
        "kms.open",
        "quarantine.list",
        "blobs.put",
        "queue.send",
        "claims.finish",
    ],
    "uploads": ["imports.register", "bus.publish", "queue.send", "imports.write"],
    "files": [
        "imports.read",
        "connections.read",
        "blobs.open",
        "blobs.read",
        "quarantine.list",
        "queue.send",
        "imports.write",
    ],
    "files, a mail with a file": [
        "imports.read",
        "connections.read",
        "blobs.open",
        "blobs.read",
        "quarantine.list",
        "blobs.put",
        "queue.send",
        "imports.write",
    ],
    "files, a packed one": [
        "imports.read",
        "blobs.open",
        "blobs.read",
        "imports.write",
        "blobs.put",
        "connections.read",
        "quarantine.list",
        "queue.send",
        "blobs.delete",
    ],
    "process": [
        "postgres.find_configuration",
        "quarantine.list",
        "postgres.amend_tickets",
        "bus.publish",
        "postgres.relayed",
    ],
    "relay": ["postgres.pending", "bus.publish", "postgres.relayed", "postgres.index_tickets"],
}
"""The calls of one invocation of a new process, each name once, in the order of the first."""

OF_THE_API = {
    "bus.check", "claims.check", "claims.release", "blobs.check", "blobs.list", "blobs.sign",
    "imports.list", "kms.seal",
    "connections.write", "connections.delete", "connections.list", "queue.count", "queue.receive",
    "queue.delete", "queue.delay", "quarantine.read", "quarantine.count", "quarantine.delete",
    "quarantine.write", "plugins.count", "plugins.works", "api_keys.list", "api_keys.read", "api_keys.revoke",
    "api_keys.write", "postgres.find_ticket",
    "postgres.migrate", "postgres.put_configuration", "postgres.search_tickets",
    "postgres.count_tickets", "postgres.ticket_attachments",
    "postgres.ticket_feedback", "postgres.ticket_history", "postgres.check", "postgres.last_received",
    "postgres.received",
    "secrets.read", "parameters.read", "polls.read", "polls.begin", "polls.save", "polls.hurry", "web.send",
    "event_log.put", "event_log.change", "event_log.untold", "event_log.read", "event_log.get",
    "event_log.list", "idempotency.begin", "idempotency.finish", "idempotency.forget",
    "deliveries.list", "deliveries.get",
    "subscriptions.scan", "subscriptions.changes", "subscriptions.count", "subscriptions.read",
    "subscriptions.write", "subscriptions.delete", "subscriptions.write_inbox",
    "jobs.claim", "jobs.write", "jobs.read", "jobs.update", "jobs.list", "jobs.forgotten",
    "marks.all", "marks.change", "marks.remove", "queue.look",
    "inbox.put", "inbox.list", "inbox.lease", "inbox.read", "inbox.remember", "inbox.remove", "inbox.count",
    "inbox.waiting", "inbox.wait", "inbox.waited",
}  # fmt: skip
"""Calls that no event on its way to a ticket makes: of people's requests, a deploy, what fails, and of jobs,
which test_kept_bytes_are_read_again kills, of polls, which test_reviews_are_fetched kills, and of what is
told of trouble, which test_troubles_are_told kills."""


class Way:
    """One event on its way in, and what became of it."""

    def __init__(self, functions: Functions, stack: Stack, connection: str) -> None:
        self.functions, self.stack, self.connection = functions, stack, connection

    def webhook(self, padding: str = "") -> dict[str, Any]:
        """What the router gets for the sender's message; a retry has the same id."""
        data = {"id": "one", "text": TEXT, "padding": padding}
        body = json.dumps({"type": "feedback.created", "data": data}).encode()
        place = {"source": SOURCE, "connection": self.connection}
        return http_event("POST", "/webhooks/{source}/{connection}", place, signed("msg_1", body), body)

    def send(self, padding: str = "") -> None:
        answer = self.functions.invoke("receive", self.webhook(padding))
        assert answer["statusCode"] == 202, answer

    def upload(self, packed: bool = False) -> None:
        """packed: a file so large that it is unpacked to parts."""
        sheet = f"id,text,rating\none,{TEXT},1\n".encode()
        empty_lines = (b" " * 600_000 + b"\n") * 2
        self.stack.client("s3").put_object(
            Bucket="triggeriq-local-uploads",
            Key=f"reviews/csv/{self.connection}/one.csv{'.gz' if packed else ''}",
            Body=gzip.compress(sheet + empty_lines, 0) if packed else sheet,
        )

    def mail(self) -> None:
        """One with a file."""
        mail = EmailMessage()
        mail["From"], mail["Message-ID"] = "ada@example.com", f"<{self.connection}@example.com>"
        mail.set_content(TEXT)
        mail.add_attachment(b"it broke", maintype="text", subtype="plain", filename="crash.log")
        self.stack.client("s3").put_object(
            Bucket="triggeriq-local-uploads", Key=f"emails/{self.connection}/one", Body=mail.as_bytes()
        )

    def until(self, function: str) -> dict[str, Any]:
        """The event that the function gets next, everything before it being done."""
        order = ["uploads", "files", "ingest", "process"]
        for earlier in order[: order.index(function)]:
            self.functions.step(earlier)
        event = self.functions.next_upload() if function == "uploads" else self.functions.next_batch(function)
        assert event is not None
        return event

    def outlive_the_claim(self, calls: list[str]) -> None:
        """If the killed function held the claim of its event: nobody gets the event until that function's
        deadline, and then the next one does."""
        if "claims.begin" not in calls or "claims.finish" in calls:
            return
        put_off = self.functions.step("ingest")
        assert put_off is not None
        assert self.functions.next_batch("ingest") is None
        assert self.stack.waiting("ingest") == {"ingest": 1}
        self.functions.let_claims_lapse()
        self.functions.show_again("ingest", put_off)

    def get(self, route: str, query: dict[str, str] | None = None, **place: str) -> Any:
        event = http_event("GET", route, place, {"X-Api-Key": KEY})
        event["multiValueQueryStringParameters"] = {k: [v] for k, v in (query or {}).items()} or None
        answer = self.functions.invoke("api", event)
        assert answer["statusCode"] == 200, answer
        return json.loads(answer["body"])

    def assert_one_of_each(self) -> None:
        """Whatever crashed: one ticket, each stage logged once, one creation told."""
        self.functions.run_until_quiet()
        (ticket,) = self.get("/tickets", {"connection": self.connection})["items"]
        assert ticket["text"] == TEXT
        history = self.get("/tickets/{id}/history", id=ticket["id"])["items"]
        said = [(row["stage"], row["by"], json.dumps(row["data"], sort_keys=True)) for row in history]
        assert {stage for stage, _, _ in said} >= STAGES
        assert len(set(said)) == len(said)
        told = [e for e in self.functions.told() if e["data"].get("connection") == self.connection]
        created = [event["id"] for event in told if event["type"] == "ticket.created"]
        assert len(set(created)) == 1
        assert {event["type"] for event in told} <= {"ticket.created", "file.received"}
        assert self.functions.dead() == []
        files = self.get("/tickets/{id}/attachments", id=ticket["id"])["items"]
        assert [file["bytes"] for file in files] == ([8] if ticket["kind"] == "email" else [])


@pytest.fixture
def way(functions: Functions, quiet_stack: Stack, connection: str) -> Way:
    functions.run_until_quiet()
    functions.told()
    functions.dead()
    event = http_event(
        "PUT",
        "/connections/{source}/{connection}",
        {"source": SOURCE, "connection": connection},
        {"X-Api-Key": KEY, "Content-Type": "application/json"},
        json.dumps({"secrets": [SECRET], "settings": {}}).encode(),
    )
    answer = functions.invoke("api", event)
    assert answer["statusCode"] == 200, answer
    return Way(functions, quiet_stack, connection)


def relay_event() -> dict[str, Any]:
    return events.scheduled_event(load_functions()["relay"])


def begin(way: Way, case: str) -> tuple[str, dict[str, Any], Callable[[], None]]:
    """The function of a case, the event that it gets, and what its sender does when it dies."""
    function, *_ = case.replace(",", "").split()
    if function == "receive":
        padding = LONG if "long" in case else ""
        return function, way.webhook(padding), lambda: way.send(padding)
    if function in ("uploads", "files"):
        if "mail" in case:
            way.mail()
        else:
            way.upload(packed="packed" in case)
        return function, way.until(function), lambda: None
    way.send(LONG if "long" in case else "")
    if function == "relay":
        way.functions.calls_until_killed("process", way.until("process"), after="postgres.amend_tickets")
        return function, relay_event(), lambda: None
    return function, way.until(function), lambda: None


@pytest.mark.parametrize(("case", "call"), [(case, call) for case in CALLS for call in CALLS[case]])
def test_a_kill_after_the_call(way: Way, case: str, call: str) -> None:
    function, event, retry = begin(way, case)
    names = way.functions.calls_until_killed(function, event, after=call)
    assert names[-1] == call
    way.outlive_the_claim(names)
    retry()
    way.assert_one_of_each()


@pytest.mark.parametrize("case", CALLS)
def test_every_call_has_its_crash(way: Way, case: str) -> None:
    function, event, _ = begin(way, case)
    assert list(dict.fromkeys(way.functions.calls(function, event))) == CALLS[case]


def test_every_call_of_the_code_is_known_here() -> None:
    for module in pkgutil.walk_packages(chalicelib.services.__path__, "chalicelib.services."):
        importlib.import_module(module.name)
    crashed = {call for cases in (CALLS, OF_DELIVERY) for calls in cases.values() for call in calls}
    assert external.CALLS - crashed - OF_THE_API == set()
