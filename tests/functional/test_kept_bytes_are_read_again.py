"""A plugin misread what came in; it is mended, and what was kept is read again: history says what was meant,
and nothing is there twice."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.stack import Stack
from local.state import PROJECT
from tests.functional.aws_events import http_event
from tests.functional.by_hand import Functions
from tests.functional.client import KEY, SECRET, eventually
from tests.functional.conftest import QUICK
from tests.functional.installing import SitePackages

READS = """
    import json
    from triggeriq import Event, Events, Feedback, Scheme, Source, hookimpl

    class Said(Source):
        name = "said"
        keep_headers = ("x-kind",)
        verification = (Scheme(kind="token", header="x-token"),)
        reads = (".ndjson",)

        def receive(self, request, connection):
            return Events(Event(json.loads(request.body)["event"]))

        def transform(self, received, connection):
            if received.headers["x-kind"] in {kinds}:
                yield feedback(json.loads(received.body))

        def read(self, stream, hint, resume, connection):
            for number, line in enumerate(stream):
                if resume is None or number > int(resume):
                    yield str(number), feedback(json.loads(line))

    def feedback(said):
        return Feedback(external_id=said["id"], text=said["{text}"], rating=said.get("stars"))

    @hookimpl
    def register_sources(register):
        register(Said)
