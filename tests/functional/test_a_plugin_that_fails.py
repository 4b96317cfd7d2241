"""Plugins that other teams installed, each failing in its own way: every feedback is a ticket all the
same, the failure is counted and shown, and what else is installed goes on."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.stack import Stack
from tests.functional.aws_events import http_event
from tests.functional.by_hand import Functions
from tests.functional.client import KEY, SECRET, signed
from tests.functional.conftest import QUICK
from tests.functional.failing_plugins import CLASSIFIERS, SOURCE, UNLOADABLE
from tests.functional.installing import SitePackages

SECONDS = 1.0
"""Enough for a plugin that works, on a busy machine."""


class Desk:
    """TriggerIQ with those plugins, driven by hand."""

    def __init__(self, functions: Functions, stack: Stack) -> None:
        self.functions, self.stack = functions, stack

    def call(self, method: str, route: str, value: Any = None, **place: str) -> Any:
        headers = {"X-Api-Key": KEY, "Content-Type": "application/json"}
        body = b"" if value is None else json.dumps(value).encode()
        answer = self.functions.invoke("api", http_event(method, route, place, headers, body))
        return {**json.loads(answer["body"] or "{}"), "statusCode": answer["statusCode"]}

    def connect(self, source: str, connection: str, secret: str) -> None:
        place = {"source": source, "connection": connection}
        value = {"secrets": [secret], "settings": {}}
        answer = self.call("PUT", "/connections/{source}/{connection}", value, **place)
        assert answer["statusCode"] == 200, answer

    def webhook(self, source: str, connection: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
        event = http_event(
            "POST",
            "/webhooks/{source}/{connection}",
            {"source": source, "connection": connection},
            {"Content-Type": "application/json", **headers},
            body,
        )
        answer: dict[str, Any] = self.functions.invoke("receive", event)
        return answer

    def say(self, connection: str, *texts: str) -> dict[str, dict[str, Any]]:
        """The tickets of these texts, by text."""
        self.connect("standard_webhooks", connection, SECRET)
        for text in texts:
            id = text.replace(" ", "_")
            body = json.dumps({"type": "feedback.created", "data": {"id": id, "text": text}}).encode()
            answer = self.webhook("standard_webhooks", connection, body, signed(id, body))
            assert answer["statusCode"] == 202, answer
        self.functions.run_until_quiet()
        return {ticket["text"]: ticket for ticket in self.tickets(connection)}

    def tickets(self, connection: str) -> list[dict[str, Any]]:
        event = http_event("GET", "/tickets", {}, {"X-Api-Key": KEY})
        event["multiValueQueryStringParameters"] = {"connection": [connection]}
        return list(json.loads(self.functions.invoke("api", event)["body"])["items"])

    def history(self, ticket: dict[str, Any]) -> list[dict[str, Any]]:
        return list(self.call("GET", "/tickets/{id}/history", id=ticket["id"])["items"])

    def plugin(self, name: str) -> dict[str, Any]:
        answer = self.call("GET", "/plugins")
        assert answer["statusCode"] == 200, answer
        return next(one for one in answer["items"] if one["name"] == name)

    def quarantined(self, connection: str) -> list[dict[str, Any]]:
        items = self.call("GET", "/quarantine")["items"]
        return [item for item in items if item["connection"] == connection]


@pytest.fixture(scope="module")
def functions_with_plugins(
    quiet_stack: Stack, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Functions]:
    installed = SitePackages(tmp_path_factory.mktemp("site-packages"))
    for name, code in {**CLASSIFIERS, "shaky": SOURCE}.items():
        installed.install(name, code)
    for name, (code, _) in UNLOADABLE.items():
        installed.install(name, code)
    settings = {
        **QUICK,
        "PYTHONPATH": str(installed.folder),
        "TRIGGERIQ_PLUGIN_SECONDS": str(SECONDS),
        "TRIGGERIQ_DISABLED_PLUGINS": "csv_upload",
    }
    functions = Functions(quiet_stack, tmp_path_factory.mktemp("with_plugins"), settings)
    yield functions
    functions.close()


@pytest.fixture
def desk(functions_with_plugins: Functions, quiet_stack: Stack) -> Iterator[Desk]:
    functions_with_plugins.run_until_quiet()
    yield Desk(functions_with_plugins, quiet_stack)
    assert functions_with_plugins.dead() == []


FAILING = [
    ("raises", "please raise", "classify", "raised KeyError"),
    ("leaves", "please leave", "draft", "raised SystemExit"),
    ("runs_away", "please run away", "classify", f"took longer than {SECONDS:g} s and was cut"),
    ("swallows", "please swallow", "extract", f"took longer than {SECONDS:g} s and was cut"),
]


@pytest.mark.parametrize(("plugin", "text", "hook", "error"), FAILING)
def test_feedback_outlives_a_classifier_that_fails(
    desk: Desk, connection: str, plugin: str, text: str, hook: str, error: str
) -> None:
    tickets = desk.say(connection, "It crashes all the time", text)
    assert set(tickets) == {"It crashes all the time", text}
    failed, other = tickets[text], tickets["It crashes all the time"]
    assert failed["needs_review"] is True
    assert failed["category"]["by"].startswith("category/")
    said = [row["data"] for row in desk.history(failed) if row["stage"] == hook]
    assert error in json.dumps(said)
    assert error not in json.dumps(desk.history(other))
    shown = desk.plugin(plugin)
    assert (shown["status"], shown["from"]) == ("loaded", f"triggeriq-{plugin} 1.0")
    assert shown["failures"] >= 1
    assert shown["failed_at"] >= failed["received_at"]


@pytest.mark.parametrize(("plugin", "text", "hook", "error"), FAILING)
def test_a_failure_stands_until_the_hook_works_again(
    desk: Desk, connection: str, plugin: str, text: str, hook: str, error: str
) -> None:
    desk.say(connection, text)
    failed = desk.plugin(plugin)
    assert failed["error"].startswith(f"{hook} {error}")
    desk.say(connection, "It works")
    mended = desk.plugin(plugin)
    assert (mended["status"], mended["error"]) == ("loaded", None)
    assert (mended["failures"], mended["failed_at"]) == (failed["failures"], failed["failed_at"])


def test_a_failure_of_a_process_that_is_gone_is_forgotten_too(desk: Desk, connection: str) -> None:
    desk.say(connection, "please raise")
    assert desk.plugin("raises")["error"].startswith("classify raised KeyError: ")
    desk.functions.close()  # a deploy: all processes are new
    desk.say(connection, "It works")
    assert desk.plugin("raises")["error"] is None


@pytest.mark.parametrize(("plugin", "text", "hook", "error"), FAILING)
def test_a_preview_names_the_hook_that_failed(
    desk: Desk, plugin: str, text: str, hook: str, error: str
) -> None:
    answer = desk.call("POST", "/triage/preview", {"items": [{"text": "It works"}, {"text": text}]})
    good, bad = answer["items"]
    assert good["failures"] == []
    (failure,) = bad["failures"]
    assert (failure["hook"], failure["plugin"]) == (hook, f"{plugin}/1")
    assert failure["reason"].startswith(error)
    assert bad["needs_review"] is True


@pytest.mark.parametrize(
    ("body", "hook", "reason"),
    [
        ("receive-raises", "receive", "raised RuntimeError"),
        ("receive-lies", "receive", "returned str"),
        ("transform-raises", "transform", "raised RuntimeError"),
        ("transform-runs-away", "transform", "took longer than"),
        ("verify-raises", "verify", "raised ValueError"),
    ],
)
def test_a_preview_of_a_source_names_the_method_that_failed(
    desk: Desk, connection: str, body: str, hook: str, reason: str
) -> None:
    desk.connect("shaky", connection, "a-token-of-the-tests")
    value = {"connection": connection, "body_base64": base64.b64encode(body.encode()).decode()}
    answer = desk.call("POST", "/sources/{source}/preview", value, source="shaky")
    assert answer["statusCode"] == 200, answer
    told = json.dumps([answer["errors"], answer["verification"]])
    assert f"the plugin shaky/1: {hook} {reason}" in told
    assert desk.plugin("shaky")["error"].startswith(f"{hook} ")


def test_facts_that_are_no_json_are_a_failure_that_names_them(desk: Desk, connection: str) -> None:
    ticket = desk.say(connection, "an amount: 9.90")["an amount: 9.90"]
    assert "Decimal" not in json.dumps(ticket)
    assert ticket["needs_review"] is True
    (extract,) = (row["data"] for row in desk.history(ticket) if row["stage"] == "extract")
    reason = "returned Decimal for amount, which is no JSON"
    assert extract["failures"] == [{"by": "adds_up/1", "reason": reason}]
    assert desk.plugin("adds_up")["error"] == f"extract {reason}"


def test_an_answer_that_is_none_is_passed_over(desk: Desk, connection: str) -> None:
    ticket = desk.say(connection, "an odd one: the app crashes")["an odd one: the app crashes"]
    assert ticket["needs_review"] is True
    assert isinstance(ticket["title"], str)
    assert ticket["category"]["label"] in ("bug_report", "complaint")
    assert ticket["sentiment"]["label"] in ("negative", "neutral", "positive")
    assert desk.plugin("answers_oddly")["failures"] >= 1


@pytest.mark.parametrize("name", UNLOADABLE)
def test_a_plugin_that_cannot_be_loaded_is_listed_with_the_reason(desk: Desk, name: str) -> None:
    shown = desk.plugin(name)
    assert (shown["status"], shown["hooks"]) == ("failed", [])
    assert UNLOADABLE[name][1] in shown["error"]


def test_the_first_claim_on_a_name_holds(desk: Desk) -> None:
    sources = desk.call("GET", "/sources")["items"]
    assert [one["plugin"] for one in sources if one["name"] == "zendesk"] == ["zendesk"]
    assert desk.plugin("zendesk")["status"] == "loaded"


def test_what_is_switched_off_is_not_there(desk: Desk) -> None:
    answer = desk.call("GET", "/plugins")
    assert "csv_upload" not in {one["name"] for one in answer["items"]}
    assert "csv" not in {one["name"] for one in desk.call("GET", "/sources")["items"]}


@pytest.mark.parametrize("body", ["verify-raises", "verify-lies"])
def test_a_source_that_fails_to_verify_lets_nobody_in(desk: Desk, connection: str, body: str) -> None:
    desk.connect("shaky", connection, "a-token-of-the-tests")
    answer = desk.webhook("shaky", connection, body.encode(), {"X-Token": "a-token-of-the-tests"})
    assert answer["statusCode"] == 503
    desk.functions.run_until_quiet()
    assert desk.tickets(connection) == desk.quarantined(connection) == []


@pytest.mark.parametrize("body", ["receive-raises", "receive-lies"])
def test_a_source_that_fails_to_receive_costs_no_bytes(desk: Desk, connection: str, body: str) -> None:
    desk.connect("shaky", connection, "a-token-of-the-tests")
    answer = desk.webhook("shaky", connection, body.encode(), {"X-Token": "a-token-of-the-tests"})
    assert answer["statusCode"] == 422
    (item,) = desk.quarantined(connection)
    assert (item["id"], item["by"]) == (json.loads(answer["body"])["kept"], "shaky/1")


@pytest.mark.parametrize(
    ("body", "reason", "made"),
    [
        ("transform-raises", "raised RuntimeError", 0),
        ("transform-runs-away", "was cut", 0),
        ("transform-lies", "is no item", 1),
    ],
)
def test_a_source_that_fails_to_transform_leaves_the_event_in_the_quarantine(
    desk: Desk, connection: str, body: str, reason: str, made: int
) -> None:
    desk.connect("shaky", connection, "a-token-of-the-tests")
    answer = desk.webhook("shaky", connection, body.encode(), {"X-Token": "a-token-of-the-tests"})
    assert answer["statusCode"] == 202
    desk.functions.run_until_quiet()
    (item,) = desk.quarantined(connection)
    assert reason in item["reason"]
    assert item["replayable"] is True
    assert len(desk.tickets(connection)) == made


@pytest.mark.parametrize(("line", "reason"), [("raise", "raised RuntimeError"), ("hang", "was cut")])
def test_a_source_that_fails_to_read_a_file_keeps_what_it_read(
    desk: Desk, connection: str, line: str, reason: str
) -> None:
    desk.stack.client("s3").put_object(
        Bucket="triggeriq-local-uploads",
        Key=f"reviews/shaky/{connection}/notes.txt",
        Body=f"one\ntwo\n{line}\nfour\n".encode(),
    )
    desk.functions.run_until_quiet()
    (item,) = desk.quarantined(connection)
    assert reason in item["reason"]
    assert item["where"] == "after 2"
    assert {ticket["text"] for ticket in desk.tickets(connection)} == {"one", "two"}


def test_the_failures_of_other_functions_are_shown_too(desk: Desk, connection: str) -> None:
    """The api never called it: ingest did, in a process of its own."""
    desk.connect("shaky", connection, "a-token-of-the-tests")
    before = desk.plugin("shaky")["failures"]
    desk.webhook("shaky", connection, b"transform-raises again", {"X-Token": "a-token-of-the-tests"})
    desk.functions.run_until_quiet()
    shown = desk.plugin("shaky")
    assert shown["failures"] > before
    assert shown["error"].startswith("transform raised RuntimeError: oh (")
