"""Deliveries arrive with subscribers who use the common libraries: in JavaScript, and as CloudEvents."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.delivery.body import body_of
from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.delivery.signature import headers_of
from chalicelib.domain.delivery.stored_event import StoredEvent
from chalicelib.domain.delivery.subscription import Format
from chalicelib.domain.intake.connection import Secret

JAVASCRIPT = Path(__file__).parents[3] / "javascript"
OLD = "whsec_" + base64.b64encode(b"old-secret-of-32-bytes-exactly!!").decode()
NEW = "whsec_" + base64.b64encode(b"new-secret-of-32-bytes-exactly!!").decode()
OTHER = "whsec_" + base64.b64encode(b"the-secret-of-somebody-else!!!!!").decode()
NOW = datetime.now(UTC)  # the libraries look at the clock themselves
DATA = {"id": "t1", "title": "Größer € 😀 \u2028", "n": 1.5, "none": None}
EVENT = StoredEvent.of(
    CloudEvent(id="6f1c-a_1", type="ticket.created", subject="t1", time=NOW, data=DATA), NOW
)


def delivery(format: Format) -> tuple[dict[str, str], str]:
    body, content_type = body_of(EVENT, format, "")
    secrets = [Secret(NEW), Secret(OLD, NOW + timedelta(hours=24))]
    return headers_of(format, EVENT.id, body, content_type, secrets, NOW), body.decode()


@pytest.mark.skipif(
    shutil.which("node") is None or not (JAVASCRIPT / "node_modules").is_dir(),
    reason="the JavaScript libraries are not here; with node at hand, `make javascript` installs them",
)
def test_the_libraries_of_javascript_take_a_delivery() -> None:
    asked: list[dict[str, Any]] = []
    expected: list[Any] = []
    headers, body = delivery("standard")
    for library in ("standardwebhooks", "svix"):
        for secret, sent in [(NEW, body), (OLD, body), (OTHER, body), (NEW, body + " ")]:
            asked.append({"library": library, "secret": secret, "headers": headers, "body": sent})
            expected.append(json.loads(body) if (secret, sent) != (OTHER, body) and sent == body else None)
    headers, body = delivery("cloudevents")
    asked.append({"library": "cloudevents", "headers": headers, "body": body})
    expected.append(json.loads(body))
    node = subprocess.run(
        ["node", str(JAVASCRIPT / "receive.js")],
        input=json.dumps(asked), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert node.returncode == 0, node.stderr
    found = json.loads(node.stdout)
    for one in found[-1:]:  # JavaScript's times have no more than milliseconds
        one["time"] = expected[-1]["time"] = one["time"][:23]
    assert found == expected


def test_the_sdk_of_cloud_events_takes_a_delivery() -> None:
    http = pytest.importorskip("cloudevents.core.bindings.http", reason="`make setup` brings cloudevents")
    headers, body = delivery("cloudevents")
    event = http.from_http_event(http.HTTPMessage(headers=headers, body=body.encode()))
    assert (event.get_id(), event.get_type(), event.get_source()) == (EVENT.id, EVENT.type, "triggeriq")
    assert (event.get_subject(), event.get_time(), event.get_data()) == ("t1", NOW, DATA)


def test_the_sdk_of_cloud_events_takes_one_without_its_data() -> None:
    http = pytest.importorskip("cloudevents.core.bindings.http", reason="`make setup` brings cloudevents")
    long = StoredEvent.of(CloudEvent(id="e1", type="order.updated", time=NOW, data="x" * 300_000), NOW)
    body, content_type = body_of(long, "cloudevents", "https://api.example.com")
    event = http.from_http_event(http.HTTPMessage(headers={"content-type": content_type}, body=body))
    assert event.get_data() is None
    assert event.get_extension("dataref") == "https://api.example.com/events/e1"