"""
MISREADS = {"kinds": "('review',)", "text": "title"}
MENDED = {"kinds": "('review', 'note')", "text": "words"}


class Desk:
    """One connection, and what people and functions do with it."""

    def __init__(self, functions: Functions, stack: Stack, connection: str) -> None:
        self.functions, self.stack = functions, stack
        self.place = {"source": "said", "connection": connection}

    def ask(self, method: str, route: str, body: Any = None, query: Any = None, **place: str) -> Any:
        headers = {"X-Api-Key": KEY, "Content-Type": "application/json"}
        sent = b"" if body is None else json.dumps(body).encode()
        answer = self.functions.invoke("api", http_event(method, route, place, headers, sent, query))
        assert answer["statusCode"] < 300, answer
        return json.loads(answer["body"])

    def connect(self) -> None:
        route = "/connections/{source}/{connection}"
        self.ask("PUT", route, {"secrets": [SECRET], "settings": {}}, **self.place)

    def say(self, event: str, kind: str = "review", padding: str = "", **said: Any) -> None:
        body = json.dumps({"event": event, "padding": padding, **said}).encode()
        headers = {"X-Token": SECRET, "X-Kind": kind}
        request = http_event("POST", "/webhooks/{source}/{connection}", self.place, headers, body)
        assert self.functions.invoke("receive", request)["statusCode"] == 202

    def upload(self, *rows: dict[str, Any]) -> None:
        self.stack.client("s3").put_object(
            Bucket="triggeriq-local-uploads",
            Key=f"reviews/said/{self.place['connection']}/a.ndjson",
            Body="".join(json.dumps(row) + "\n" for row in rows).encode(),
        )

    def reread(self) -> str:
        route = "/connections/{source}/{connection}/reread"
        return str(self.ask("POST", route, {"since": "2026-01-01"}, **self.place)["id"])

    def tickets(self) -> dict[str, dict[str, Any]]:
        found = self.ask("GET", "/tickets", query={"connection": self.place["connection"]})["items"]
        return {ticket["external_id"]: ticket for ticket in found}

    def texts(self) -> dict[str, str]:
        return {id: ticket["text"] for id, ticket in self.tickets().items()}

    def history(self, ticket: dict[str, Any]) -> list[dict[str, Any]]:
        return list(self.ask("GET", "/tickets/{id}/history", id=ticket["id"])["items"])


Make = Callable[[dict[str, str]], Desk]


@pytest.fixture
def desk(functions: Functions, quiet_stack: Stack, tmp_path: Path, connection: str) -> Iterator[Make]:
    """Makes a desk whose plugin reads so."""
    functions.run_until_quiet()
    made: list[Functions] = []

    def make(reading: dict[str, str]) -> Desk:
        folder = tmp_path / str(len(made))
        folder.mkdir()
        site = SitePackages(folder / "site")
        site.folder.mkdir()
        code = READS
        for name, value in reading.items():
            code = code.replace(f"{{{name}}}", value)
        site.install("said", code)
        settings = {**QUICK, "PYTHONPATH": str(site.folder), "TRIGGERIQ_CONNECTION_CACHE_SECONDS": "0"}
        made.append(Functions(quiet_stack, folder, settings))
        return Desk(made[-1], quiet_stack, connection)

    yield make
    for one in made:
        one.close()
    functions.told()


def test_what_a_mended_plugin_understands_reaches_history(desk: Make) -> None:
    before = desk(MISREADS)
    before.connect()
    before.say("e1", id="r1", title="Hm", words="It crashes whenever I open it", stars=1)
    before.say("e2", id="r2", title="Hm", words="I love it", padding="x" * 250_000)
    before.say("e3", "note", id="r3", title="Hm", words="Please call me back")
    before.upload({"id": "f1", "title": "Hm", "words": "Where is my order?"})
    before.functions.run_until_quiet()
    assert before.texts() == {"r1": "Hm", "r2": "Hm", "f1": "Hm"}
    misread = before.tickets()
    before.ask("PATCH", "/tickets/{id}", {"priority": "critical"}, id=misread["r2"]["id"])

    after = desk(MENDED)
    after.say("e4", id="r2", title="Hm", words="I loved it, until today")  # edited in the meantime
    job = after.reread()
    after.functions.run_until_quiet()
    assert after.texts() == {
        "r1": "It crashes whenever I open it",
        "r2": "I loved it, until today",
        "r3": "Please call me back",
        "f1": "Where is my order?",
    }
    mended = after.tickets()
    assert {id: mended[id]["id"] for id in misread} == {id: misread[id]["id"] for id in misread}
    assert mended["r1"]["category"]["label"] == "bug_report"
    assert mended["r2"]["priority"]["label"] == "critical"
    told = after.ask("GET", "/jobs/{id}", id=job)
    assert (told["status"], told["done"], told["total"], told["skipped"]) == ("done", 5, 5, 0)

    histories = {id: after.history(ticket) for id, ticket in mended.items()}
    again = after.reread()
    after.functions.run_until_quiet()
    assert again != job
    assert after.ask("GET", "/jobs/{id}", id=again)["status"] == "done"
    assert after.tickets() == mended
    assert {id: after.history(ticket) for id, ticket in mended.items()} == histories
    assert after.functions.dead() == []


def test_a_job_that_is_killed_again_and_again_goes_on_and_doubles_nothing(desk: Make) -> None:
    """kill -9 after it was begun, after an event was fetched, after its feedback was sent and before that was
    saved, and after a file was put back to its beginning."""
    only = desk(MENDED)
    only.connect()
    only.say("e1", id="r1", words="It crashes")
    only.upload({"id": "f1", "words": "Where is my order?"})
    only.functions.run_until_quiet()
    before = only.tickets()
    histories = {id: only.history(ticket) for id, ticket in before.items()}
    job = only.reread()
    for call in ("jobs.update", "blobs.get", "queue.send", "imports.write"):
        event = eventually(lambda: only.functions.next_batch("jobs"))
        assert event
        assert only.functions.calls_until_killed("jobs", event, after=call)[-1] == call
    only.functions.run_until_quiet()
    told = only.ask("GET", "/jobs/{id}", id=job)
    assert (told["status"], told["done"], told["total"]) == ("done", 2, 2)
    assert only.tickets() == before
    assert {id: only.history(ticket) for id, ticket in before.items()} == histories
    assert only.functions.dead() == []


def test_a_job_is_done_by_hand_in_the_running_system(
    stack: Stack, client: Any, stores: Any, connection: str
) -> None:
    client.connect("standard_webhooks", connection)
    client.webhook(connection, "msg_1", {"id": "one", "text": "It crashes"})
    (ticket,) = client.wait_for_tickets(connection)
    asked = f"source=standard_webhooks connection={connection} since=2026-01-01".split()
    done = by_hand(stack, "reread", *asked)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "done: 1 of 1 done"
    (job,) = [job for job in client.get("/jobs")["items"] if connection in str(job["arguments"])]
    assert (job["by"], job["status"], job["id"] in done.stdout) == ("by hand", "done", True)
    stores.wait_until_quiet()
    assert client.tickets(connection) == [ticket]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["guess"], "there are reread"),
        (["reread", "source=nobody", "connection=c", "since=2026-01-01"], "no source nobody"),
        (["reread", "source=csv", "connection=c"], "since"),
        (["reread", "source=csv", "connection=c", "since=soon"], "since"),
        (["reread", "csv"], "argument=value"),
    ],
)
def test_what_can_not_be_done_by_hand_says_why(stack: Stack, arguments: list[str], said: str) -> None:
    done = by_hand(stack, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_the_kinds_are_listed(stack: Stack) -> None:
    listed = by_hand(stack).stdout.splitlines()
    assert listed[0] == "reread source=… connection=… since=… until=…"
    assert listed[1].startswith("recover subscription=… since=… until=… types=…")


def test_without_a_running_system_nothing_is_done_by_hand(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "local.job", "reread"],
        cwd=PROJECT,
        env={"LOCAL_STATE": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "make run" in done.stderr


def by_hand(stack: Stack, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What `make job` does."""
    return subprocess.run(
        [sys.executable, "-m", "local.job", *arguments],
        cwd=PROJECT,
        env={"LOCAL_STATE": str(stack.state.folder), "PATH": "", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
