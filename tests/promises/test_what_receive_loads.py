"""What `receive` may load until a webhook of each built-in source is answered: its sender waits for that.

The local AWS here is a stub that answers at once. A module more costs every start: whoever needs one adds
it to the list, and says in the change why it is worth it. Of plugins, in the package, it loads the one whose
source is named, however many there are.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from chalicelib.registry import Registry, discover
from plugins.sources.generic_json import GenericJsonSettings
from plugins.sources.github import GitHub
from plugins.sources.intercom import Intercom
from plugins.sources.slack import Slack
from plugins.sources.standard_webhooks import StandardWebhooks
from plugins.sources.typeform import Typeform
from plugins.sources.zendesk import Zendesk
from tests.functional.aws_events import http_event
from tests.packaging import with_plugins
from triggeriq.scheme import Scheme
from triggeriq.signing import sign

ROOT = Path(__file__).parents[2]
SECRET = "whsec_" + base64.b64encode(b"a secret of the tests").decode()

THIRD_PARTY = {
    "botocore",
    "cachetools",
    "certifi",
    "chalice",
    "dateutil",
    "jmespath",
    "pluggy",
    "six",
    "urllib3",
}
"""Distributions by the names of their packages; boto3 and pydantic are none of them."""
OURS = [
    "app",
    "chalicelib",
    *(
        f"chalicelib.{one}"
        for one in ("errors", "functions", "log_context", "log_lines", "settings", "start")
    ),
    *(f"chalicelib.{layer}*" for layer in ("api", "bootstrap", "domain", "pipeline", "ports", "registry")),
    *("chalicelib.services", "chalicelib.services.aws*", "chalicelib.services.dynamodb*"),
    *(f"chalicelib.services.{one}" for one in ("emf", "eventbridge", "external", "kms", "s3")),
    *("plugins", "plugins.sources*", "triggeriq*"),
]
HEAVY = {"asyncio", "multiprocessing", "sqlite3", "unittest"}
"""Of the standard library."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A webhook, and what it is answered with. scheme: how it is signed, if it is."""

    body: dict[str, Any] = field(default_factory=dict)
    status: int = 202
    scheme: Scheme | None = None
    settings: dict[str, Any] = field(default_factory=dict)


MAPPED = {"fields": {"text": "said"}}
FILES_ONLY = Sample(status=405)
"""A source that can't verify a webhook refuses it."""
SAMPLES = {
    "app_store": FILES_ONLY,
    "csv": FILES_ONLY,
    "generic_json": Sample(
        body={"said": "It crashes"}, scheme=GenericJsonSettings().scheme(), settings=MAPPED
    ),
    "github": Sample(
        body={
            "action": "opened",
            "issue": {"id": 7, "number": 7, "title": "It crashes"},
            "repository": {"full_name": "acme/shop"},
        },
        scheme=GitHub.verification[0],
    ),
    "google_play": FILES_ONLY,
    "inbound_email": FILES_ONLY,
    "intercom": Sample(
        body={
            "topic": "conversation.user.created",
            "data": {
                "item": {"id": "7", "source": {"body": "<p>It crashes</p>", "author": {"type": "user"}}}
            },
        },
        scheme=Intercom.verification[0],
    ),
    "slack": Sample(
        body={
            "type": "event_callback",
            "event": {"type": "message", "channel": "C7", "ts": "1767322800.000100", "text": "It crashes"},
        },
        scheme=Slack.verification[0],
    ),
    "itunes_rss": FILES_ONLY,
    "standard_webhooks": Sample(
        body={"type": "said", "data": {"said": "It crashes"}},
        scheme=StandardWebhooks.verification[0],
        settings=MAPPED,
    ),
    "typeform": Sample(
        body={
            "event_type": "form_response",
            "form_response": {
                "token": "7",
                "answers": [{"type": "text", "text": "It crashes", "field": {"type": "long_text"}}],
            },
        },
        scheme=Typeform.verification[0],
    ),
    "trustpilot": Sample(status=401),  # nobody signs them: a secret address is chosen by a setting
    "zendesk": Sample(body={"ticket_id": "7", "description": "It crashes"}, scheme=Zendesk.verification[0]),
}

