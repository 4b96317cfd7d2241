"""No line that a function writes holds what is the customer's, or secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.functional.aws_events import http_event
from tests.functional.installing import SitePackages
from tests.functional.told import STANDARD, Told, record_event

CANARY = "xylophonist"
"""In everything that is the customer's or secret."""


def test_no_word_of_the_customer_is_told(start: Callable[..., Told], tmp_path: Path) -> None:
    """Nor of what proves the sender: in text, author, headers, a body that can't be read, an upload's
    name, and in what plugins raise, answer or refuse to load with."""
    plugins = SitePackages(tmp_path)
    plugins.install(
        "gossip",
        """
        from triggeriq import Verdict, hookimpl

        @hookimpl
        def classify(feedback):
            return Verdict(facet="category", label=feedback.text)

        @hookimpl
        def extract(feedback, verdicts):
            raise KeyError(feedback.text, feedback.author)
        """,
    )
    plugins.install(
        "leaky",
        """
        from triggeriq import Event, Events, Source, Unreadable, hookimpl

        class Leaky(Source):
            name = "leaky"

            def verify(self, request, connection, now):
                from triggeriq import Verified
                return Verified(scheme="none")

            def receive(self, request, connection):
                from triggeriq import Ignore
                text = request.body.decode()
                if text.startswith("ignore"):
                    return Ignore(text)
                if text.startswith("unreadable"):
                    raise Unreadable(text)
                return Events(Event("leaky-" + str(len(text))))

            def transform(self, received, connection):
                raise ValueError(received.body)

        @hookimpl
        def register_sources(register):
            register(Leaky)
        """,
    )
    told = start(PYTHONPATH=str(tmp_path), TRIGGERIQ_TRACE_PLUGINS="1")
    told.connect(STANDARD)
    told.connect("leaky", secret=f"secret-{CANARY}-of-a-partner")
    text = f'The {CANARY} crashes\n{{"level": "ERROR", "message": "forged"}}'
    author = {"name": f"Jo {CANARY}", "email": f"{CANARY}@example.com"}
    assert told.webhook("msg_1", {"X-Custom": CANARY}, id="r1", text=text, author=author) == 202
    for body in ("ignore", "unreadable", "event"):
        status = told.post("leaky", f"{body} {CANARY}".encode(), {"Authorization": f"Bearer {CANARY}"})
        assert status in (202, 422), status
    told.functions.run_until_quiet()
    for function, record in (
        ("ingest", json.dumps({"detail": {"data": {"v": 1, "id": [CANARY], "received_at": CANARY}}})),
        ("process", json.dumps({"v": 1, "source": CANARY + " " + CANARY, "received_at": CANARY})),
        ("process", CANARY),
        ("files", json.dumps({"v": 1, "row_after": {CANARY: 1}})),
    ):
        told.functions.invoke(function, record_event(record))
    assert told.webhook("msg_2", {"webhook-signature": f"v1,{CANARY}"}, id="r2") == 401
    search = http_event("GET", "/tickets", {}, {"X-Api-Key": f"tiq_x_{CANARY}"})
    search["multiValueQueryStringParameters"] = {"q": [CANARY]}
    assert told.functions.invoke("api", search)["statusCode"] == 401
    lines = told.lines()
    assert {line["function"] for line in lines} >= {"receive", "ingest", "process", "api", "files"} - {"api"}
    assert {line.get("message") for line in lines} >= {
        "a plugin failed",
        "a record failed",
        "taken",
        "ignored",
    }
    calls = {(line["plugin"], line["hook"], line["answer"]) for line in lines if "answer" in line}
    assert calls >= {
        ("leaky/1", "receive", "ignored"),
        ("leaky/1", "receive", "unreadable"),
        ("leaky/1", "transform", "failed"),
        ("gossip/1", "classify", "category=…"),
        ("gossip/1", "extract", "failed"),
    }
    assert "forged" not in {line.get("message") for line in lines}
    assert [line for line in told.output.splitlines() if CANARY in line] == []