PROGRAM = """
import json, sys
import app
events = json.load(sys.stdin)
statuses = {source: app.app(event, None)["statusCode"] for source, event in events.items()}
found = {
    name: "site-packages" in (getattr(module, "__file__", None) or "")
    for name, module in list(sys.modules.items())
}
print(json.dumps([statuses, found]))
"""


class _Aws(BaseHTTPRequestHandler):
    """Every connection of SAMPLES is there, nothing was received before, and all else goes well."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        operation = self.headers["X-Amz-Target"].partition(".")[2]
        told = json.dumps(self._told(operation, asked)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def _told(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        if operation == "GetItem" and "connections" in asked["TableName"]:
            sample = SAMPLES.get(asked["Key"]["source"]["S"])
            settings = sample.settings if sample else {}
            row = {"owner": "o", "settings": json.dumps(settings), "updated_at": "2026-01-01T00:00:00+00:00"}
            item = {name: {"S": value} for name, value in row.items()}
            return {"Item": {**item, "secrets": {"B": base64.b64encode(b"sealed").decode()}}}
        if operation == "Decrypt":
            return {"Plaintext": base64.b64encode(json.dumps([[SECRET, None]]).encode()).decode()}
        if operation == "PutEvents":
            return {"FailedEntryCount": 0, "Entries": [{"EventId": "e"} for _ in asked["Entries"]]}
        return {"Items": []} if operation == "Query" else {}

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Aws)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def event(source: str, sample: Sample) -> dict[str, Any]:
    body = json.dumps(sample.body).encode()
    headers = sign(sample.scheme, SECRET, body, datetime.now(UTC)) if sample.scheme else {}
    return http_event("POST", "/webhooks/{source}", {"source": source}, headers, body)


def answers(
    folder: Path, aws: str, events: dict[str, Any], *options: str
) -> tuple[dict[str, int], dict[str, bool]]:
    """The status of each answer of the app in that folder; and the modules that are loaded then, each with
    whether it lies in site-packages. options: of the interpreter."""
    done = subprocess.run(
        [sys.executable, *options, "-c", PROGRAM],
        cwd=folder,
        env={
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_LAMBDA_FUNCTION_NAME": "receive",
            "TRIGGERIQ_FUNCTION": "receive",
            "AWS_ENDPOINT_URL": aws,
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "none",
            "AWS_SECRET_ACCESS_KEY": "none",
        },
        input=json.dumps(events),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    statuses, found = json.loads(done.stdout.splitlines()[-1])
    return statuses, found


def test_each_sample_is_of_a_source_that_is_built_in() -> None:
    """A team's own source, which lies beside ours, needs none: the core and its tests need not be touched."""
    assert SAMPLES.keys() <= Registry(one for one in discover() if one.kind == "sources").sources().keys()


def test_it_answers_a_webhook_of_each_source_with_what_is_listed_here(aws: str) -> None:
    events = {source: event(source, sample) for source, sample in SAMPLES.items()}
    statuses, found = answers(ROOT, aws, events)
    assert statuses == {source: sample.status for source, sample in SAMPLES.items()}
    third_party = {name.partition(".")[0] for name, installed in found.items() if installed}
    assert third_party - THIRD_PARTY <= {"_distutils_hack"}  # setuptools' own, in a development environment
    ours = {
        name
        for name in found
        if name.partition(".")[0] in ("app", "chalicelib", "plugins", "triggeriq", "local")
    }
    assert sorted(name for name in ours if not any(fnmatchcase(name, may) for may in OURS)) == []
    assert HEAVY & found.keys() == set()


def test_of_a_hundred_plugins_it_loads_the_one_that_is_named(
    aws: str, unpacked: Path, tmp_path: Path
) -> None:
    folder = with_plugins(unpacked, tmp_path / "task", 100)
    sample = SAMPLES["standard_webhooks"]
    without_site = "-S"  # what is not in the package is not there
    for source, plugin in (
        ("standard_webhooks", "plugins.sources.standard_webhooks"),
        ("desk_42", "desk_42"),
    ):
        statuses, found = answers(folder, aws, {source: event(source, sample)}, without_site)
        assert statuses == {source: 202}
        loaded = {name for name in found if name.startswith(("plugins.", "desk_"))}
        assert loaded - {"plugins.sources"} == {plugin}
